import { describe, expect, it } from 'vitest'
import { halves, numbersIn, rangesOf } from './numbers.js'

describe('numbers of peers', () => {
  it.each([
    ['1-4', [1, 2, 3, 4]],
    ['3', [3]],
    ['7, 1-2', [1, 2, 7]],
    ['2 2-3', [2, 3]],
  ])('%s are read', (text, numbers) => {
    expect(numbersIn(text, 8)).toEqual(numbers)
  })

  it.each(['', ' , ', '0', '9', '4-2', '1-9', 'x', '1-', '-1', '1.5', '1e1'])(
    '%s is refused',
    (text) => {
      expect(numbersIn(text, 8)).toBeUndefined()
    },
  )

  it('are written as short as they can be read back', () => {
    expect(rangesOf([7, 1, 2, 3, 9, 10])).toBe('1-3, 7, 9-10')
    expect(numbersIn(rangesOf([7, 1, 2, 3, 9, 10]), 10)).toEqual([1, 2, 3, 7, 9, 10])
  })

  it('make halves, the first one larger', () => {
    expect(halves([5, 4, 3, 2, 1])).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
  })
})
