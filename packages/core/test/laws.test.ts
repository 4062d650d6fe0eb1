import { describe, expect, it } from 'vitest'
import * as lib from '../src/index.js'
import * as vectors from '../src/version-vector.js'
import { laws } from './laws.js'
import { vectorLaws } from './vector-laws.js'

/** More of them begin with the same ones: the seed stays. */
const runs = Number(process.env['LAW_RUNS'] ?? 200)
const seed = 20_260_101

describe('replica', () => {
  it.for(Object.entries(laws))('%s', { timeout: 600_000 }, ([, law]) => {
    expect(law(lib, { runs, seed })).toBeUndefined()
  })
})

describe('version vector', () => {
  it('is a lattice: join, meet, cap and covers agree', () => {
    expect(vectorLaws(vectors, { runs, seed })).toBeUndefined()
  })
})
