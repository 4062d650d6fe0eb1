import { describe, expect, it } from 'vitest'
import { readCut, readLines } from './wishes.js'

describe('a wish for lines', () => {
  it('names each peer once, however often it was written', () => {
    const many = Array.from({ length: 100_000 }, () => [1, 2]).flat()
    expect(readLines({ from: many, to: [3, 3], delayMs: 20 }, 3)).toEqual({
      from: [1, 2],
      to: [3],
      delayMs: 20,
    })
  })

  it.each([
    [{ from: [1], to: [4] }, 'there is no peer 4'],
    [{ from: [0], to: [1] }, 'there is no peer 0'],
    [{ from: [1], to: [2], lossShare: 2 }, 'lossShare'],
    [{ from: [1], to: [2], delayMs: 1e9 }, 'delayMs'],
    [{ from: [], to: [2] }, 'from'],
    [null, 'the body'],
  ])('%j is refused', (body, says) => {
    expect(() => readLines(body, 3)).toThrow(says)
  })
})

describe('a wish for a cut', () => {
  it('names peers that there are', () => {
    expect(readCut({ groups: [[1], [2, 3]] }, 3)).toEqual([[1], [2, 3]])
    expect(() => readCut({ groups: [[1], [4]] }, 3)).toThrow('there is no peer 4')
    expect(() => readCut({ groups: [[1.5]] }, 3)).toThrow('groups')
  })
})
