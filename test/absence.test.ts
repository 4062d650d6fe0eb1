import { describe, expect, it, vi } from 'vitest'
import { proxies } from './mesh/proxies.ts'
import { areEqual, areLinked, settle, startMesh } from './mesh/mesh.ts'
import type { PeerProcess } from './mesh/process.ts'
import { report } from './mesh/report.ts'
import { passed, seconds, until } from './mesh/until.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const dayMs = 24 * 3_600_000
/** What is collected after a month leaves the log after another; then everybody has forgotten it. */
const monthsMax = 6
const haste = { aheadMs: 0, timersFaster: 60 }
/** By then everybody was heard again, and has collected. */
const collectedMs = 3_000

/** Lets months pass until none of these releases is in a log any more; answers how far clocks are ahead. */
async function letTimePass(
  peers: readonly PeerProcess[],
  releases: readonly string[],
): Promise<number> {
  for (let month = 1; month <= monthsMax; month++) {
    await Promise.all(peers.map(({ ask }) => ask.jump(31 * dayMs)))
    await passed(collectedMs)
    const lacking = await Promise.all(peers.map(({ ask }) => ask.lacking(releases)))
    if (lacking.every(({ length }) => length === releases.length)) return month * 31 * dayMs
  }
  throw new Error(`after ${monthsMax} months these releases are still in the log`)
}

describe('a peer that was absent while 10,000 releases passed and were collected', () => {
  it('keeps what it wrote meanwhile, and brings nothing back that was deleted', async () => {
    await using ground = await proxies(3)
    await using mesh = await startMesh({ count: 3, ground, opening: { haste } })
    const { peers, ledger } = mesh
    const [alice, bob, carol] = peers
    await until(areLinked(peers), 30_000)
    const before = await alice!.ask.burst('before/', 200)
    await carol!.ask.set('before/kept by carol', 'carol')
    await until(areEqual(peers), 20_000)

    await ground.cut([0, 1], [2])
    const offline = Array.from({ length: 20 }, (_, index) => `carol/${index}`)
    await carol!.ask.write({ name: 'carol/', keys: offline, seed: 1, count: 40 })
    await carol!.ask.written()
    // Carol puts what alice deletes without having seen that, and deletes what alice does not touch.
    await carol!.ask.set('before/1', 'carol put it')
    await carol!.ask.remove('before/2')
    await carol!.kill()

    const removed = [...before.shown.keys()].filter((key) => key !== 'before/2')
    await alice!.ask.publish({ remove: removed, confirmRemoves: removed.length })
    const began = performance.now()
    const bursts = await Promise.all(
      [alice!, bob!].map(({ name, ask }) => ask.burst(`${name}/`, 5_000)),
    )
    await until(areEqual([alice!, bob!]), 60_000)
    const writtenMs = performance.now() - began
    const early = bursts.flatMap(({ releases }) => releases.slice(0, 100))
    const aheadMs = await letTimePass([alice!, bob!], early)

    await ground.heal()
    const back = await mesh.start(2, { haste: { ...haste, aheadMs } })
    const { tookMs, judgement } = await settle(peers, ledger, 60_000)
    expect(judgement).toMatchObject({ lost: [], phantom: [], risen: [] })
    const shown = await back.ask.shown()
    for (const burst of bursts) {
      for (const [key, value] of burst.shown) expect(shown.get(key)).toEqual([value])
      for (const key of burst.removed) expect(shown.has(key)).toBe(false)
    }
    expect([...shown.keys()].filter((key) => key.startsWith('before/'))).toEqual([
      'before/1',
      'before/kept by carol',
    ])
    report('absent for months and 10,000 releases', {
      days: aheadMs / dayMs,
      'written in': seconds(writtenMs),
      'caught up after': seconds(tookMs),
      lost: judgement.lost.length,
      risen: judgement.risen.length,
    })
  })
})
