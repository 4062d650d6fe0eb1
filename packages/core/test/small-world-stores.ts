import * as dagCbor from '@ipld/dag-cbor'
import type * as Core from '../src/index.js'
import { type Fact, oracleView, readFact } from './oracle.js'
import { type Library, hex, peerOf, sha256, stubCrypto } from './stub-crypto.js'
import { Violation, printView, viewOf } from './invariants.js'
import { dayMs, startMs } from './world.js'

/*
 * What one store (or two in a session) makes of a step depends on nothing else, so each such step
 * is carried out once and looked up from then on; that is what makes hundreds of thousands of
 * states cheap. Each step begins with opening the store from its records: every step is a crash, too.
 *
 * Time does not separate states: the nth write of a world happens at its nth millisecond, and a
 * store collects a month after whatever it keeps cold.
 */

const names = ['alice', 'bob', 'carol'] as const
const meshId = sha256(new TextEncoder().encode('genesis'))
const key = 'key'

/** One replica between two steps: its disk, and the ids of the releases parked in its memory. */
export interface Store {
  readonly number: number
  readonly name: number
  readonly disk: ReadonlyMap<string, Uint8Array>
  readonly parked: readonly string[]
  /** Its tips by id, what it shows, and its clock: what a state is judged by. */
  readonly clockWord: string
  readonly stateWord: string
  readonly clock: ReadonlyMap<string, number>
  readonly isShown: boolean
}

// The wire's message numbers that the network looks at.
const wire = { release: 0, delta: 7, snapshot: 10 } as const
const kindOf = (frame: Uint8Array): number => frame[1]!

/** All stores that were ever reached, by number, and what each step makes of them. */
export class SmallWorlds {
  readonly #lib: Library
  readonly #areTied: boolean
  readonly #stores: Store[] = []
  readonly #byWord = new Map<string, number>()
  readonly #facts = new Map<string, Fact>()
  readonly #bytes = new Map<string, Uint8Array>()
  readonly #stateOfClock = new Map<string, string>()
  readonly #memo = new Map<string, readonly number[]>()
  readonly #presences = new Map<string, Uint8Array>()
  collected = 0
  snapshots = 0

  constructor(lib: Library, areTied: boolean) {
    this.#lib = lib
    this.#areTied = areTied
  }

  get storeCount(): number {
    return this.#stores.length
  }

  get contextCount(): number {
    return this.#stores.filter(({ disk }) => disk.has(`context/${key}`)).length
  }

  store(number: number): Store {
    return this.#stores[number]!
  }

  /** Three new stores. */
  first(): readonly [number, number, number] {
    const made = ([0, 1, 2] as const).map((name) => this.#keep(name, this.#open(name, undefined)))
    return [made[0]!, made[1]!, made[2]!]
  }

  write(number: number, writes: number, value: number | undefined): number {
    const [after] = this.#once(`write ${number} ${writes} ${value === undefined}`, () => {
      const { name } = this.store(number)
      const open = this.#reopen(number)
      const asked = value === undefined ? { remove: [key] } : { put: new Map([[key, value]]) }
      const now = startMs + (this.#areTied ? 0 : writes)
      const clock = printClock(open.replica.clock())
      const effects = open.replica.handle({ type: 'write', ...asked }, now)
      this.#carryOut(open, effects)
      // With one key, what a writer has seen is all that it holds, whatever was collected since.
      for (const effect of effects) {
        if (effect.type !== 'written' || effect.release === undefined) continue
        const seen = printClock(this.#facts.get(effect.release.id)!.changes[0]!.seen)
        if (seen !== clock)
          throw new Violation(`${names[name]} holds ${clock} and writes as if it had seen ${seen}`)
      }
      return [this.#keep(name, open)]
    })
    return after!
  }

  /** One session that `from` answers; with `isPull` nothing reaches `from` but questions. */
  session(
    to: number,
    from: number,
    witness: number | undefined,
    isPull: boolean,
  ): readonly [number, number, boolean] {
    const result = this.#once(`session ${to} ${from} ${witness} ${isPull}`, () => {
      const nodes = [this.#reopen(to), this.#reopen(from)] as const
      if (witness !== undefined) {
        const presence = this.#presence(witness, startMs)
        for (const node of nodes) this.#hand(node, this.store(witness).name, presence, startMs)
      }
      const isKeptBack = this.#converse(nodes, isPull)
      return [
        this.#keep(nodes[0].name, nodes[0]),
        this.#keep(nodes[1].name, nodes[1]),
        isKeptBack ? 1 : 0,
      ]
    })
    return [result[0]!, result[1]!, result[2] === 1]
  }

  /** The newest release of one store reaches another, and nothing that it answers comes back. */
  gossip(from: number, to: number): number {
    const [after] = this.#once(`gossip ${from} ${to}`, () => {
      const id = this.#newest(this.store(from))
      if (id === undefined) return [to]
      const open = this.#reopen(to)
      this.#hand(
        open,
        this.store(from).name,
        dagCbor.encode([wire.release, this.#bytes.get(id)]),
        startMs,
      )
      return [this.#keep(open.name, open)]
    })
    return after!
  }

  /** A month later, having heard from some of the others. */
  collect(number: number, heard: readonly number[]): number {
    const [after] = this.#once(`collect ${number} ${heard.join()}`, () => {
      const open = this.#reopen(number)
      const now = monthAfter(this.store(number).disk)
      for (const other of heard)
        this.#hand(open, this.store(other).name, this.#presence(other, now), now)
      this.#carryOut(open, open.replica.handle({ type: 'collect' }, now))
      return [this.#keep(open.name, open)]
    })
    if (after !== number) this.collected += 1
    return after!
  }

