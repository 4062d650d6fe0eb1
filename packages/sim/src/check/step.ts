import type * as Core from '@grapevine/core'
import type { Node } from '../observer.js'
import type { Fact, Said, StampOf, Vector } from './oracle.js'
import type { Chain } from './chain.js'
import { follow, heldAt, isHeld } from './chain.js'
import type { Copy, Facts, Known } from './facts.js'
import { recordOf } from './facts.js'
import { keysOf, putHeadsOf } from './key-heads.js'
import type { Scene } from './scene.js'
import type { StoredTrust } from './trust-view.js'
import type { Tip, View } from './view.js'
import { addFact, fillKeys, findGreatest, note, noteSelf, raise, readTip } from './view.js'

interface Move {
  readonly replica: string
  readonly from: number
  readonly to: number
}

/** One input of one honest peer, and all that it moved. */
export interface Step {
  readonly scene: Scene
  readonly view: View
  readonly node: Node
  readonly input: Core.Input
  readonly effects: readonly Core.Effect[]
  /** Its clock before. */
  readonly before: Vector
  /** The greatest stamp that it held before, of what still counts. */
  readonly greatest: StampOf
  readonly grown: readonly Move[]
  readonly lowered: readonly Move[]
  /** What it stored. */
  readonly stored: Stored
  /** Signed by this peer and this input: nobody stored them before. */
  readonly made: readonly Known[]
  /** Counted from now on. */
  readonly taken: readonly Known[]
  /** The clock covers something new that was not stored whole: only a snapshot may do that. */
  readonly isJump: boolean
  /** Keys whose heads may be others now, or of which readers were told so. */
  readonly touched: ReadonlySet<string>
  /** Heads of some of these keys before: of what was written, or of what a snapshot brought. */
  readonly headsBefore: ReadonlyMap<string, readonly Said[]>
  /** Put heads of its own that do not count any more. */
  readonly voided: readonly Said[]
}

/** The records of one input that say what is held. */
interface Stored {
  readonly copies: ReadonlyMap<string, Copy>
  readonly tips: ReadonlyMap<string, Tip>
  /** Nobody stored them before. */
  readonly learned: readonly Known[]
  /** The store wrote down under which replica id it writes. */
  readonly isSelf: boolean
  /** What it stored of badges, statements, and the ends of the revoked. */
  readonly trust: readonly StoredTrust[]
}

export function takeStep(
  scene: Scene,
  view: View,
  input: Core.Input,
  effects: readonly Core.Effect[],
): Step {
  const { node } = view
  const stored = readStored(scene.facts, view, effects)
  const before = view.clock
  view.clock = node.replica.clock()
  const { grown, lowered } = compareVectors(before, view.clock)
  const made = stored.learned.filter(({ fact }) => fact.peer === node.peer)
  const moved =
    lowered.length > 0 ||
    stored.trust.some(({ isMoving }) => isMoving) ||
    isReplaced(view, stored, before)
      ? rebuild(scene.facts, view, stored, before)
      : grow(scene.facts, view, stored, grown, made.length > 0)
  const { greatest } = view
  for (const known of moved.taken) {
    if (known.by.isHonest || stored.copies.has(recordOf(known.fact))) raise(view, known.fact)
  }
  return {
    scene,
    view,
    node,
    input,
    effects,
    before,
    greatest,
    grown,
    lowered,
    stored,
    made,
    ...moved,
    touched: withTold(moved.touched, effects),
  }
}

/** Also keys of which only the effects say that they changed. */
function withTold(
  touched: ReadonlySet<string>,
  effects: readonly Core.Effect[],
): ReadonlySet<string> {
  const told = effects.flatMap((effect) =>
    effect.type === 'changed' ? effect.changes.map(({ key }): string => key) : [],
  )
  return told.every((key) => touched.has(key)) ? touched : new Set([...touched, ...told])
}

