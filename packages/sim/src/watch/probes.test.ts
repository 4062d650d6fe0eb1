import { describe, expect, it } from 'vitest'
import type * as Core from '@grapevine/core'
import type { Node } from '../observer.js'
import { createProbes } from './probes.js'

const alice = { index: 0 } as Node
const tick: Core.Input = { type: 'tick' }

const waiting = {
  type: 'verdict',
  verdict: 'waiting',
  release: { replica: 'r', seq: 2 },
} as Core.Effect

const stored: Core.Effect = {
  type: 'persist',
  records: new Map([['release/r/2', new Uint8Array()]]),
}

describe('probes', () => {
  it('count a release that waited when it is stored, unless its process died in between', () => {
    for (const [dies, count] of [
      [false, 1],
      [true, 0],
    ] as const) {
      const probes = createProbes()
      probes.handled!(alice, tick, [waiting], 0)
      if (dies) probes.stopped!(alice, 1)
      probes.handled!(alice, tick, [stored], 2)
      expect(probes.hits().get('release waited and was applied')).toBe(count)
    }
  })
})
