import { describe, expect, it } from 'vitest'
import { createConditions } from './conditions.js'

function conditionsOf(count: number) {
  const states = new Map<string, string>()
  const conditions = createConditions(
    count,
    (one, other, { state = '' }) => void states.set(`${one}-${other}`, state),
    () => {},
  )
  const down = (): readonly string[] =>
    [...states].filter(([, state]) => state === 'down').map(([pair]) => pair)
  return { ...conditions, down }
}

describe('what lies between the peers', () => {
  it('is cut between groups, and whoever is not named is on the other side', () => {
    const conditions = conditionsOf(4)
    conditions.cut([[1, 2]])
    expect(conditions.groups()).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(conditions.down()).toEqual(['1-3', '1-4', '2-3', '2-4'])
    expect(conditions.isOpen(1, 2)).toBe(true)
  })

  it('keeps the weather of a line that is cut as well, until both are over', () => {
    const conditions = conditionsOf(2)
    conditions.change({ from: [1], to: [1, 2], delayMs: 200 })
    conditions.cut([[1], [2]])
    expect(conditions.lines()).toEqual([
      { from: 1, to: 2, state: 'clear', delayMs: 200, lossShare: 0 },
    ])
    conditions.heal()
    expect([conditions.lines(), conditions.groups(), conditions.down()]).toEqual([[], [], []])
  })

  it('changes what is said of a line, and leaves the rest', () => {
    const conditions = conditionsOf(2)
    conditions.change({ from: [1], to: [2], delayMs: 200, bytesPerSecond: 8_000 })
    conditions.change({ from: [2], to: [1], lossShare: 0.1, bytesPerSecond: 0 })
    expect(conditions.lines()).toEqual([
      { from: 1, to: 2, state: 'clear', delayMs: 200, lossShare: 0.1 },
    ])
  })

  it.each([[[[1, 2, 3]]], [[[1], [1, 2]]]])('refuses a cut into %j', (groups) => {
    expect(() => conditionsOf(3).cut(groups)).toThrow(/two/)
  })
})
