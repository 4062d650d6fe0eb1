import { describe, expect, it } from 'vitest'
import * as lib from '../src/index.js'
import { recordClosedCorpus, recordCorpus, typeOf, typesOnWire } from './corpus.js'
import { fuzz } from './fuzz.js'

const frames = 20_000

describe('the door', () => {
  it(
    'takes from twenty thousand bent frames only what somebody signed',
    { timeout: 60_000 },
    () => {
      const report = fuzz(lib, { frames, seed: 1 })

      expect(report.frames).toBe(frames)
      // The fuzz itself must reach behind the first check, or it proves nothing.
      expect(report.decoded).toBeGreaterThan(frames / 20)
      expect(report.stored).toBeGreaterThan(frames / 200)
      for (const verdict of [
        'applied',
        'waiting',
        'refused',
        'release read',
        'statement read',
        'presence read',
        'badge read',
      ]) {
        expect(report.verdicts.get(verdict), verdict).toBeGreaterThan(0)
      }
    },
  )

  it('is tried with every type of message from a real run', () => {
    const scenes = [recordCorpus(lib), recordClosedCorpus(lib)].flatMap((corpus) => corpus.scenes)
    const types = new Set(scenes.map(({ bytes }) => typeOf(bytes)))
    expect([...types].sort()).toEqual([...typesOnWire].sort())
  })
})
