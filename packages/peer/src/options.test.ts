import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { settingsOf } from './options.js'
import type { PeerOptions } from './options.js'
import { software } from './running/software.js'

const settings = (options: Omit<PeerOptions, 'dataDir'>) =>
  settingsOf({ dataDir: 'data', ...options })

describe('options', () => {
  it('ask for a directory only, and listen where nobody else can reach', () => {
    const { dataDir, name, listen, seeds, mdns, gossip } = settings({})
    expect({ dataDir, name, listen, seeds, mdns, gossip }).toEqual({
      dataDir: resolve('data'),
      name: hostname(),
      listen: ['127.0.0.1:0'],
      seeds: [],
      mdns: false,
      gossip: true,
    })
  })

  it('show the name as one of the labels', () => {
    const { labels } = settings({ name: 'payments-3', labels: { zone: 'b', name: 'another' } })
    expect(labels).toEqual(
      new Map([
        ['zone', 'b'],
        ['name', 'payments-3'],
      ]),
    )
  })

  it.each([
    [{ dataDir: '' }, "dataDir '' is no directory"],
    [{ name: '' }, "name '' cannot be used"],
    [{ name: 'x'.repeat(129) }, 'write 1 to 128 bytes of text'],
    [{ labels: { zone: '' } }, "label zone '' cannot be used"],
    [
      { peers: 'localhost:1' },
      `peers 'localhost:1' is no list of addresses: write ['host:port', …]`,
    ],
    [{ listen: [7300] }, 'listen [ 7300 ] is no list'],
    [{ peers: [7n] }, 'peers [ 7n ] is no list'],
    [{ name: 7n }, 'name 7n cannot be used'],
    [{ onNotice: 'me' }, "onNotice 'me' cannot be called"],
    [{ signal: 'stop' }, "signal 'stop' cannot be listened to"],
    [{ mesh: null }, 'mesh null cannot be used'],
    [{ mesh: 'No Mesh' }, "mesh name 'No Mesh' cannot be used"],
  ])('refuse %o', (given, text) => {
    expect(() => settings(given as never)).toThrow(text)
    expect(() => settings(given as never)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })

  it('say what runs', () => {
    const file = new URL('../package.json', import.meta.url)
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
    expect(software).toBe(`grapevine/${version}`)
  })
})
