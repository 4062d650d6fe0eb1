import { rm } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { nursery, plant } from '../../core/test/planted.js'
import { plants } from '../../core/test/plants.js'
import type { Plan } from '../src/plan.js'
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
]
/** The same of badges, intents and revocations, in closed meshes. */
const quickOfTrust = [
  'badge-root-unchecked',
  'badge-at-any-time',
  'badge-not-kept',
  'intent-at-any-time',
  'budget-unchecked',
  'revoked-by-marks-only',
  'stray-not-shown',
  'struck-replaced-stays-gone',
  'struck-only-on-arrival-of-word',
  'kept-forgotten',
  'descendants-stay',
  'revoked-admins-word-stands',
  'voided-not-brought-back',
]
const seedsMax = 200
const seeds = Array.from({ length: seedsMax }, (_, index) => index + 1)

afterAll(() => rm(nursery, { recursive: true, force: true }))

const whyOf = (name: string): string => plants.find((one) => one.name === name)!.why

const noticedIn = async (name: string, plans: readonly Plan[]): Promise<boolean> => {
  const mutant = await plant(name)
  return plans.some((plan) => run(mutant, plan).verdict !== 'passed')
}

describe('the simulator', () => {
  const plans = seeds.map(planOf)
  const closed = plans.filter((plan) => plan.closed !== undefined)
  for (const name of quick) {
    it(`notices that ${whyOf(name)}`, async () => {
      expect(await noticedIn(name, plans)).toBe(true)
    })
  }
  for (const name of quickOfTrust) {
    it(`notices that ${whyOf(name)}`, async () => {
      expect(await noticedIn(name, closed)).toBe(true)
    })
  }
})