type Moved = Pick<Step, 'taken' | 'isJump' | 'touched' | 'headsBefore' | 'voided'>

function readStored(facts: Facts, view: View, effects: readonly Core.Effect[]): Stored {
  const copies = new Map<string, Copy>()
  const tips = new Map<string, Tip>()
  const learned: Known[] = []
  const trust: StoredTrust[] = []
  let isSelf = false
  for (const effect of effects) {
    if (effect.type !== 'persist') continue
    for (const [name, bytes] of effect.records) {
      note(view, name, bytes)
      const taken = view.trust?.take(name, bytes)
      if (taken !== undefined) trust.push(taken)
      if (bytes === null) {
        if (name.startsWith('release/')) markOut(view, name)
      } else if (name.startsWith('release/')) {
        const count = facts.learned()
        const copy = facts.learn(name, bytes, view.node)
        copies.set(name, copy)
        if (facts.learned() > count) learned.push(copy.known)
      } else if (name.startsWith('tip/')) {
        const tip = readTip(bytes)
        tips.set(name.slice('tip/'.length), tip)
        if (tip.proof !== null && facts.byId(tip.id) === undefined) {
          facts.learnProof(tip.proof, view.node)
        }
      } else if (name === 'self') {
        isSelf = true
        noteSelf(view, bytes)
      }
    }
  }
  if (learned.length > 0) view.fresh = [...view.fresh, ...learned]
  return { copies, tips, learned, isSelf, trust }
}

/** It was stored, and is taken out again: whether it was ever durable cannot be told any more. */
function markOut(view: View, name: string): void {
  for (const known of view.fresh) if (recordOf(known.fact) === name) known.isOut = true
}

const still: readonly Move[] = []

function compareVectors(
  before: Vector,
  now: Vector,
): { readonly grown: readonly Move[]; readonly lowered: readonly Move[] } {
  let grown: Move[] | undefined
  let lowered: Move[] | undefined
  let known = 0
  for (const [replica, to] of now) {
    const from = before.get(replica)
    if (from !== undefined) known += 1
    if (from === to) continue
    if (from === undefined || from < to) (grown ??= []).push({ replica, from: from ?? 0, to })
    else (lowered ??= []).push({ replica, from, to })
  }
  if (known < before.size) {
    for (const [replica, from] of before) {
      if (!now.has(replica)) (lowered ??= []).push({ replica, from, to: 0 })
    }
  }
  return { grown: grown ?? still, lowered: lowered ?? still }
}

/** On a replica id that forked, a store can change to the other branch. */
function isReplaced({ held, clock }: View, stored: Stored, before: Vector): boolean {
  const isOther = ({ replica, seq, id }: Named): boolean => {
    const isCovered = seq <= Math.min(before.get(replica) ?? 0, clock.get(replica) ?? 0)
    return isCovered && heldAt(held, replica, seq)?.fact.id !== id
  }
  for (const { known } of stored.copies.values()) if (isOther(known.fact)) return true
  for (const [replica, { seq, id }] of stored.tips) {
    if (id !== unknownId && isOther({ replica, seq, id })) return true
  }
  return false
}

type Named = Pick<Fact, 'replica' | 'seq' | 'id'>

/** In the place of an id that nobody can know. */
const unknownId = '0'.repeat(64)

const nothing: Moved = {
  taken: [],
  isJump: false,
  touched: new Set(),
  headsBefore: new Map(),
  voided: [],
}

