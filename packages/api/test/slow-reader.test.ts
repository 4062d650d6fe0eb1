import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testPeer } from '@grapevine/peer/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveApi } from '../src/serve.js'
import { closedAtEnd } from './api-of.js'

const mebibyte = 1024 * 1024

describe('a slow reader', () => {
  it('costs what one event costs, however much it misses, and ends with the newest', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'grapevine-api-'))
    onTestFinished(async () => rm(folder, { recursive: true }))
    const peer = closedAtEnd(await testPeer())
    const socket = join(folder, 'api.sock')
    closedAtEnd(await serveApi(peer, { socket }))
    const line = createConnection(socket)
    onTestFinished(() => void line.destroy())
    line.write('GET /v1/watch HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await once(line, 'data')
    line.pause()
    const filler = 'x'.repeat(mebibyte / 2)
    for (let count = 1; count <= 100; count++) {
      await peer.set('large', count === 100 ? 'the newest' : `${count}${filler}`)
    }
    let bytes = 0
    line.resume()
    for await (const chunk of line as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (chunk.includes('"value":"the newest"')) break
    }
    expect(bytes).toBeLessThan(5 * mebibyte)
  })
})
