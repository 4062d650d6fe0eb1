import { describe, expect, it } from 'vitest'
import type { PeerId } from '@grapevine/core'
import { createStrikes } from './strikes.js'

const mallory = 'mm' as PeerId

function strikesAt() {
  let nowMs = 0
  const strikes = createStrikes(60_000, () => nowMs)
  const strike = (times: number): boolean =>
    Array.from({ length: times }, () => strikes.strike(mallory)).includes(true)
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { strikes, strike, pass }
}

describe('strikes', () => {
  it('ban who misbehaves at once, and for as long as was said', () => {
    const { strikes, strike, pass } = strikesAt()
    expect(strike(15)).toBe(false)
    expect(strike(1)).toBe(true)
    expect(strikes.isBanned(mallory)).toBe(true)
    pass(59_999)
    expect(strikes.isBanned(mallory)).toBe(true)
    pass(1)
    expect(strikes.isBanned(mallory)).toBe(false)
  })

  it('are forgotten where they come one at a time', () => {
    const { strikes, strike, pass } = strikesAt()
    for (let hour = 0; hour < 720; hour++) {
      expect(strike(1)).toBe(false)
      pass(5_000)
    }
    expect(strikes.isBanned(mallory)).toBe(false)
  })

  it('keep no more than so many peers in mind', () => {
    const { strikes, strike } = strikesAt()
    expect(strike(15)).toBe(false)
    for (let index = 0; index < 10_000; index++) strikes.strike(`peer ${index}` as PeerId)
    expect(strike(15)).toBe(false)
  })
})
