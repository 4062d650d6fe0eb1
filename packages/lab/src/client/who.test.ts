import { describe, expect, it } from 'vitest'
import { nameOf, numberOf } from '../names.js'
import { numbersOf } from './who.js'

describe('who is meant', () => {
  it.each([
    ['3', [3]],
    ['1-4', [1, 2, 3, 4]],
    ['checkout', [2]],
    ['1,3-4,mailer,storefront-2', [1, 3, 4, 8, 9]],
    ['2,checkout', [2]],
  ])('by %s', (word, numbers) => {
    expect(numbersOf(word, 12)).toEqual(numbers)
  })

  it.each(['0', '13', '4-1', '1-99999', 'nobody', 'mailer-1', 'storefront-3', '', '1,', '-1'])(
    'by %j nobody is',
    (word) => {
      expect(() => numbersOf(word, 12)).toThrow(/peer|names/)
    },
  )

  it('names and numbers lead to each other', () => {
    for (let number = 1; number <= 200; number++) expect(numberOf(nameOf(number))).toBe(number)
  })
})
