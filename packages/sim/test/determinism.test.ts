import { readFileSync, writeFileSync } from 'node:fs'
import * as core from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { run } from '../src/run.js'
import { planOf } from '../src/swarm/swarm.js'

/**
 * One number for all that happened in a run, kept in the repository: every version of Node, and every
 * machine, must come to the same. Whoever means to change what happens writes them anew:
 * `UPDATE_TRACES=1 npm test -- determinism`.
 */
const file = new URL('traces.json', import.meta.url)
const seeds = [1, 2, 3, 5, 6, 8, 13, 16, 20, 21, 34, 55, 89]

describe('a run', () => {
  it('is the same on every version of Node and every machine', () => {
    const traces = Object.fromEntries(
      seeds.map((seed) => [String(seed), run(core, planOf(seed)).traceHash]),
    )
    if (process.env['UPDATE_TRACES'] !== undefined) {
      writeFileSync(file, `${JSON.stringify(traces, null, 2)}\n`)
    }
    expect(traces).toEqual(JSON.parse(readFileSync(file, 'utf8')))
  })
})