  #once(what: string, carryOut: () => readonly number[]): readonly number[] {
    let result = this.#memo.get(what)
    if (result === undefined) this.#memo.set(what, (result = carryOut()))
    return result
  }

  #open(name: number, disk: ReadonlyMap<string, Uint8Array> | undefined): OpenStore {
    const peer = peerOf(names[name]!)
    const opened = this.#lib.openReplica({
      mesh: { id: meshId, admins: new Set(), revocable: false },
      crypto: stubCrypto(peer, name + 1),
      peer,
      records: disk,
    })
    const open = {
      name,
      replica: opened.replica,
      disk: new Map(disk),
      sent: [] as Uint8Array[],
      isKeptBack: false,
    }
    this.#carryOut(open, opened.effects)
    const members = new Set(names.map(peerOf))
    this.#carryOut(open, open.replica.handle({ type: 'members', members }, startMs))
    return open
  }

  #reopen(number: number): OpenStore {
    const { name, disk, parked } = this.store(number)
    const open = this.#open(name, disk)
    for (const id of parked)
      this.#hand(open, (name + 1) % 3, dagCbor.encode([wire.release, this.#bytes.get(id)]), startMs)
    open.sent.length = 0
    return open
  }

  #hand(open: OpenStore, from: number, bytes: Uint8Array, now: number): void {
    this.#carryOut(
      open,
      open.replica.handle({ type: 'received', from: peerOf(names[from]!), bytes }, now),
    )
  }

  #presence(number: number, now: number): Uint8Array {
    const what = `${number} ${now}`
    let presence = this.#presences.get(what)
    if (presence === undefined) {
      const effects = this.#reopen(number).replica.handle({ type: 'announce' }, now)
      presence = effects.flatMap((effect) => (effect.type === 'gossip' ? [effect.bytes] : []))[0]!
      this.#presences.set(what, presence)
    }
    return presence
  }

  #converse(nodes: readonly [OpenStore, OpenStore], isPull: boolean): boolean {
    const [to, from] = nodes
    this.#carryOut(to, to.replica.handle({ type: 'sync', with: from.replica.peer }, startMs))
    for (let turns = 0; to.sent.length + from.sent.length > 0; turns++) {
      if (turns > 200) throw new Violation('a session that never ends')
      const [speaker, listener] = to.sent.length > 0 ? [to, from] : [from, to]
      const frame = speaker.sent.shift()!
      if (kindOf(frame) === wire.snapshot) this.snapshots += 1
      const isGift = kindOf(frame) === wire.delta || kindOf(frame) === wire.snapshot
      if (!(isPull && listener === from && isGift))
        this.#hand(listener, speaker.name, frame, startMs)
    }
    return to.isKeptBack || from.isKeptBack
  }

  #carryOut(open: OpenStore, effects: readonly Core.Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'persist') {
        for (const [record, bytes] of effect.records) {
          if (bytes === null) open.disk.delete(record)
          else open.disk.set(record, bytes)
          if (bytes !== null && record.startsWith('release/')) this.#learn(bytes)
        }
      } else if (effect.type === 'send' || effect.type === 'pull') open.sent.push(effect.bytes)
      else if (effect.type === 'notice') {
        if (effect.notice === 'unvouched') open.isKeptBack = true
        else if (effect.notice !== 'void')
          throw new Violation(`${names[open.name]} says ${effect.notice}: ${effect.text}`)
      }
    }
  }

  #learn(bytes: Uint8Array): void {
    const fact = readFact(meshId, bytes)
    const known = this.#facts.get(fact.id)
    if (known !== undefined && known.changes.length >= fact.changes.length) return
    this.#facts.set(fact.id, fact)
    this.#bytes.set(fact.id, bytes)
  }

  #newest({ disk }: Store): string | undefined {
    let newest: Fact | undefined
    for (const [record, bytes] of disk) {
      if (!record.startsWith('release/')) continue
      const fact = readFact(meshId, bytes)
      if (
        fact.changes.length > 0 &&
        (newest === undefined ||
          fact.ms > newest.ms ||
          (fact.ms === newest.ms && fact.id > newest.id))
      )
        newest = fact
    }
    return newest?.id
  }

  /** Gives the store its number, and judges it when it is new. */
  #keep(name: number, { replica, disk }: OpenStore): number {
    const parked = replica
      .status()
      .waiting.map(({ release }) => release.id)
      .sort()
    const records = [...disk]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([record, bytes]) => `${record} ${hex(sha256(bytes))}`)
    const word = [name, ...parked, ...records].join('\n')
    const known = this.#byWord.get(word)
    if (known !== undefined) return known
    const { clock, state } = replica.hashes()
    const number = this.#stores.length
    const store = {
      number,
      name,
      disk,
      parked,
      clockWord: hex(clock),
      stateWord: hex(state),
      clock: replica.clock(),
      isShown: replica.get(key) !== undefined,
    }
    this.#judge(store, replica)
    this.#stores.push(store)
    this.#byWord.set(word, number)
    return number
  }

  /** Equal clocks (with ids) show the same in every world, and what the oracle says. */
  #judge(store: Store, replica: Core.Replica): void {
    const { clockWord, stateWord, clock } = store
    const other = this.#stateOfClock.get(clockWord)
    if (other !== undefined && other !== stateWord)
      throw new Violation(`${names[store.name]} has the clock of another replica and other heads`)
    this.#stateOfClock.set(clockWord, stateWord)
    const held = new Set<string>()
    for (const [id, seq] of clock) {
      let fact = this.#facts.get(this.#tipId(store, id, seq))
      for (
        ;
        fact !== undefined;
        fact = fact.prev === undefined ? undefined : this.#facts.get(fact.prev)
      )
        held.add(fact.id)
    }
    const expected = printView(oracleView(this.#facts.values(), clock, (fact) => held.has(fact.id)))
    const shown = printView(viewOf(replica))
    if (expected !== shown)
      throw new Violation(`${names[store.name]} shows ${shown}, its clock covers ${expected}`)
  }

  #tipId({ disk }: Store, replica: string, seq: number): string {
    const logged = disk.get(`release/${replica}/${seq}`)
    if (logged !== undefined) return readFact(meshId, logged).id
    const [, id] = dagCbor.decode<[number, Uint8Array]>(disk.get(`tip/${replica}`)!)
    return hex(id)
  }
}

interface OpenStore {
  readonly name: number
  readonly replica: Core.Replica
  readonly disk: Map<string, Uint8Array>
  readonly sent: Uint8Array[]
  isKeptBack: boolean
}

const printClock = (clock: ReadonlyMap<string, number>): string =>
  JSON.stringify([...clock].sort(([a], [b]) => (a < b ? -1 : 1)))

/** Late enough to discard what was put aside at the last collection. */
function monthAfter(disk: ReadonlyMap<string, Uint8Array>): number {
  let last = startMs
  for (const [record, bytes] of disk) {
    if (!record.startsWith('settled/')) continue
    const [coldSince] = dagCbor.decode<[number | null, unknown]>(bytes)
    last = Math.max(last, coldSince ?? 0)
  }
  return last + 31 * dayMs
}
