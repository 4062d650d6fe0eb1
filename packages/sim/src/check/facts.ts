import type { Node } from '../observer.js'
import type { Fact, ReadFact, Vector } from './oracle.js'
import type { Dots } from './dots.js'
import { createDots } from './dots.js'

/** A release that somebody signed and some replica stored, and what became known of it. */
export interface Known {
  /** Grows where only a part of its changes was shown at first. */
  fact: Fact
  /** Whose replica stored it first. */
  readonly by: Node
  /** It may be elsewhere than in the memory of the one who stored it first. */
  isOut: boolean
  /** It was in one memory only, and a crash took it. */
  isGone: boolean
  /** What its writer had really applied, whatever it says to have seen. */
  truth: Vector | undefined
}

/** One spelling of a release: whole, or with some changes hidden. */
export interface Copy {
  readonly bytes: Uint8Array
  readonly known: Known
  /** How many changes it shows. */
  readonly shown: number
  /** As this spelling tells it. */
  readonly fact: Fact
}

/** Every release that any replica ever stored. Each spelling is read once, however often it is stored. */
export interface Facts extends Omit<Dots, 'place' | 'remove'> {
  /** From a record `release/<replica id>/<seq>`. */
  learn(name: string, bytes: Uint8Array, node: Node): Copy
  /** What a hostile peer stores. Nothing that it says an honest one had signed is believed. */
  overhear(name: string, bytes: Uint8Array, node: Node): void
  /** From the signed proof that a release exists, which shows none of its changes. */
  learnProof(bytes: Uint8Array, node: Node): void
  byId(id: string): Known | undefined
  /** Id of the release in a record; undefined: never seen. */
  idIn(name: string, bytes: Uint8Array): string | undefined
  /** Its only holder crashed before it was durable. */
  forget(known: Known): void
  /** Releases learned or forgotten so far; moves with each that is new. */
  learned(): number
  /** Releases whose changes became known when clocks may already have covered them. */
  takeLate(): readonly Known[]
}

export const recordOf = ({ replica, seq }: Pick<Fact, 'replica' | 'seq'>): string =>
  `release/${replica}/${seq}`

export function createFacts(read: ReadFact, isHonest: (peer: string) => boolean): Facts {
  const byId = new Map<string, Known>()
  const copies = createCopies()
  const dots = createDots()
  const late: Known[] = []
  let learned = 0

  function place(known: Known): void {
    if (known.fact.seq <= dots.reach(known.fact.replica)) late.push(known)
    dots.place(known)
    learned += 1
  }

  function add(fact: Fact, node: Node): Known {
    const before = byId.get(fact.id)
    if (before !== undefined) {
      if (before.fact.changes.length < fact.changes.length) {
        before.fact = fact
        late.push(before)
      }
      return before
    }
    const isOut = !node.isHonest
    const known: Known = { fact, by: node, isOut, isGone: false, truth: undefined }
    byId.set(fact.id, known)
    place(known)
    return known
  }

  /** Somebody stores it: it is there again, and it may be with others. */
  function meet(known: Known, node: Node): void {
    if (node !== known.by) known.isOut = true
    if (!known.isGone) return
    known.isGone = false
    place(known)
  }

  function keep(name: string, bytes: Uint8Array, fact: Fact, node: Node): Copy {
    const copy = { bytes, known: add(fact, node), shown: fact.changes.length, fact }
    copies.add(name, copy)
    return copy
  }

  return {
    ...dots,
    learn(name, bytes, node) {
      const copy = copies.find(name, bytes) ?? keep(name, bytes, read(bytes), node)
      meet(copy.known, node)
      return copy
    },
    overhear(name, bytes, node) {
      const copy = copies.find(name, bytes)
      if (copy !== undefined) return meet(copy.known, node)
      const fact = read(bytes)
      if (!isHonest(fact.peer)) keep(name, bytes, fact, node)
    },
    learnProof: (bytes, node) => void add(read(bytes), node),
    byId: (id) => byId.get(id),
    idIn: (name, bytes) => copies.find(name, bytes)?.known.fact.id,
    forget(known) {
      dots.remove(known)
      known.isGone = true
    },
    learned: () => learned,
    takeLate: () => (late.length === 0 ? late : late.splice(0)),
  }
}

interface Copies {
  find(name: string, bytes: Uint8Array): Copy | undefined
  add(name: string, copy: Copy): void
}

function createCopies(): Copies {
  const copies = new Map<string, Copy[]>()
  return {
    find: (name, bytes) => copies.get(name)?.find((copy) => isSame(copy.bytes, bytes)),
    add(name, copy) {
      const others = copies.get(name)
      if (others === undefined) copies.set(name, [copy])
      else others.push(copy)
    },
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a === b || (a.length === b.length && Buffer.compare(a, b) === 0)
