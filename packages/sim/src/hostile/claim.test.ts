import { describe, expect, it } from 'vitest'
import { openStage, word } from '../../test/hostile-stage.js'
import { signaturesOf } from '../world/crypto.js'
import { type Shown, clockHashOf, stateHashOf } from './claim.js'
import { bytesOf, hexOf } from './wire.js'

const { hash } = signaturesOf('stub')

const open = () => {
  const stage = openStage({ seed: 3 })
  const tools = { meshId: stage.meshId, hash, sign: (bytes: Uint8Array) => bytes }
  for (let index = 0; index < 60; index++) stage.put(stage.alice, `a/${index % 40}`, index)
  for (let index = 0; index < 10; index++) stage.put(stage.bob, `a/${index}`, `of bob ${index}`)
  stage.deliver()
  stage.handle(stage.bob, { type: 'write', remove: ['a/1', 'a/2'] })
  stage.deliver()
  return { stage, tools }
}

describe('a claim', () => {
  it('hashes put heads to what a replica that holds them says', () => {
    const { stage, tools } = open()
    const { replica } = stage.bob
    const shown = [...replica.clock()].flatMap(([id, last]) =>
      Array.from({ length: last }, (_, index) => index + 1).flatMap((seq): readonly Shown[] => {
        const { release, changes } = replica.release({ replica: id, seq })!
        return changes.map(({ key, seen, put }) => ({
          dot: [id, seq],
          id: release.id,
          key,
          seen,
          isPut: put !== undefined,
        }))
      }),
    )

    expect(replica.conflicts()).not.toEqual([])
    expect(hexOf(stateHashOf(tools, shown))).toBe(hexOf(replica.hashes().state))
  })

  it('hashes tips to what a replica at that clock says', () => {
    const { stage, tools } = open()
    const { replica } = stage.bob
    const tips = [...replica.clock()].map(([id, seq]) => ({
      replica: bytesOf(id),
      seq,
      id: bytesOf(replica.release({ replica: id, seq })!.release.id),
    }))

    expect(word(stage.alice)).toBe(word(stage.bob))
    expect(hexOf(clockHashOf(tools, tips))).toBe(hexOf(replica.hashes().clock))
  })
})
