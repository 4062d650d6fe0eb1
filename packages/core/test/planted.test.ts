import { rm } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import * as real from '../src/index.js'
import { aimed } from './aimed.js'
import { runCampaign } from './campaign.js'
import { fuzz } from './fuzz.js'
import { laws } from './laws.js'
import { nursery, plant } from './planted.js'
import { plants } from './plants.js'
import { runScenario } from './scenario.js'
import { scenarios } from './scenarios.js'
import { type Library } from './stub-crypto.js'
import { Violation } from './invariants.js'

type Check = (lib: Library) => void

function survivesRandomRuns(lib: Library): void {
  for (let seed = 1; seed <= 10; seed++) runCampaign(lib, { seed, steps: 100 })
}

/** What the tests of this folder hold a library against, by the sentence that says it. */
const checks = new Map<string, Check>([
  ...[...aimed, ...scenarios].map((scenario): [string, Check] => [
    scenario.rule,
    (lib) => runScenario(lib, scenario),
  ]),
  ...Object.entries(laws).map(([sentence, law]): [string, Check] => [
    sentence,
    (lib) => law(lib, { runs: 30, seed: 1, endOnFailure: true }),
  ]),
  ['survives random runs', survivesRandomRuns],
  [
    'takes from bent frames only what somebody signed',
    (lib) => void fuzz(lib, { frames: 1500, seed: 1 }),
  ],
])

/** What the check says of this library; a mutant that cannot even run proves nothing. */
function verdictOf(check: Check, lib: Library): 'passes' | 'breaks a rule' {
  try {
    check(lib)
    return 'passes'
  } catch (error) {
    let cause = error
    while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause
    if (cause instanceof Violation) return 'breaks a rule'
    throw error
  }
}

afterAll(() => rm(nursery, { recursive: true, force: true }))

describe('the tests of the replica', () => {
  it('hold the library itself to be right', { timeout: 60_000 }, () => {
    for (const sentence of new Set(plants.map(({ shownBy }) => shownBy))) {
      const check = checks.get(sentence)
      expect(check && verdictOf(check, real), sentence).toBe('passes')
    }
  })

  for (const { name, why, shownBy } of plants) {
    it(`notice that ${why}`, { timeout: 60_000 }, async () => {
      const mutant = await plant(name)
      expect(verdictOf(checks.get(shownBy)!, mutant), `${name}, by: ${shownBy}`).toBe(
        'breaks a rule',
      )
    })
  }
})
