import { describe, expect, it } from 'vitest'
import type * as Core from '@grapevine/core'
import { openStage } from '../../test/hostile-stage.js'
import { signaturesOf } from '../world/crypto.js'
import type { Node } from '../observer.js'
import {
  type Tools,
  forgePresence,
  forgeRelease,
  forgeStatement,
  hide,
  replicaIdOf,
  rootOf,
} from './forge.js'
import { type Tree } from './forge.js'
import { bytesOf, decode, hexOf, partsOf } from './wire.js'
import { kindOf } from '../frames.js'

const signatures = signaturesOf('stub')

/** As if alice's key were at hand, so that forging can be compared with what she signs. */
const toolsOf = (meshId: Uint8Array, { peer }: Node): Tools => ({
  meshId,
  hash: signatures.hash,
  sign: (bytes) => signatures.signAs(peer, bytes),
})

const open = () => {
  const stage = openStage({ seed: 1, revocable: true })
  return { stage, alice: stage.alice, tools: toolsOf(stage.meshId, stage.alice) }
}

const gossiped = (effects: readonly Core.Effect[], kind: string): Uint8Array => {
  const frames = effects.flatMap((effect) => (effect.type === 'gossip' ? [effect.bytes] : []))
  return partsOf(frames.find((frame) => kindOf(frame) === kind)!)[0] as Uint8Array
}

describe('forging', () => {
  it('makes the very bytes of a release that its writer made', () => {
    const { stage, alice, tools } = open()
    const write = (put: ReadonlyMap<string, Core.Value>, remove: readonly string[]): Uint8Array =>
      gossiped(stage.handle(alice, { type: 'write', put, remove }), 'release')
    write(new Map([['b', 1]]), [])
    const bytes = write(
      new Map<string, Core.Value>([
        ['c', 'text'],
        ['a', { x: [1.5, null] }],
        ['d', 2],
      ]),
      ['b'],
    )
    const { release, changes } = alice.replica.release({ replica: alice.replica.id(), seq: 2 })!

    const forged = forgeRelease(
      tools,
      {
        peer: release.peer,
        incarnation: release.incarnation,
        seq: release.seq,
        prev: bytesOf(release.prev!),
        ms: release.stamp.ms,
        counter: release.stamp.counter,
      },
      changes.map(({ key, seen, put }) => ({ key, seen, put: put?.value })),
    )

    expect(hexOf(forged.bytes)).toBe(hexOf(bytes))
    expect(hexOf(forged.id)).toBe(release.id)
    expect(replicaIdOf(tools, release.peer, release.incarnation)).toBe(release.replica)
  })

  it('makes the very bytes of a statement that its issuer made', () => {
    const { stage, alice, tools } = open()
    stage.put(alice, 'a', 1)
    stage.handle(alice, {
      type: 'issue',
      statement: { kind: 'cut', marks: [{ replica: stage.bob.replica.id(), seq: 0 }] },
    })
    const [statement] = alice.replica.statements() as [Core.Statement]

    const { issuer, number, incarnation } = statement
    const marks = statement.marks.map(({ replica, seq }) => ({ replica, seq, id: null }))
    const forged = forgeStatement(tools, {
      kind: 'cut',
      issuer,
      number,
      prev: null,
      marks,
      incarnation,
    })

    expect(hexOf(forged.bytes)).toBe(hexOf(statement.bytes))
    expect(hexOf(forged.id)).toBe(statement.id)
  })

  it('makes the very bytes of a presence that its peer made', () => {
    const { stage, alice, tools } = open()
    stage.put(alice, 'a', 1)
    const bytes = gossiped(stage.handle(alice, { type: 'announce' }), 'presence')
    const { statements, clock, state } = alice.replica.hashes()

    const forged = forgePresence(tools, {
      peer: alice.peer,
      at: stage.now,
      hashes: [statements, clock, state],
      clock: alice.replica.clock(),
    })

    expect(hexOf(forged)).toBe(hexOf(bytes))
  })

  it('hides changes behind hashes without moving the root', () => {
    const { stage, alice, tools } = open()
    const put = new Map(Array.from({ length: 7 }, (_, index) => [`k${index}`, index]))
    const bytes = gossiped(stage.handle(alice, { type: 'write', put }), 'release')
    const [, , tree] = decode(bytes) as unknown as [Uint8Array, Uint8Array, Tree]
    const root = hexOf(rootOf(tools, tree))

    const isHidden = (leaf: Uint8Array): boolean => leaf.at(-1)! % 2 === 0
    const some = hide(tools, tree, { isHidden })
    const all = hide(tools, tree, { isHidden: () => true })

    expect(hexOf(rootOf(tools, some))).toBe(root)
    expect(some).not.toEqual(tree)
    expect(all).toEqual([bytesOf(root)])
  })
})
