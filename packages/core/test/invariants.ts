import * as dagCbor from '@ipld/dag-cbor'
import type * as Core from '../src/index.js'
import { hex, stubCrypto } from './stub-crypto.js'
import { type Fact, readFact, type OracleKey, oracleView } from './oracle.js'
import { type OracleTrust, judgeTrust, trustOn, wrongIn } from './oracle-trust.js'
import { type World } from './world.js'

// Invariants, checked from outside after every step.

export class Violation extends Error {
  override readonly name = 'Violation'
}

const demand = (held: boolean, message: () => string): void => {
  if (!held) throw new Violation(message())
}

const plain = (value: unknown): string => hex(dagCbor.encode(value))

/** What a replica shows, in the oracle's terms. */
export function viewOf(replica: Core.Replica): Map<string, OracleKey> {
  return new Map(
    replica.keys().map((key) => {
      const reading = replica.read(key)!
      const heads = [reading.release.id, ...reading.others.map(({ release }) => release.id)]
      return [key, { value: reading.value, heads }]
    }),
  )
}

export const printView = (view: ReadonlyMap<string, OracleKey>): string =>
  [...view]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([key, { value, heads }]) =>
        `${key}=${plain(value)} ${heads.map((id) => id.slice(0, 8)).join(',')}`,
    )
    .join('\n')

/** Put heads = f(valid releases that the clock covers), for one replica. */
export function checkAgainstOracle(world: World, name: string): void {
  const replica = world.replica(name)
  const clock = replica.clock()
  const expected = oracleView(world.facts.values(), clock, isCounted(world, name))
  const shown = viewOf(replica)
  demand(
    printView(expected) === printView(shown),
    () => `${name} shows\n${printView(shown)}\nand its clock covers\n${printView(expected)}`,
  )
}

/** In a closed mesh nobody holds what nobody may write, or what lies beyond a revocation. */
function checkTrust(world: World, name: string): void {
  if (world.badges === undefined) return
  const trust = trustOf(world, name)
  const { isRevoked } = judgeTrust(trust)
  const clock: ReadonlyMap<string, number> = world.replica(name).clock()
  const isTaken = isOnBranch(world, name)
  for (const fact of world.facts.values()) {
    if ((clock.get(fact.replica) ?? 0) < fact.seq || !isTaken(fact)) continue
    const wrong = wrongIn(trust, fact) ?? (isRevoked(fact) ? 'its peer was revoked' : undefined)
    demand(wrong === undefined, () => `${name} holds ${fact.replica}·${fact.seq}: ${wrong}`)
  }
}

const trustOf = (world: World, name: string): OracleTrust =>
  trustOn(world.meshId, world.node(name).disk, world.badgeFacts)

/** What counts of all that the clock covers: on a branch that was taken, and not struck. */
export function isCounted(world: World, name: string): (fact: Fact) => boolean {
  const isTaken = isOnBranch(world, name)
  if (world.badges === undefined) return isTaken
  const { isStruck } = judgeTrust(trustOf(world, name))
  return (fact) => isTaken(fact) && !isStruck(fact)
}

/**
 * On a forked replica id only the branch counts whose releases this replica took. Elsewhere every
 * dot has one release, so all that the clock covers is held.
 */
function isOnBranch(world: World, name: string): (fact: Fact) => boolean {
  const dots = new Map<string, number>()
  for (const { replica, seq } of world.facts.values()) {
    const dot = `${replica}/${seq}`
    dots.set(dot, (dots.get(dot) ?? 0) + 1)
  }
  const held = heldIds(world, name)
  return (fact) => dots.get(`${fact.replica}/${fact.seq}`) === 1 || held.has(fact.id)
}

/** Ids of all releases that a replica's tips follow, and of those in its log. */
function heldIds(world: World, name: string): ReadonlySet<string> {
  const { disk, replica } = world.node(name)
  const held = new Set<string>()
  for (const [id, seq] of replica.clock()) {
    const tip = disk.get(`tip/${id}`)
    const ids = tip === undefined ? [] : [hex(dagCbor.decode<[number, Uint8Array]>(tip)[1])]
    for (let logged = 1; logged <= seq; logged++) {
      const bytes = disk.get(`release/${id}/${logged}`)
      if (bytes !== undefined) ids.push(readFact(world.meshId, bytes).id)
    }
    for (let at = ids.pop(); at !== undefined; at = ids.pop()) {
      if (held.has(at)) continue
      held.add(at)
      const before = world.facts.get(at)?.prev
      if (before !== undefined) ids.push(before)
    }
  }
  return held
}

/** A replica opened from the records alone is the very same replica. */
export function checkDurable(world: World, name: string): void {
  const { replica, disk, peer } = world.node(name)
  const again = world.lib.openReplica({
    mesh: world.rules,
    crypto: stubCrypto(peer, 0),
    peer,
    records: disk,
  })
  const before = Object.values(replica.hashes()).map(hex).join(' ')
  const after = Object.values(again.replica.hashes()).map(hex).join(' ')
  demand(before === after, () => `${name} would not survive a crash: ${before} became ${after}`)
  demand(
    replica.id() === again.replica.id(),
    () => `${name} would come back under another replica id`,
  )
  demand(
    printView(viewOf(replica)) === printView(viewOf(again.replica)),
    () => `${name} would come back with other values`,
  )
}

/** Equal clocks and equal statements: equal put heads, and a hash that says so. */
export function checkAgreement(world: World, names: Iterable<string> = world.nodes.keys()): void {
  const byClock = new Map<string, { name: string; view: string; state: string }>()
  for (const name of names) {
    const replica = world.replica(name)
    const { clock, statements, state } = replica.hashes()
    const view = printView(viewOf(replica))
    const word = hex(clock) + hex(statements)
    const other = byClock.get(word)
    if (other !== undefined) {
      demand(
        view === other.view,
        () => `${name} and ${other.name} have equal clocks:\n${view}\n--\n${other.view}`,
      )
      demand(
        hex(state) === other.state,
        () => `${name} and ${other.name} show the same under other state hashes`,
      )
    }
    byClock.set(word, { name, view, state: hex(state) })
  }
}

export function checkAll(world: World, names: readonly string[] = [...world.nodes.keys()]): void {
  for (const name of names) {
    checkAgainstOracle(world, name)
    checkTrust(world, name)
    checkDurable(world, name)
  }
  checkAgreement(world, names)
}

/** At rest, with nothing cut off, everybody has everything. */
export function checkConverged(world: World): void {
  checkAll(world)
  const words = new Set(
    [...world.nodes.values()].map(({ replica }) =>
      Object.values(replica.hashes()).map(hex).join(' '),
    ),
  )
  demand(words.size === 1, () => {
    const clocks = [...world.nodes].map(
      ([name, { replica }]) => `${name} ${JSON.stringify([...replica.clock()])}`,
    )
    return `no convergence at rest:\n${clocks.join('\n')}`
  })
}

/** What was acknowledged is covered by everybody's clock. */
export function checkNothingLost(world: World): void {
  for (const { name: writer, release } of world.acknowledged) {
    for (const [name, { replica }] of world.nodes) {
      demand(
        (replica.clock().get(release.replica) ?? 0) >= release.seq,
        () => `${name} lacks release ${release.replica}·${release.seq}, acknowledged by ${writer}`,
      )
    }
  }
}
