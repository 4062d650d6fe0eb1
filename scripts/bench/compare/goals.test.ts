import { describe, expect, it } from 'vitest'
import { goalsOf } from './goals.ts'
import type { GoalResult } from './goals.ts'
import { reportWith } from './report.testing.ts'

const systems = ['signed-floor', 'grapevine', 'etcd', 'hyperbee'].map((name) => ({ name }))

function goalOf(
  figure: string,
  samples: Readonly<Record<string, readonly number[]>>,
  goal: string,
): GoalResult {
  const cells = Object.entries(samples).map(([system, all]) => ({ figure, system, samples: all }))
  return goalsOf(reportWith(systems, cells)).find(
    ({ what, goal: says }) => what.startsWith(figure) && says.startsWith(goal),
  )!
}

describe('a goal', () => {
  it('is met below the fastest of the others, and names those that were not measured', () => {
    const samples = { grapevine: [1], etcd: [2], hyperbee: [3] }
    expect(goalOf('last-3', samples, 'below etcd')).toMatchObject({
      isMet: true,
      goal: 'below etcd, zookeeper, hyperbee, orbitdb (etcd 2 ms); not measured: zookeeper, orbitdb',
      why: '',
    })
  })

  it('is missed by so many times', () => {
    const result = goalOf('last-3', { grapevine: [6], etcd: [2] }, 'below etcd')
    expect(result.isMet).toBe(false)
    expect(result.why).toMatch(/^by 3×/)
  })

  it('is not judged where nothing was measured, on either side', () => {
    expect(goalOf('last-3', { grapevine: [1] }, 'below etcd').isMet).toBeUndefined()
    expect(goalOf('last-3', { etcd: [1] }, 'below etcd')).toMatchObject({
      isMet: undefined,
      measured: 'not measured',
    })
  })

  it('can be a number of times the floor of the same run', () => {
    const met = goalOf('last-50', { grapevine: [5], 'signed-floor': [2] }, '≤ 2.5×')
    expect(met).toMatchObject({ isMet: true, goal: '≤ 2.5× the signed fan-out (2 ms)' })
    expect(goalOf('last-50', { grapevine: [6], 'signed-floor': [2] }, '≤ 2.5×').isMet).toBe(false)
  })

  it('can be a least: so many reads, and a thousand times those of etcd', () => {
    const samples = { grapevine: [20_000_000], etcd: [30_000] }
    expect(goalOf('read', samples, '≥ 10 M/s').isMet).toBe(true)
    expect(goalOf('read', samples, '≥ 1,000×')).toMatchObject({ isMet: false, why: 'by 1.5×' })
  })

  it('says by how much where nothing was allowed at all', () => {
    expect(goalOf('burst-lost', { grapevine: [7] }, '≤ 0').why).toBe('by 7')
  })

  it('says what the time goes to: what the floor takes, and what it leaves', () => {
    const report = reportWith(systems, [
      { figure: 'last-3', system: 'grapevine', samples: [10] },
      { figure: 'last-3', system: 'signed-floor', samples: [1] },
      { figure: 'last-3', system: 'etcd', samples: [5] },
      { figure: 'write', system: 'signed-floor', samples: [2] },
    ])
    const missed = goalsOf(report).find(
      ({ what, isMet }) => what === 'last-3 p50' && isMet === false,
    )
    expect(missed?.why).toBe(
      'by 2×; fsync and signature of the writer 2 ms, fan-out, verified by each 1 ms, fsync of a watcher 2 ms, the rest 5 ms',
    )
  })
})
