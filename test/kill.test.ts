import { describe, expect, it, vi } from 'vitest'
import { stepsOfOpening, stepsOfWriting } from './mesh/failpoint.ts'
import { killAgainAndAgain } from './mesh/kills.ts'
import { loopback } from './mesh/loopback.ts'
import { areLinked, settle, startMesh } from './mesh/mesh.ts'
import { report } from './mesh/report.ts'
import { seconds, until } from './mesh/until.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

describe('a peer that is killed', () => {
  it('keeps every write that was acknowledged, wherever it was killed', async () => {
    const { judgement, missing, atPoints, ...figures } = await killAgainAndAgain({
      cycles: 50,
      seed: 1,
    })
    const { lost, phantom, risen } = judgement
    expect({ missing, lost, phantom, risen }).toEqual({
      missing: [],
      lost: [],
      phantom: [],
      risen: [],
    })
    expect([...atPoints.keys()].toSorted()).toEqual(
      [...stepsOfWriting, ...stepsOfOpening].toSorted(),
    )
    report('killed again and again, 3 processes', {
      'at random': figures.atRandom,
      'at named points': [...atPoints.values()].reduce((a, b) => a + b, 0),
      'all at once': figures.allAtOnce,
      acknowledged: judgement.acknowledged,
      lost: judgement.lost.length + missing.length,
      'slowest opening': seconds(figures.openMsMax),
      settled: seconds(figures.settledMs),
    })
  })
})

describe('a peer that stands still', () => {
  it('holds nobody up, and catches up when it goes on', async () => {
    await using mesh = await startMesh({ count: 3, ground: await loopback(3) })
    const { peers, ledger } = mesh
    await until(areLinked(peers), 30_000)
    const [alice, bob, carol] = peers
    const keys = Array.from({ length: 30 }, (_, index) => `shop/key${index}`)
    for (const { name, ask } of peers) await ask.write({ name: `${name}/`, keys, seed: 1 })
    const before = ledger.acknowledged()
    await carol!.pause(5)
    const meanwhile = ledger.acknowledged() - before
    await Promise.all(peers.map(({ ask }) => ask.stopWriting()))
    const { tookMs, judgement } = await settle(peers, ledger, 20_000)
    expect(judgement.lost).toEqual([])
    expect(meanwhile).toBeGreaterThan(100)
    expect([alice!.notices, bob!.notices, carol!.notices]).toEqual([[], [], []])
    report('one of three stands still for 5 s', {
      'acknowledged meanwhile': meanwhile,
      lost: judgement.lost.length,
      'caught up after': seconds(tookMs),
    })
  })
})
