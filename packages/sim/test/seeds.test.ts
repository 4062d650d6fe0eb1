import * as core from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { run } from '../src/run.js'
import { planOf } from '../src/swarm/swarm.js'

const seeds = 300
const together = 20

describe('the simulator', () => {
  for (let first = 1; first <= seeds; first += together) {
    it(`keeps every promise in seeds ${first} to ${first + together - 1}`, () => {
      for (let seed = first; seed < first + together; seed++) {
        const { verdict, reason } = run(core, planOf(seed))
        expect(verdict, `seed ${seed}: ${reason}`).toBe('passed')
      }
    })
  }

  it('plays the same run for the same seed, and another for another', () => {
    const hashes = [7, 107, 207, 7, 107, 207].map((seed) => run(core, planOf(seed)).traceHash)
    expect(hashes.slice(3)).toEqual(hashes.slice(0, 3))
    expect(new Set(hashes).size).toBe(3)
  })
})
