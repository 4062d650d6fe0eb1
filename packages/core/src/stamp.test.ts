import { describe, expect, it } from 'vitest'
import { type ReplicaId } from './ids.js'
import { limits } from './limits.js'
import { compareStamps, isEarly, nextStamp, zeroStamp } from './stamp.js'

const by = (
  replica: string,
  ms: number,
  counter = 0,
  seq = 1,
): Parameters<typeof compareStamps>[0] => ({
  stamp: { ms, counter },
  replica: replica as ReplicaId,
  seq,
})

describe('stamp', () => {
  it('orders by time, then counter, then replica id, then seq', () => {
    const ordered = [by('b', 1), by('a', 1, 1), by('b', 1, 1), by('b', 1, 1, 2), by('a', 2)]
    expect(ordered.toReversed().sort(compareStamps)).toEqual(ordered)
    expect(compareStamps(by('a', 1), by('a', 1))).toBe(0)
  })

  it('grows whatever the clock did', () => {
    expect(nextStamp(zeroStamp, 7)).toEqual({ ms: 7, counter: 0 })
    expect(nextStamp({ ms: 7, counter: 0 }, 7)).toEqual({ ms: 7, counter: 1 })
    expect(nextStamp({ ms: 7, counter: 3 }, 2)).toEqual({ ms: 7, counter: 4 })
    expect(nextStamp({ ms: 7, counter: limits.stampCounterMax }, 7)).toEqual({ ms: 8, counter: 0 })
  })

  it('is early only beyond the limit', () => {
    expect(isEarly({ ms: limits.stampAheadMsMax, counter: 9 }, 0)).toBe(false)
    expect(isEarly({ ms: limits.stampAheadMsMax + 1, counter: 0 }, 0)).toBe(true)
  })
})
