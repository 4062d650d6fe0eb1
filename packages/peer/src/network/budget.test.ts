import { describe, expect, it } from 'vitest'
import { createBudget } from './budget.js'

function budgetAt(burst: number, perSecond: number) {
  let nowMs = 0
  const budget = createBudget({ burst, perSecond }, () => nowMs)
  return {
    spend: budget.spend,
    pass: (ms: number): void => {
      nowMs += ms
    },
  }
}

describe('a budget', () => {
  it('lets a burst pass, then so much a second', () => {
    const { spend, pass } = budgetAt(10, 5)
    expect(spend(10)).toBe(0)
    expect(spend(1)).toBe(200)
    pass(200)
    expect(spend(0)).toBe(0)
    expect(spend(5)).toBe(1_000)
  })

  it('saves up no more than a burst', () => {
    const { spend, pass } = budgetAt(10, 5)
    pass(1_000_000)
    expect(spend(10)).toBe(0)
    expect(spend(5)).toBe(1_000)
  })

  it('may have no end', () => {
    const { spend, pass } = budgetAt(Infinity, 1)
    expect(spend(1e12)).toBe(0)
    pass(0)
    expect(spend(1e12)).toBe(0)
  })
})
