import { expect, it } from 'vitest'
import { standingInWords, standingOf } from './standing.js'

it.each([
  ['running', 0, 'in-step', 'in step'],
  ['running', undefined, 'in-step', 'in sight'],
  ['running', 3, 'behind', '3 behind'],
  ['running', 10, 'far-behind', '10 behind'],
  ['paused', 10, 'paused', 'paused'],
  ['silent', undefined, 'silent', 'silent'],
] as const)('a peer that is %s and %s behind stands as %s', (state, behind, standing, words) => {
  expect(standingOf({ state, behind })).toBe(standing)
  expect(standingInWords({ state, behind })).toBe(words)
})
