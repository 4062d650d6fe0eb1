import { readFileSync, readdirSync } from 'node:fs'
import * as core from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../src/plan.js'
import { run } from '../src/run.js'

/** A plan that failed once, shrunk, and what was wrong. */
interface Regression {
  readonly was: string
  readonly plan: Plan
}

const folder = new URL('regressions/', import.meta.url)

describe('what failed once holds now', () => {
  for (const file of readdirSync(folder).toSorted()) {
    const { was, plan } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Regression
    it(`${file.replace('.json', '')}: ${was}`, () => {
      const { verdict, reason } = run(core, plan)
      expect(verdict, reason).toBe('passed')
    })
  }
})
