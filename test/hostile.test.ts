import { describe, expect, it, vi } from 'vitest'
import { loopback } from './mesh/loopback.ts'
import { areLinked, settle, startMesh } from './mesh/mesh.ts'
import { report } from './mesh/report.ts'
import { runMallory } from './mesh/source.ts'
import { seconds, until } from './mesh/until.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

/** How often each; an introduction takes a connection of its own, and those are let in slowly. */
const deeds = [
  { deed: 'connections', times: 1_000 },
  { deed: 'introductions', times: 300 },
  { deed: 'frames', times: 1_000 },
  { deed: 'lengths', times: 1_000 },
  { deed: 'gossip', times: 1_000 },
  { deed: 'unknown protocols', times: 1_000 },
  { deed: 'half-closed streams', times: 1_000 },
]
const toldOfMallory = ['misbehaved', 'stranger', 'incompatible']
const keys = Array.from({ length: 30 }, (_, index) => `shop/key${index}`)
const megabyte = 1024 * 1024
/** What honest peers write meanwhile takes its room as well. */
const heapGrowthMax = 8 * megabyte

describe('a peer that is attacked by a process with keys without end', () => {
  it('goes on, keeps nothing of it, and honest peers notice nothing', async () => {
    await using mesh = await startMesh({ count: 3, ground: await loopback(3) })
    const { peers, ledger } = mesh
    const [victim] = peers
    await until(areLinked(peers), 30_000)
    const [address = ''] = (await victim!.ask.status()).addresses
    for (const { name, ask } of peers) {
      await ask.write({ name: `${name}/`, keys, seed: 1, everyMs: 200 })
    }
    // What is made once, for whoever comes first, is there then.
    for (const { deed } of deeds) await runMallory(deed, address, 50)
    const before = await victim!.ask.usage()
    for (const { deed, times } of deeds) {
      const began = performance.now()
      const { sent, keys: keysUsed } = await runMallory(deed, address, times)
      report(`${times} malformed ${deed}`, {
        'let in': sent,
        keys: keysUsed,
        took: seconds(performance.now() - began),
      })
    }
    await Promise.all(peers.map(({ ask }) => ask.stopWriting()))
    const { tookMs, judgement } = await settle(peers, ledger, 20_000)
    const after = await victim!.ask.usage()
    const { lost, phantom, risen } = judgement
    report('afterwards', {
      'MB more heap': ((after.heapBytes - before.heapBytes) / megabyte).toFixed(1),
      'files more': after.files - before.files,
      acknowledged: judgement.acknowledged,
      lost: lost.length,
      settled: seconds(tookMs),
    })
    expect({ lost, phantom, risen }).toEqual({ lost: [], phantom: [], risen: [] })
    for (const { name, notices, ask } of peers) {
      const strange = notices.filter(({ notice }) => !toldOfMallory.includes(notice))
      expect({ name, strange }).toEqual({ name, strange: [] })
      expect(await ask.status()).toMatchObject({ store: 'open', forked: [] })
    }
    expect((await victim!.ask.status()).counters).toMatchObject({ faults: 0, listenerFailures: 0 })
    expect(after.heapBytes - before.heapBytes).toBeLessThan(heapGrowthMax)
    expect(after.files - before.files).toBeLessThan(8)
  })
})
