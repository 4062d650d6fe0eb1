import { describe, expect, it } from 'vitest'
import { calm, tell } from '../../test/told.js'
import type { Figures } from '../measure/figures.js'
import type { Outcome } from '../run.js'
import { failureOf, opening, summaryOf } from './summary.js'

const outcome: Outcome = {
  verdict: 'passed',
  reason: undefined,
  events: 412_000,
  virtualMs: 61_000,
  traceHash: 'ab12',
  probes: new Map(),
  checks: 1_234_567,
}

const nothing: Figures = tell(calm).measure.figures()
const none = { p50: null, p99: null, max: null }

const rowsOf = (
  figures: Partial<Figures>,
  ended: Partial<Outcome> = {},
  columns = Number.POSITIVE_INFINITY,
): readonly string[] =>
  summaryOf({ ...nothing, ...figures }, { ...outcome, ...ended }, 1900, columns)
    .split('\n')
    .map((row) => row.replace(/ {2,}/, ' | '))

describe('opening', () => {
  it('says the seed first, and what the scenario is about last', () => {
    expect(opening({ ...calm, seed: 81, peers: 1000, safetyMs: 60_000 }, 'a cut')).toBe(
      'seed 81 · 1,000 peers · 60 s of mesh time · a cut',
    )
  })
})

describe('summary', () => {
  it('says how much was played and checked, and how fast', () => {
    expect(rowsOf({})[0]).toBe(
      'played in | 1.9 s · 412,000 events · 1,234,567 checks · 32.1 × real time',
    )
  })

  it('says how long it took until all had an update', () => {
    const to100 = {
      ms: { p50: 2.94, p99: 25_300, max: 30_000 },
      latencies: { p50: 3.68, p99: 31_000, max: 40_000 },
    }
    const hops = { ...nothing.hops, p99: 4 }
    const spread = { ...nothing.spread, to100 }
    const updates = { ...nothing.updates, written: 9 }
    expect(rowsOf({ spread, hops, updates })).toContain(
      'update → all peers | p50 2.9 ms = 3.7 link latencies · p99 25.3 s · 4 hops',
    )
  })

  it('says where some updates never got to all', () => {
    const reached = { ms: { p50: 3, p99: null, max: null }, latencies: none }
    const rows = (to100: Figures['spread']['to100'], written = 9): readonly string[] =>
      rowsOf({
        spread: { ...nothing.spread, to100 },
        updates: { ...nothing.updates, written },
      })
    expect(rows(reached)).toContain('update → all peers | p50 3 ms · some never')
    expect(rows({ ms: none, latencies: none })).toContain(
      'update → all peers | most updates did not reach all of them',
    )
    expect(rows({ ms: none, latencies: none }, 0).join()).not.toContain('all peers')
  })

  it('shows what was lost and what is a conflict side by side', () => {
    const updates = { written: 325, lost: 0, gone: 0, voided: 3 }
    const conflicts = { count: 1, listed: [] }
    expect(rowsOf({ updates, conflicts })).toContain(
      'updates | 325 written · 0 lost · 3 taken back by cuts and forks · 1 conflict, all listed',
    )
    expect(rowsOf({ updates, conflicts }, { verdict: 'incorrect' })).toContain(
      'updates | 325 written · 0 lost · 3 taken back by cuts and forks · 1 conflict',
    )
  })

  it('tells what was lost from what went with the only disk that had it', () => {
    const updates = { written: 325, lost: 0, gone: 2, voided: 0 }
    expect(rowsOf({ updates })).toContain(
      'updates | 325 written · 0 lost · 2 gone with the only disk that had them · 0 conflicts',
    )
  })

  it('says of each cut what was written on its sides, and when it had healed', () => {
    const cut = {
      shape: 'halves',
      fromMs: 20_000,
      toMs: 45_000,
      writes: [33, 114],
      healMs: 1800,
      isDisturbed: false,
    } as const
    const ring = { ...cut, shape: 'ring', writes: [], healMs: null, isDisturbed: true } as const
    expect(rowsOf({ partitions: [cut, ring] })).toEqual(
      expect.arrayContaining([
        'cut 20 s … 45 s | halves · 33 and 114 writes on its sides · healed in 1.8 s',
        'cut 20 s … 45 s | ring · not healed, with another cut between',
      ]),
    )
  })

  it('says how empty disks were filled', () => {
    const join = { name: 'bob', atMs: 5000, tookMs: 413, bytes: 2000, lackedBytes: 1000 }
    expect(rowsOf({ joins: [join, { ...join, tookMs: null }] })).toContain(
      'empty disks | 1 of 2 filled within 413 ms · received 2 × what they lacked',
    )
  })

  it('goes on below in a narrow terminal, and tears nothing apart', () => {
    const rows = rowsOf({}, {}, 45)
    expect(rows.slice(0, 4)).toEqual([
      'played in | 1.9 s · 412,000 events',
      ' | 1,234,567 checks',
      ' | 32.1 × real time',
      'updates | 0 written · 0 lost · 0 conflicts',
    ])
  })

  it('says what an idle mesh costs, and nothing where it is not known', () => {
    const bytes = { ...nothing.bytes, idleSessionPerSecond: 88.4, idlePresencePerSecond: 0 }
    expect(rowsOf({ bytes })).toContain(
      'without writes | 88 B/s to compare · sent and received by each peer',
    )
    expect(rowsOf({ bytes: { ...bytes, idleSessionPerSecond: null } }).join()).not.toContain(
      'without',
    )
  })
})

describe('failure', () => {
  it.each([
    ['incorrect', 'a promise was broken'],
    ['stuck', 'it healed, but did not converge within 2 min'],
    ['crashed', 'the program itself failed'],
  ] as const)('of %s is said in words, then the reason', (verdict, words) => {
    const reason = 'bob lacks 3 writes\ncarol lacks 1'
    expect(failureOf({ ...calm, livenessMs: 120_000 }, { ...outcome, verdict, reason })).toBe(
      `${words}\n  bob lacks 3 writes\n  carol lacks 1\n`,
    )
  })
})
