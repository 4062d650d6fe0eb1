import { describe, expect, it } from 'vitest'
import { BadInput } from './bad-input.js'
import {
  bandwidth,
  bytes,
  count,
  delay,
  duration,
  durationBetween,
  formatMs,
  grouped,
} from './units.js'
import { offset, oneOf, rate, seedNumber, share, toggle, trimmed } from './units.js'
import type { Read } from './units.js'

describe('units', () => {
  it.each<[Read<unknown>, string, unknown]>([
    [duration, '500ms', 500],
    [duration, '0.5ms', 0.5],
    [duration, '20s', 20_000],
    [duration, '20 s', 20_000],
    [duration, '5min', 300_000],
    [duration, '5m', 300_000],
    [duration, '1h', 3_600_000],
    [duration, '3d', 259_200_000],
    [duration, '2w', 1_209_600_000],
    [offset, '+1h', 3_600_000],
    [offset, '-10min', -600_000],
    [share, '5%', 0.05],
    [share, '0.5%', 0.005],
    [share, '100%', 1],
    [rate, '5/s', 5],
    [rate, '30/min', 0.5],
    [rate, '36/h', 0.01],
    [rate, '5', 5],
    [bytes, '200B', 200],
    [bytes, '4kb', 4000],
    [bytes, '1MiB', 1_048_576],
    [bandwidth, '64kbit/s', 8000],
    [bandwidth, '1MB/s', 1_000_000],
    [count(3, 10), '3', 3],
    [seedNumber, '0', 0],
    [toggle, 'off', false],
    [toggle, 'true', true],
    [oneOf(['ring', 'line']), 'line', 'line'],
  ])('read what people write: %o reads %s', (read, text, value) => {
    expect(read(text, '--x')).toBe(value)
  })

  it.each<[Read<unknown>, string, string]>([
    [duration, '60', '--x: 60 has no unit, write 60s or 60ms'],
    [duration, 'soon', '--x: soon is no time, write it like 500ms, 20s, 5min, 1h, 3d or 2w'],
    [duration, '-5s', '--x: -5s is no time, write it like 500ms, 20s, 5min, 1h, 3d or 2w'],
    [duration, '9999w', '--x: 9999w is too long, write 520w or less'],
    [durationBetween(1000, 60_000), '1ms', '--x: 1ms is too short, write 1 s or more'],
    [durationBetween(1000, 60_000), '1h', '--x: 1h is too long, write 60 s or less'],
    [offset, '1h', '--x: 1h says no direction, write it like +1h or -10min'],
    [share, '5', '--x: 5 is no share, write it in percent, like 5%'],
    [share, '500%', '--x: 500% is more than everything, write 0% to 100%'],
    [rate, 'fast', '--x: fast is no rate, write it like 5/s, 30/min or 10/h'],
    [bytes, '2MiB', '--x: 2MiB is no size, write it like 200B, 4kB or at most 1MiB'],
    [bandwidth, '64', '--x: 64 is no bandwidth, write it like 64kbit/s or 1MB/s'],
    [bandwidth, '1bit/s', '--x: 1bit/s is too little, write 8kbit/s or more'],
    [delay, '10m', '--x: 10m is too long, write 60 s or less'],
    [bandwidth, '0B/s', '--x: 0B/s is no bandwidth, write it like 64kbit/s or 1MB/s'],
    [count(3, 10_000), '2', '--x: 2 is too few, write a whole number from 3 to 10,000'],
    [count(3, 10_000), '20000', '--x: 20000 is too many, write a whole number from 3 to 10,000'],
    [count(3, 10_000), 'a few', '--x: "a few" is no number, write a whole number from 3 to 10,000'],
    [seedNumber, '-1', '--x: -1 is no seed, write a whole number up to 9007199254740991'],
    [toggle, 'perhaps', '--x: perhaps is neither, write on or off'],
    [oneOf(['ring', 'line']), 'rnig', '--x: there is no rnig, did you mean ring?'],
    [oneOf(['ring', 'line']), 'cube', '--x: there is no cube, choose from ring, line'],
  ])('say in one line what to write instead: %o refuses %s', (read, text, message) => {
    expect(() => read(text, '--x')).toThrow(new BadInput(message))
  })

  it.each([
    [0.3, '0.3 ms'],
    [999, '999 ms'],
    [1500, '1.5 s'],
    [60_000, '60 s'],
    [90_000, '90 s'],
    [120_000, '2 min'],
    [7_200_000, '2 h'],
    [1_209_600_000, '2 weeks'],
  ])('print %d ms as %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text)
  })

  it('group digits the same way on every machine', () => {
    expect([0, 999, 1000, 1_234_567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567'])
  })

  it('keep as many digits as mean something', () => {
    expect([0, 0.123, 1.26, 12.34, 1234.5].map(trimmed)).toEqual([
      '0',
      '0.12',
      '1.3',
      '12.3',
      '1,235',
    ])
  })
})