function grow(
  facts: Facts,
  view: View,
  stored: Stored,
  grown: readonly Move[],
  isWritten: boolean,
): Moved {
  if (grown.length === 0) return nothing
  const taken: Known[] = []
  for (const move of grown) {
    let chain = view.held.get(move.replica)
    if (chain === undefined) view.held.set(move.replica, (chain = new Map()))
    fill(facts, stored, chain, move)
    for (const seq of facts.seqsDown(move.replica, move.from, move.to)) {
      const known = chain.get(seq)
      if (known !== undefined) taken.push(known)
    }
  }
  const isJump = grown.some((move) => !isWhole(stored, move))
  const touched = new Set(taken.flatMap(({ fact }) => keysOf(fact)))
  const headsBefore = isJump || isWritten ? headsOn(view, touched) : nothing.headsBefore
  for (const { fact } of taken) addFact(view, fact)
  return { taken, isJump, touched, headsBefore, voided: nothing.voided }
}

const headsOn = (view: View, keys: Iterable<string>): ReadonlyMap<string, readonly Said[]> =>
  new Map(Array.from(keys, (key) => [key, view.keys.get(key)?.heads ?? []]))

/** What is held now between two seqs, by what was stored. */
function fill(facts: Facts, { copies, tips }: Stored, chain: Chain, move: Move): void {
  const { replica, to } = move
  const tip = tips.get(replica)
  const top = tip?.seq === to ? facts.byId(tip.id) : undefined
  follow(
    facts,
    chain,
    move,
    (seq) => copies.get(recordOf({ replica, seq }))?.known ?? (seq === to ? top : undefined),
  )
}

/** All of it was stored, with all of its changes. */
function isWhole({ copies }: Stored, { replica, from, to }: Move): boolean {
  if (to - from > copies.size) return false
  for (let seq = from + 1; seq <= to; seq++) {
    const copy = copies.get(recordOf({ replica, seq }))
    if (copy === undefined || copy.shown < copy.known.fact.changes.length) return false
  }
  return true
}

/** The clock went back, or a branch was left: rare, so everything is worked out anew. */
function rebuild(facts: Facts, view: View, stored: Stored, before: Vector): Moved {
  const keysBefore = view.keys
  const heldBefore = view.held
  const headsBefore = headsOn(view, keysBefore.keys())
  const taken: Known[] = []
  let isJump = false
  view.held = new Map()
  for (const [replica, to] of view.clock) {
    const old = heldBefore.get(replica) ?? new Map<number, Known>()
    const from = Math.min(undisputed(stored, old, replica), before.get(replica) ?? 0, to)
    const chain: Chain = new Map([...old].filter(([seq]) => seq <= from))
    const move = { replica, from, to }
    fill(facts, stored, chain, move)
    if (to > from && !isWhole(stored, move)) isJump = true
    view.held.set(replica, chain)
    for (const [seq, known] of chain) if (old.get(seq) !== known) taken.push(known)
  }
  fillKeys(view)
  findGreatest(view, new Set(taken))
  const voided = Array.from(keysBefore.values(), putHeadsOf)
    .flat()
    .filter(({ fact }) => view.own.has(fact.replica) && !isHeld(view.held, fact))
  const touched = new Set([...keysBefore.keys(), ...view.keys.keys()])
  return { taken, isJump, touched, headsBefore, voided }
}

/** Up to which seq what is stored now is what was held before. */
function undisputed(
  { copies, tips }: Stored,
  old: ReadonlyMap<number, Known>,
  replica: string,
): number {
  const tip = tips.get(replica)
  const last = tip === undefined ? undefined : old.get(tip.seq)
  if (last !== undefined && tip!.id !== unknownId && last.fact.id !== tip!.id) return 0
  let seq = Number.POSITIVE_INFINITY
  for (const { known } of copies.values()) {
    const { fact } = known
    if (fact.replica === replica && old.get(fact.seq) !== known) seq = Math.min(seq, fact.seq - 1)
  }
  return seq
}

/** The answer to a local write, where this very input signed it. */
export function answerOf({ effects, made }: Step): Known | undefined {
  if (made.length === 0) return undefined
  for (const effect of effects) {
    if (effect.type !== 'written' || effect.release === undefined) continue
    const { id } = effect.release
    return made.find(({ fact }) => fact.id === id)
  }
  return undefined
}
