import { rm } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { nursery, plant } from '../../core/test/planted.js'
import { plants } from '../../core/test/plants.js'
import { run } from '../src/run.js'
import { planOf } from '../src/swarm/swarm.js'

/** Bugs that show within a few seeds; `npm run sim-hunt` counts seeds for all of them. */
const quick = [
  'clock-without-data',
  'holes-skipped',
  'readiness-ignores-seen',
  'early-dropped-and-counted',
  'far-future-accepted',
  'stamp-not-above-held',
  'clock-hash-in-order-of-arrival',
  'version-in-order-of-arrival',
  'state-hash-in-order-of-arrival',
  'tie-by-arrival',
  'last-writer-decides-at-apply',
  'blind-write',
  'rights-at-receipt',
  'replica-id-reused-after-loss',
  'told-before-durable',
  'release-not-stored',
  'void-not-unstored',
  'context-forgotten',
  'snapshot-half-applied',
  'equal-value-written',
  'settled-without-seal',
]
const seedsMax = 200

afterAll(() => rm(nursery, { recursive: true, force: true }))

describe('the simulator', () => {
  for (const name of quick) {
    it(`notices that ${plants.find((one) => one.name === name)!.why}`, async () => {
      const mutant = await plant(name)
      let seed = 1
      while (seed <= seedsMax && run(mutant, planOf(seed)).verdict === 'passed') seed += 1
      expect(seed).toBeLessThanOrEqual(seedsMax)
    })
  }
})
