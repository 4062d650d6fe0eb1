import { describe, expect, it } from 'vitest'
import { examineClock } from './clock.js'

const years = 365.25 * 24 * 3_600_000
const link = {} as never

const others = (count: number, clockAheadMs: number | undefined, more = {}) =>
  Array.from({ length: count }, (_, at) => ({
    name: `peer-${at + 1}`,
    isSelf: false,
    link: undefined,
    clockAheadMs,
    ...more,
  }))

const self = { name: 'me', isSelf: true, link: undefined, clockAheadMs: 0 }

describe('the clock of this machine', () => {
  it('agrees with the others, who are late by what the way takes', () => {
    expect(examineClock([self, ...others(3, -120)])).toEqual([
      { check: 'clock', is: 'ok', says: 'this clock agrees with 3 peers' },
    ])
  })

  it('is ahead by ten years where all the others say so', () => {
    expect(examineClock([self, ...others(39, -10.01 * years)])).toMatchObject([
      { is: 'fail', says: 'this clock is 10 years ahead of 39 peers' },
    ])
  })

  it('is behind by some seconds: that is a warning', () => {
    expect(examineClock([self, ...others(1, 20_000)])).toMatchObject([
      { is: 'warn', says: 'this clock is 20 s behind 1 peer' },
    ])
  })

  it('is right where one of the others is wrong', () => {
    const odd = { name: 'odd', isSelf: false, link: undefined, clockAheadMs: 3 * 3_600_000 }
    expect(examineClock([self, ...others(4, 0), odd])).toMatchObject([
      { is: 'ok', says: 'this clock agrees with 4 peers' },
      { is: 'warn', says: 'the clock of odd is 3 h ahead of the others' },
    ])
  })

  it('is held against those that are linked, for what they say is fresh', () => {
    const stale = others(5, -3_600_000)
    expect(examineClock([self, ...stale, ...others(1, 0, { link })])).toMatchObject([
      { is: 'ok', says: 'this clock agrees with 1 peer' },
    ])
  })

  it('is held against nobody where nobody was heard', () => {
    expect(examineClock([self, ...others(2, undefined)])).toMatchObject([{ is: 'ok' }])
  })
})
