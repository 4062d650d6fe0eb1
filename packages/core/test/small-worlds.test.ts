import { describe, expect, it } from 'vitest'
import * as lib from '../src/index.js'
import { exploreSmallWorlds } from './small-worlds.js'

/** Raise it for a long run: SMALL_WORLDS_DEPTH=7. */
const depth = Number(process.env['SMALL_WORLDS_DEPTH'] ?? 6)

describe('three replicas with one key', () => {
  it(`are right in every state up to ${depth} steps`, { timeout: 24 * 3_600_000 }, () => {
    const report = exploreSmallWorlds(lib, { depth, writesMax: 4 })
    console.log(`depth ${depth}: ${JSON.stringify(report)}`)
    expect(report.collected).toBeGreaterThan(0)
  })
})
