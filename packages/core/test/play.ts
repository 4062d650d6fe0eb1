import type * as Core from '../src/index.js'
import { type Fact, oracleView } from './oracle.js'
import { Violation, isCounted, printView, viewOf } from './invariants.js'
import { World } from './world.js'

/** A world, and what the steps so far must be held against. */
export interface Play {
  readonly world: World
  /** Every put value is another one, so that a value names its write. */
  values: number
  readonly images: Map<string, ReadonlyMap<string, Uint8Array>>
  /** Stamps of the last release of each store; a store that is lost starts anew. */
  readonly stamps: Map<string, Core.Stamp>
  /** Acknowledged releases that only a lost disk held. */
  readonly lost: Set<Core.ReleaseId>
  /** What the writer of a release had really applied, whatever it says to have seen. */
  readonly truths: Map<string, ReadonlyMap<string, number>>
}

export const begin = (world: World): Play => ({
  world,
  values: 0,
  images: new Map(),
  stamps: new Map(),
  lost: new Set(),
  truths: new Map(),
})

/** A write that is not possible here and now is refused before anything is touched. */
export function attempt(world: World, carryOut: () => void): void {
  try {
    carryOut()
  } catch (error) {
    if (!(error instanceof world.lib.MeshError)) throw error
  }
}

export function write(
  play: Play,
  who: string,
  puts: readonly string[],
  removes: readonly string[],
): void {
  const { world } = play
  attempt(world, () => {
    const held = greatestStamp(world, who)
    const truth = world.replica(who).clock()
    const put = new Map(puts.map((key) => [key, (play.values += 1)]))
    const release = world.write(who, { put, remove: removes })
    if (release === undefined) return
    for (const [what, stamp] of [
      ['held', held],
      ['written', play.stamps.get(who)],
    ] as const) {
      if (stamp === undefined || later(release.stamp, stamp)) continue
      throw new Violation(
        `${who} stamped ${release.stamp.ms}·${release.stamp.counter}, after having ${what} ${stamp.ms}·${stamp.counter}`,
      )
    }
    play.stamps.set(who, release.stamp)
    play.truths.set(release.id, truth)
  })
}

/**
 * The oracle again, but it asks what each writer had really applied instead of what its change says
 * to have seen: a writer that forgets what it knew brings back what was gone.
 */
export function checkTruth({ world, truths }: Play, who: string): void {
  const replica = world.replica(who)
  const facts = [...world.facts.values()].map((fact) => {
    const truth = truths.get(fact.id)
    return truth === undefined
      ? fact
      : { ...fact, changes: fact.changes.map((change) => ({ ...change, seen: truth })) }
  })
  const expected = printView(oracleView(facts, replica.clock(), isCounted(world, who)))
  const shown = printView(viewOf(replica))
  if (expected !== shown)
    throw new Violation(
      `${who} shows\n${shown}\nand of what it holds nobody had applied\n${expected}`,
    )
}

const later = (a: Core.Stamp, b: Core.Stamp): boolean =>
  a.ms > b.ms || (a.ms === b.ms && a.counter > b.counter)

/** Of all releases that the clock covers; a dot that was signed twice says nothing. */
function greatestStamp(world: World, who: string): Core.Stamp | undefined {
  const clock: ReadonlyMap<string, number> = world.replica(who).clock()
  const dots = new Map<string, Fact | undefined>()
  for (const fact of world.facts.values()) {
    const dot = `${fact.replica}/${fact.seq}`
    dots.set(dot, dots.has(dot) ? undefined : fact)
  }
  let greatest: Core.Stamp | undefined
  for (const fact of dots.values()) {
    if (fact === undefined || (clock.get(fact.replica) ?? 0) < fact.seq) continue
    if (greatest === undefined || later(fact, greatest)) greatest = fact
  }
  return greatest
}

/** What only this store held, beyond what comes back with the image, may be gone for good. */
export function forgetStore(play: Play, who: string, image: ReadonlyMap<string, Uint8Array>): void {
  const { world } = play
  for (const { release } of world.acknowledged) {
    const isHeld = [...world.nodes].some(
      ([name, { replica }]) =>
        name !== who && (replica.clock().get(release.replica) ?? 0) >= release.seq,
    )
    if (!isHeld && !image.has(`release/${release.replica}/${release.seq}`))
      play.lost.add(release.id)
  }
  play.stamps.delete(who)
}

/** An old image comes back; told of it, the peer takes a new incarnation, as a peer does. */
export function restore(play: Play, who: string, isTold: boolean): void {
  const { world } = play
  const image = play.images.get(who)
  if (image === undefined) return
  forgetStore(play, who, image)
  const { skewMs } = world.node(who)
  world.nodes.delete(who)
  world.open(who, image)
  world.node(who).skewMs = skewMs
  world.handle(who, { type: 'members', members: world.members() })
  if (isTold) world.handle(who, { type: 'reincarnate', why: 'restored' })
}
