import type { ReplicaId } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import type { ReleaseRef } from '../peer.js'
import { digitsToTellApart, dotOf } from './release-info.js'

const a = `7f3a${'0'.repeat(28)}` as ReplicaId
const b = `7f3b${'1'.repeat(28)}` as ReplicaId

describe('the name of a release', () => {
  it('is read in full, with a dot or a full stop, and as a dot', () => {
    for (const ref of [`${a}·412`, `${a}.412`, { replica: a, seq: 412 }]) {
      expect(dotOf(ref, [])).toEqual({ replica: a, seq: 412 })
    }
  })

  it('may be shortened as far as only one replica can be meant', () => {
    expect(dotOf('7f3a·1', [a, b])).toEqual({ replica: a, seq: 1 })
    const c = `7f3a9${'2'.repeat(27)}` as ReplicaId
    expect(() => dotOf('7f3a·1', [a, c])).toThrow(`can mean ${a}·1 or ${c}·1: write more of it`)
    expect(() => dotOf('cafe·1', [a, b])).toThrow(
      expect.objectContaining({ code: 'RELEASE_UNKNOWN' }),
    )
  })

  it('is short where few are known, and as long as it takes to tell them apart', () => {
    const c = `7f3a9${'2'.repeat(27)}` as ReplicaId
    expect(digitsToTellApart([])).toBe(4)
    expect(digitsToTellApart([a, b])).toBe(4)
    expect(digitsToTellApart([c, b, a])).toBe(5)
  })

  it('is refused with its value and the right form', () => {
    expect(() => dotOf('yesterday', [a])).toThrow(
      `'yesterday' names no release: write <replica>·<seq>, such as 7f3a·412`,
    )
    for (const ref of ['', '7f3a·0', '7f·1', `${a}·-1`, 7, null, undefined, {}, { replica: a }]) {
      expect(() => dotOf(ref as ReleaseRef, [a])).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      )
    }
  })
})
