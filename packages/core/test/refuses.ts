import { expect, it } from 'vitest'
import * as lib from '../src/index.js'
import { checkReason } from './target.js'
import { World } from './world.js'
import { hex, peerOf, unhex } from './stub-crypto.js'

/** What is fed to the door, and what the refusal must say. */
export type Case = readonly [what: string, bytes: (world: World) => Uint8Array, reason: RegExp]

export const mallory = peerOf('mallory')
export const digits = (text: string): Uint8Array => unhex(text.replaceAll(' ', ''))
export const canonical = /not canonical DAG-CBOR|not in canonical form/

const worldOfOne = (): World => {
  const world = new World(lib, { names: ['alice', 'bob'], gossip: false })
  world.put('alice', { a: 1 })
  return world
}

const everything = (world: World): unknown => {
  const { replica, disk } = world.node('alice')
  const records = [...disk].map(([name, bytes]) => `${name} ${hex(bytes)}`).sort()
  return {
    hashes: replica.hashes(),
    clock: replica.clock(),
    status: replica.status(),
    presences: replica.presences(),
    records,
  }
}

/** Each is refused with a reason, and changes nothing. */
export function refuses(cases: readonly Case[]): void {
  it.each(cases)('refuses %s', (_what, bytes, reason) => {
    const world = worldOfOne()
    const before = everything(world)
    const effects = world.handle('alice', { type: 'received', from: mallory, bytes: bytes(world) })

    expect(effects).toEqual([
      expect.objectContaining({ type: 'verdict', from: mallory, verdict: 'refused' }),
    ])
    const [effect] = effects as unknown as [{ readonly reason: string }]
    expect(effect.reason).toMatch(reason)
    checkReason(effect.reason)
    expect(everything(world)).toEqual(before)
  })
}
