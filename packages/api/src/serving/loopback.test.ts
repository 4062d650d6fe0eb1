import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { closeLater } from '../../test/stage.js'
import { listenOnLoopback, loopbackOf } from './loopback.js'

describe('a TCP port', () => {
  it.each([
    ['127.0.0.1:7654', '127.0.0.1', 7654],
    ['localhost:7654', '127.0.0.1', 7654],
    [':0', '127.0.0.1', 0],
    ['[::1]:7654', '::1', 7654],
  ])('is opened at %s', (listen, host, port) => {
    expect(loopbackOf(listen)).toEqual({ host, port })
  })

  it.each([
    '0.0.0.0:7654',
    '[::]:7654',
    '192.168.1.7:7654',
    'example.org:7654',
    '7654',
    '',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '127.0.0.2:7654',
    '::1:7654',
    'LOCALHOST:1',
  ])('is not opened at %s', (listen) => {
    expect(() => loopbackOf(listen)).toThrow('it is for this machine only')
  })

  it('is told of when somebody else has it', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    closeLater(async () => new Promise((resolve) => taken.close(resolve)))
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    await expect(
      listenOnLoopback(createServer(), { host: '127.0.0.1', port }),
    ).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
  })
})
