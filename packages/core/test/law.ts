import * as dagCbor from '@ipld/dag-cbor'
import * as fc from 'fast-check'
import type * as Core from '../src/index.js'
import { type Doing, type Step, act } from './doings.js'
import { type Play, begin } from './play.js'
import { type Library, hex, mulberry32, peerOf } from './stub-crypto.js'
import { Violation, printView, viewOf } from './invariants.js'
import { World } from './world.js'

export interface LawOptions {
  readonly runs: number
  readonly seed: number
  /** Tell the first counterexample as it is, without looking for a smaller one. */
  readonly endOnFailure?: boolean
}

export type Law = (lib: Library, options: LawOptions) => void

export const trio = ['alice', 'bob', 'carol'] as const

export const demand = (held: boolean, message: () => string): void => {
  if (!held) throw new Violation(message())
}

/** Steps of these kinds; a kind that is named twice comes twice as often. */
export const stepsOf = (
  kinds: readonly Doing[],
  maxLength = 12,
  minLength = Math.floor(maxLength / 3),
): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.record({
      do: fc.constantFrom(...kinds),
      who: fc.nat(3),
      other: fc.nat(2),
      much: fc.nat(255),
    }),
    { minLength, maxLength, size: 'max' },
  )

export function hold<Given extends [unknown, ...unknown[]]>(
  options: LawOptions,
  given: { [Index in keyof Given]: fc.Arbitrary<Given[Index]> },
  law: (...args: Given) => void,
): void {
  const { runs, seed, endOnFailure = false } = options
  fc.assert(fc.property(...given, law), { numRuns: runs, seed, endOnFailure })
}

/** All steps, one after the other, in a new world. */
export function play(
  lib: Library,
  steps: readonly Step[],
  options: Partial<ConstructorParameters<typeof World>[1]> = {},
): Play {
  const started = begin(new World(lib, { names: trio, ...options }))
  for (const step of steps) act(started, step)
  return started
}

const wordOf = (replica: Core.Replica): string => Object.values(replica.hashes()).map(hex).join(' ')

/** Hashes, clock and view: all that two replicas can be compared by. */
export function portrait(world: World, name: string): string {
  const replica = world.replica(name)
  const clock = [...replica.clock()].sort(([a], [b]) => (a < b ? -1 : 1))
  return `${wordOf(replica)}\n${JSON.stringify(clock)}\n${printView(viewOf(replica))}`
}

export function sameEverywhere(world: World, names: readonly string[]): void {
  const [first, ...rest] = names
  for (const name of rest) {
    demand(
      portrait(world, first!) === portrait(world, name),
      () => `${first}:\n${portrait(world, first!)}\n${name}:\n${portrait(world, name)}`,
    )
  }
}

/** The bytes of every whole release that anybody ever stored, in the order of first storing. */
export function releasesOf(world: World): readonly Uint8Array[] {
  const whole = new Map<string, Uint8Array>()
  for (const { effect } of world.log) {
    if (effect.type !== 'persist') continue
    for (const [name, bytes] of effect.records) {
      if (bytes === null || !name.startsWith('release/')) continue
      if ((whole.get(name)?.length ?? 0) < bytes.length) whole.set(name, bytes)
    }
  }
  return [...whole.values()]
}

export function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const next = mulberry32(seed)
  const mixed = [...items]
  for (let index = mixed.length - 1; index > 0; index--) {
    const other = Math.floor(next() * (index + 1))
    ;[mixed[index], mixed[other]] = [mixed[other]!, mixed[index]!]
  }
  return mixed
}

// The wire's message numbers that a test speaks itself.
export const releaseMessage = (bytes: Uint8Array): Uint8Array => dagCbor.encode([0, bytes])
export const emptyClockMessage: Uint8Array = dagCbor.encode([5, null, null, []])

export const hand = (world: World, name: string, bytes: Uint8Array): readonly Core.Effect[] =>
  world.handle(name, { type: 'received', from: peerOf('alice'), bytes })

export const nothingWaits = (world: World, name: string): void => {
  const { waiting, early } = world.replica(name).status()
  demand(
    waiting.length + early.length === 0,
    () => `${name} has everything and still waits for ${waiting.length}, ${early.length} early`,
  )
}

export const spreading: readonly Doing[] = [
  'put',
  'put',
  'put',
  'remove',
  'remove',
  'sync',
  'deliver',
  'deliver',
  'crash',
]
export const seeds = fc.nat()

/** Whatever a surviving disk held is held by everybody. */
export function checkKept({ world, lost }: Play): void {
  for (const { release } of world.acknowledged) {
    if (lost.has(release.id)) continue
    for (const [name, { replica }] of world.nodes) {
      demand(
        (replica.clock().get(release.replica) ?? 0) >= release.seq,
        () => `${name} lacks ${release.replica}·${release.seq}`,
      )
    }
  }
}
