import * as dagCbor from '@ipld/dag-cbor'
import type * as Core from '@grapevine/core'
import type { Node } from '../observer.js'
import type { Fact, Said, StampOf, Vector } from './oracle.js'
import { hexOf, isLater } from './oracle.js'
import type { Chain } from './chain.js'
import { follow } from './chain.js'
import type { Facts, Known } from './facts.js'
import { recordOf } from './facts.js'
import type { KeyHeads } from './key-heads.js'
import { addChange, noHeads } from './key-heads.js'
import type { TrustView } from './trust-view.js'

/** What readers were told of a key. */
interface Shown {
  readonly id: string | undefined
  readonly version: string | null
}

/** What the checker knows of one peer's store, from what it stores and tells. */
export interface View {
  readonly node: Node
  /** Replica ids under which this store ever wrote. */
  readonly own: Set<string>
  clock: Vector
  /** What of it is durable for sure. */
  durable: Vector
  /** Which releases the clock covers: where a replica id forked, those of the branch held here. */
  held: Map<string, Chain>
  keys: Map<string, KeyHeads>
  /** What `changed` effects said, and nothing else. */
  shadow: Map<string, Shown>
  /** The greatest stamp that this store holds for sure. */
  greatest: StampOf
  /** What was stored since the disk was last seen to hold everything. */
  readonly unsure: Map<string, Uint8Array | null>
  /** Releases first stored here, and not yet known to be durable. */
  fresh: readonly Known[]
  /** Acknowledged by this store. */
  readonly acknowledged: Map<string, Core.Release>
  /** Replica ids that a limit took something of: it may rise again, and sessions bring it back. */
  readonly lowered: Set<string>
  /** Own values that a fork made void, and that are to be written again. */
  owed: readonly Said[]
  /** In a closed mesh: what it holds of what was said of the mesh. */
  readonly trust: TrustView | undefined
  /** Whom this process was told to keep out, since it was opened: by then, by what its store says. */
  keptOut: readonly string[]
  /** Keys of which a hostile peer may have hidden something before it was ever held here. */
  readonly doubted: Set<string>
  /** Keys of which a hostile peer may have hidden what others had seen, and that is gone. */
  readonly misled: Set<string>
  /** This process was shown a snapshot. */
  wasShownSnapshot: boolean
  /** It said that a snapshot waits for a second member's word. */
  isUnvouched: boolean
  /** Inputs since the store was opened, and when to look at everything again. */
  inputs: number
  moves: number
  nextFull: number
  nextReopen: number
}

const zero: StampOf = { ms: 0, counter: 0 }

export function createView(node: Node, trust?: TrustView): View {
  return {
    node,
    own: new Set(),
    clock: new Map(),
    durable: new Map(),
    held: new Map(),
    keys: new Map(),
    shadow: new Map(),
    greatest: zero,
    unsure: new Map(),
    fresh: [],
    acknowledged: new Map(),
    lowered: new Set(),
    owed: [],
    trust,
    keptOut: [],
    doubted: new Set(),
    misled: new Set(),
    wasShownSnapshot: false,
    isUnvouched: false,
    inputs: 0,
    moves: 0,
    nextFull: 0,
    nextReopen: 0,
  }
}

/** All that it holds, as the replica's clock and its records tell it: at a start. */
export function fillView(view: View, facts: Facts): void {
  const { replica, synced } = view.node
  const self = synced.get('self')
  if (self !== undefined) noteSelf(view, self)
  view.own.add(replica.id())
  view.clock = replica.clock()
  view.durable = view.clock
  view.trust?.fill(synced)
  view.keptOut = view.trust?.revoked() ?? []
  view.held = new Map()
  for (const [id, seq] of view.clock) view.held.set(id, chainOf(facts, synced, id, seq))
  findGreatest(view)
  fillKeys(view)
  view.shadow = new Map(
    replica.keys().map((key) => {
      const { release, version } = replica.read(key)!
      return [key, { id: release.id, version }]
    }),
  )
}

/** Heads from what is held, all of them anew. */
export function fillKeys(view: View): void {
  view.keys = new Map()
  for (const chain of view.held.values()) {
    for (const known of chain.values()) addFact(view, known.fact)
  }
}

export function addFact(view: View, fact: Fact): void {
  if (view.trust?.isStruck(fact) === true) return
  for (const change of fact.changes) {
    let key = view.keys.get(change.key)
    if (key === undefined) view.keys.set(change.key, (key = noHeads()))
    addChange(key, { fact, change })
  }
}

/**
 * Of what is held, but for these. Of a hostile writer a snapshot need not bring every stamp: only what
 * is on the disk counts.
 */
export function findGreatest(view: View, except: ReadonlySet<Known> = new Set()): void {
  view.greatest = zero
  for (const chain of view.held.values()) {
    for (const known of chain.values()) {
      if (except.has(known)) continue
      const isSure = known.by.isHonest || view.node.synced.has(recordOf(known.fact))
      if (isSure) raise(view, known.fact)
    }
  }
}

export function raise(view: View, stamp: StampOf): void {
  if (isLater(stamp, view.greatest)) view.greatest = stamp
}

/** What a store holds under one replica id, by its records. */
export function chainOf(
  facts: Facts,
  records: ReadonlyMap<string, Uint8Array>,
  replica: string,
  seq: number,
): Chain {
  const chain: Chain = new Map()
  const isForked = facts.isForked(replica)
  follow(facts, chain, { replica, from: 0, to: seq }, (at) =>
    isForked ? recorded(facts, records, replica, at) : undefined,
  )
  return chain
}

function recorded(
  facts: Facts,
  records: ReadonlyMap<string, Uint8Array>,
  replica: string,
  seq: number,
): Known | undefined {
  const name = recordOf({ replica, seq })
  const bytes = records.get(name)
  const id = bytes === undefined ? undefined : facts.idIn(name, bytes)
  if (id !== undefined) return facts.byId(id)
  const tip = records.get(`tip/${replica}`)
  const read = tip === undefined ? undefined : readTip(tip)
  return read?.seq === seq ? facts.byId(read.id) : undefined
}

export interface Tip {
  readonly seq: number
  readonly id: string
  readonly proof: Uint8Array | null
}

export function readTip(bytes: Uint8Array): Tip {
  const [seq, id, proof] = dagCbor.decode<[number, Uint8Array, Uint8Array | null]>(bytes)
  return { seq, id: hexOf(id), proof }
}

/** The record in which a store keeps who it is. */
export function noteSelf({ own }: View, bytes: Uint8Array): void {
  const [, ids] = dagCbor.decode<[Uint8Array, Uint8Array[]]>(bytes)
  for (const id of ids) own.add(hexOf(id))
}

/** Stores one record; the disk will have it in the end. */
export function note({ unsure }: View, name: string, bytes: Uint8Array | null): void {
  // What is written again goes behind what was written meanwhile, as on the disk.
  unsure.delete(name)
  unsure.set(name, bytes)
}

/** The disk holds everything that this replica has stored. */
export function isAtRest({ node, unsure }: View): boolean {
  for (const [name, bytes] of unsure) {
    const found = node.synced.get(name)
    if (bytes === null ? found !== undefined : found !== bytes && !isEqual(found, bytes)) {
      return false
    }
    // What is not there may still be on its way, to be taken out again; what is there has come.
    if (bytes !== null) unsure.delete(name)
  }
  unsure.clear()
  return node.synced.has('self')
}

const isEqual = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && a.length === b.length && Buffer.compare(a, b) === 0

/** How many releases it holds. */
export function sizeOf({ held }: View): number {
  let size = 0
  for (const chain of held.values()) size += chain.size
  return size
}
