import * as dagCbor from '@ipld/dag-cbor'
import { createHash } from 'node:crypto'
import { type Doing, type Step, act, namesOf } from './doings.js'
import { type Play, begin, checkTruth } from './play.js'
import { type Library, mulberry32 } from './stub-crypto.js'
import {
  Violation,
  checkAgainstOracle,
  checkAgreement,
  checkAll,
  checkConverged,
  checkDurable,
} from './invariants.js'
import { World } from './world.js'

export interface CampaignOptions {
  readonly seed: number
  readonly steps: number
  /** Without checks only the transcript is made. */
  readonly isChecked?: boolean
  /**
   * Lets forks stay hidden for months. What was collected meanwhile cannot be given back, so heads
   * may differ in the end: for looking closer, not for proving.
   */
  readonly hiddenForks?: boolean
}

export interface Campaign {
  /** One hash over the bytes of all effects. */
  readonly transcript: string
  /** Not an error: a snapshot that nobody vouches for was kept back until the end. */
  readonly isStalled: boolean
  readonly trace: readonly string[]
}

const weights: Readonly<Record<Doing, number>> = {
  put: 24,
  remove: 10,
  sync: 10,
  open: 6,
  deliver: 40,
  repeat: 4,
  drop: 10,
  crash: 5,
  pass: 4,
  month: 2,
  skew: 2,
  announce: 6,
  collect: 6,
  age: 4,
  gather: 2,
  winter: 2,
  isolate: 5,
  heal: 3,
  lose: 2,
  image: 2,
  restore: 1,
  revert: 0,
  clone: 0,
  seal: 0,
  cut: 0,
  close: 0,
}

/** Which faults this seed knows. Each mesh has its own mixture, so that all pairs of faults meet. */
function mixture(
  next: () => number,
  hiddenForks: boolean,
): {
  readonly kinds: readonly Doing[]
  readonly options: MeshOptions
} {
  const chosen: Record<Doing, number> = { ...weights }
  const isRevocable = next() < 0.5
  const faults: readonly Doing[] = [
    'lose',
    'restore',
    'skew',
    'age',
    'gather',
    'winter',
    'isolate',
    'crash',
    'drop',
    'sync',
  ]
  for (const kind of faults) chosen[kind] *= [0, 1, 1, 3][Math.floor(next() * 4)]!
  if (isRevocable) Object.assign(chosen, { seal: 4, cut: next() < 0.7 ? 2 : 0, close: 2 })
  if (next() < 0.25) Object.assign(chosen, { clone: 2 })
  if (next() < 0.1) Object.assign(chosen, { revert: 1 })
  const hasForks = chosen.clone + chosen.revert > 0
  if (hasForks && !hiddenForks) Object.assign(chosen, { month: 0, age: 0, winter: 0, skew: 0 })
  const kinds = (Object.keys(chosen) as Doing[]).flatMap((kind) =>
    Array<Doing>(chosen[kind]).fill(kind),
  )
  const names = ['alice', 'bob', 'carol', 'dave'].slice(0, next() < 0.6 ? 3 : 4)
  const admins = isRevocable ? names.slice(0, next() < 0.5 ? 1 : 2) : []
  return { kinds, options: { names, admins, revocable: isRevocable, gossip: next() < 0.8 } }
}

export interface MeshOptions {
  readonly names: readonly string[]
  readonly admins: readonly string[]
  readonly revocable: boolean
  readonly gossip: boolean
}

/** One random run of everything mixed, derived from the seed alone; throws where a rule breaks. */
export function runCampaign(lib: Library, options: CampaignOptions): Campaign {
  const next = mulberry32(options.seed)
  const { kinds, options: mesh } = mixture(next, options.hiddenForks ?? false)
  const steps = Array.from({ length: options.steps }, () => drawStep(kinds, next))
  return playOut(lib, mesh, steps, options)
}

/** The same with steps from elsewhere: a run that failed can be played with some of them left out. */
export function playOut(
  lib: Library,
  mesh: MeshOptions,
  steps: readonly Step[],
  { seed, isChecked = true }: Omit<CampaignOptions, 'steps'>,
): Campaign {
  const play = begin(new World(lib, { ...mesh, seed: seed + 1 }))
  const trace: string[] = [JSON.stringify(mesh)]
  try {
    for (const [count, step] of steps.entries()) {
      if (isForbidden(play.world, step)) continue
      trace.push(JSON.stringify(step))
      act(play, step)
      if (isChecked) checkStep(play, count)
    }
    const isStalled = isChecked && settle(play)
    return { transcript: transcriptOf(play.world), isStalled, trace }
  } catch (error) {
    throw new Violation(`seed ${seed}, ${steps.length} steps\n${trace.join('\n')}`, {
      cause: error,
    })
  }
}

const drawStep = (kinds: readonly Doing[], next: () => number): Step => {
  const below = (count: number): number => Math.floor(next() * count)
  return { do: kinds[below(kinds.length)]!, who: below(60), other: below(60), much: below(256) }
}

/** An admin's store is what the mesh's statements rest on: it is neither lost, nor set back, nor copied. */
function isForbidden(world: World, { do: kind, who }: Step): boolean {
  if (!['lose', 'restore', 'revert', 'clone'].includes(kind)) return false
  const names = namesOf(world)
  return world.rules.admins.has(world.node(names[who % names.length]!).peer)
}

function checkStep(play: Play, count: number): void {
  const { world } = play
  if (count % 16 === 0) return checkAll(world)
  const names = namesOf(world)
  const name = names[count % names.length]!
  checkAgainstOracle(world, name)
  checkTruth(play, name)
  if (count % 4 === 0) checkDurable(world, name)
  checkAgreement(world)
}

/** All faults end: everything converges, and what was acknowledged and is not void is there. */
function settle(play: Play): boolean {
  const { world } = play
  world.heal()
  for (const node of world.nodes.values()) node.skewMs = 0
  world.tick(3651 * 24 * 3_600_000)
  const before = world.log.length
  world.rest()
  checkAll(world)
  const isStalled = world.log
    .slice(before)
    .some(({ effect }) => effect.type === 'notice' && effect.notice === 'unvouched')
  if (isStalled && hasDifferences(world)) return true
  checkConverged(world)
  checkKept(play)
  return false
}

const hasDifferences = (world: World): boolean => new Set(world.fingerprint().split('\n')).size > 1

function checkKept({ world, lost }: Play): void {
  for (const { release } of world.acknowledged) {
    if (lost.has(release.id)) continue
    for (const [name, { replica }] of world.nodes) {
      const limit = replica.status().limits.get(release.replica) ?? Number.POSITIVE_INFINITY
      const isThere = (replica.clock().get(release.replica) ?? 0) >= Math.min(release.seq, limit)
      if (!isThere) throw new Violation(`${name} lacks release ${release.replica}·${release.seq}`)
    }
  }
}

function transcriptOf(world: World): string {
  const hash = createHash('sha256')
  for (const { name, effect } of world.log) hash.update(dagCbor.encode([name, plainly(effect)]))
  return hash.digest('hex')
}

/** Maps as lists in their own order: an order that differs between two runs must be seen. */
function plainly(value: unknown): unknown {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null)
    return value ?? null
  if (value instanceof Map) return [...(value as ReadonlyMap<unknown, unknown>)].map(plainly)
  if (Array.isArray(value)) return value.map(plainly)
  return Object.entries(value).map(([name, part]) => [name, plainly(part)])
}
