import { describe, expect, it } from 'vitest'
import { limits } from '../src/limits.js'
import { memoryBoundaries } from './memory-limits.js'
import { trustBoundaries } from './trust-limits.js'
import { wireBoundaries } from './wire-limits.js'

/** One test for each limit: what is just within passes, what is just beyond is refused or bounded. */
const boundaries: Record<keyof typeof limits, () => void> = {
  ...wireBoundaries,
  ...memoryBoundaries,
  ...trustBoundaries,
}

describe('limits', () => {
  it.each(Object.entries(boundaries))(
    'holds %s at its boundary',
    { timeout: 60_000 },
    (_name, holds) => {
      expect.hasAssertions()
      holds()
    },
  )
})
