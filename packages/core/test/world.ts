import * as dagCbor from '@ipld/dag-cbor'
import { createHash } from 'node:crypto'
import type * as Core from '../src/index.js'

/** The library under test: the real one, or one with a bug planted in it. */
export type Library = typeof Core

export const sha256 = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

const text = new TextEncoder()
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const unhex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits, 'hex'))

export const peerOf = (name: string): Core.PeerId =>
  hex(sha256(text.encode(`peer ${name}`))) as Core.PeerId

/** Stands in for Ed25519 where speed matters: whoever knows the name can sign, nobody does by chance. */
export function stubSign(peer: Core.PeerId, bytes: Uint8Array): Uint8Array {
  const half = sha256(text.encode(peer), bytes)
  return new Uint8Array([...half, ...half])
}

/** A small seeded generator: the same seed gives the same world. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function stubCrypto(peer: Core.PeerId, seed: number): Core.Crypto {
  const next = mulberry32(seed)
  return {
    hash: sha256,
    sign: (bytes) => stubSign(peer, bytes),
    verify: (signer, bytes, signature) => hex(stubSign(signer, bytes)) === hex(signature),
    random: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)),
  }
}

// ---------------------------------------------------------------------------------------------
// The oracle: deliberately naive, written from the rules and not from the code. It knows the bytes
// of every release that anybody ever stored, decodes them itself, and says what a clock must show.

export interface Fact {
  readonly id: string
  readonly replica: string
  readonly seq: number
  /** Id of the same replica's release before it. */
  readonly prev: string | undefined
  readonly ms: number
  readonly counter: number
  readonly changes: readonly OracleChange[]
}

export interface OracleChange {
  readonly key: string
  readonly seen: ReadonlyMap<string, number>
  readonly put: { readonly value: unknown } | undefined
}

type WireTree = Uint8Array | readonly [Uint8Array] | readonly [WireTree, WireTree]

const domain = (what: string, mesh: Uint8Array): Uint8Array =>
  new Uint8Array([...text.encode(`grapevine/${what}/1\n`), ...mesh])

function rootOf(tree: WireTree): Uint8Array {
  if (tree instanceof Uint8Array) return sha256(new Uint8Array([0]), tree)
  if (tree.length === 1) return tree[0]
  return sha256(new Uint8Array([1]), rootOf(tree[0]), rootOf(tree[1]))
}

const leavesOf = (tree: WireTree): readonly Uint8Array[] =>
  tree instanceof Uint8Array ? [tree] : tree.length === 1 ? [] : tree.flatMap(leavesOf)

export function readFact(mesh: Uint8Array, bytes: Uint8Array): Fact {
  const [header, , tree] = dagCbor.decode<[Uint8Array, Uint8Array, WireTree]>(bytes)
  const [, peer, incarnation, seq, prev, ms, counter] =
    dagCbor.decode<[number, Uint8Array, Uint8Array, number, Uint8Array | null, number, number]>(
      header,
    )
  return {
    id: hex(sha256(domain('release', mesh), header, rootOf(tree))),
    replica: hex(sha256(domain('replica', mesh), peer, incarnation).subarray(0, 16)),
    seq,
    prev: prev === null ? undefined : hex(prev),
    ms,
    counter,
    changes: leavesOf(tree).map((leaf) => {
      const [key, flat, ...put] =
        dagCbor.decode<[string, (Uint8Array | number)[], ...unknown[]]>(leaf)
      const seen = new Map<string, number>()
      for (let index = 0; index < flat.length; index += 2) {
        seen.set(hex(flat[index] as Uint8Array), flat[index + 1] as number)
      }
      return { key, seen, put: put.length === 0 ? undefined : { value: put[0] } }
    }),
  }
}

export interface OracleKey {
  readonly value: unknown
  readonly heads: readonly string[]
}

/** What a replica with this clock must show: put heads per key, the greatest stamp first. */
export function oracleView(
  facts: Iterable<Fact>,
  clock: ReadonlyMap<string, number>,
  isHeld: (fact: Fact) => boolean = () => true,
): Map<string, OracleKey> {
  const byKey = new Map<string, { fact: Fact; change: OracleChange }[]>()
  for (const fact of facts) {
    if ((clock.get(fact.replica) ?? 0) < fact.seq || !isHeld(fact)) continue
    for (const change of fact.changes) {
      byKey.set(change.key, [...(byKey.get(change.key) ?? []), { fact, change }])
    }
  }
  const view = new Map<string, OracleKey>()
  for (const [key, all] of byKey) {
    const heads = all.filter(
      ({ fact, change }) =>
        change.put !== undefined &&
        !all.some((other) => (other.change.seen.get(fact.replica) ?? 0) >= fact.seq),
    )
    heads.sort(
      (a, b) =>
        b.fact.ms - a.fact.ms ||
        b.fact.counter - a.fact.counter ||
        (a.fact.replica < b.fact.replica ? 1 : -1),
    )
    const [winner] = heads
    if (winner)
      view.set(key, { value: winner.change.put!.value, heads: heads.map(({ fact }) => fact.id) })
  }
  return view
}

// ---------------------------------------------------------------------------------------------
// The world: a few replicas, their disks, their clocks, and a network that can be cut.

export interface Frame {
  readonly from: string
  readonly to: string
  readonly bytes: Uint8Array
}

interface Node {
  readonly name: string
  readonly peer: Core.PeerId
  replica: Core.Replica
  /** What its disk holds: exactly the records of all `persist` effects. */
  readonly disk: Map<string, Uint8Array>
  /** This peer's clock minus the world's. */
  skewMs: number
  seed: number
}

export interface WorldOptions {
  readonly names: readonly string[]
  readonly admins?: readonly string[]
  readonly revocable?: boolean
  readonly gossip?: boolean
  readonly now?: number
  readonly seed?: number
  readonly writeFault?: Core.MeshRules['writeFault']
}

export const startMs = Date.UTC(2026, 0, 1)
export const dayMs = 24 * 3_600_000

export class World {
  readonly lib: Library
  readonly meshId = sha256(text.encode('genesis'))
  readonly rules: Core.MeshRules
  readonly nodes = new Map<string, Node>()
  readonly facts = new Map<string, Fact>()
  readonly frames: Frame[] = []
  readonly cuts = new Set<string>()
  readonly log: { readonly name: string; readonly effect: Core.Effect }[] = []
  /** Releases that were acknowledged, and by whom. */
  readonly acknowledged: { readonly name: string; readonly release: Core.Release }[] = []
  now: number
  gossip: boolean
  /** Sees every frame as it arrives; what it answers arrives instead, or nothing does. */
  intercept: (frame: Frame) => Frame | undefined = (frame) => frame
  #seed: number

  constructor(lib: Library, options: WorldOptions) {
    this.lib = lib
    this.now = options.now ?? startMs
    this.gossip = options.gossip ?? true
    this.#seed = options.seed ?? 1
    this.rules = {
      id: this.meshId,
      admins: new Set((options.admins ?? []).map(peerOf)),
      revocable: options.revocable ?? true,
      ...(options.writeFault && { writeFault: options.writeFault }),
    }
    for (const name of options.names) this.open(name)
    this.meet(options.names)
  }

  /** Starts a peer on an empty disk. */
  open(name: string, records?: ReadonlyMap<string, Uint8Array>): void {
    const peer = peerOf(name.replace(/'+$/, ''))
    const seed = (this.#seed = (this.#seed * 31 + 7) >>> 0)
    const disk = new Map(records)
    const opened = this.lib.openReplica({
      mesh: this.rules,
      crypto: stubCrypto(peer, seed),
      peer,
      records: disk,
    })
    const node: Node = { name, peer, replica: opened.replica, disk, skewMs: 0, seed }
    this.nodes.set(name, node)
    this.#carryOut(node, opened.effects)
  }

  /** Tells everybody who the members are. */
  meet(names: readonly string[]): void {
    const members = new Set(names.map((name) => this.node(name).peer))
    for (const name of names) this.handle(name, { type: 'members', members })
  }

  node(name: string): Node {
    const node = this.nodes.get(name)
    if (node === undefined) throw new Error(`nobody is called ${name}`)
    return node
  }

  replica(name: string): Core.Replica {
    return this.node(name).replica
  }

  handle(name: string, input: Core.Input): readonly Core.Effect[] {
    const node = this.node(name)
    const effects = node.replica.handle(input, this.now + node.skewMs)
    this.#carryOut(node, effects)
    return effects
  }

  write(
    name: string,
    write: Omit<Extract<Core.Input, { type: 'write' }>, 'type'>,
  ): Core.Release | undefined {
    const effects = this.handle(name, { type: 'write', ...write })
    const written = effects.find((effect) => effect.type === 'written')
    if (written?.release) this.acknowledged.push({ name, release: written.release })
    return written?.release
  }

  put(name: string, values: Record<string, unknown>): Core.Release | undefined {
    return this.write(name, { put: new Map(Object.entries(values)) })
  }

  remove(name: string, ...keys: string[]): Core.Release | undefined {
    return this.write(name, { remove: keys })
  }

  /** From now on nothing passes between these groups. */
  cut(...groups: (readonly string[])[]): void {
    for (const [index, group] of groups.entries()) {
      for (const other of groups.slice(index + 1)) {
        for (const a of group) for (const b of other) this.cuts.add(`${a} ${b}`).add(`${b} ${a}`)
      }
    }
  }

  heal(): void {
    this.cuts.clear()
  }

  /** Delivers frames in order of sending until none is left. */
  deliver(framesMax = 100_000): void {
    for (let count = 0; this.frames.length > 0; count++) {
      if (count > framesMax) throw new Error(`${framesMax} frames and still no rest`)
      this.deliverOne(0)
    }
  }

  deliverOne(index: number): void {
    const [frame] = this.frames.splice(index, 1)
    if (
      frame === undefined ||
      this.cuts.has(`${frame.from} ${frame.to}`) ||
      !this.nodes.has(frame.to)
    )
      return
    const arrived = this.intercept(frame)
    if (arrived === undefined) return
    this.handle(frame.to, {
      type: 'received',
      from: this.node(frame.from).peer,
      bytes: arrived.bytes,
    })
  }

  sync(a: string, b: string): void {
    this.handle(a, { type: 'sync', with: this.node(b).peer })
    this.deliver()
  }

  /** Everybody says where it stands. */
  announce(): void {
    for (const name of this.nodes.keys()) this.handle(name, { type: 'announce' })
    this.deliver()
  }

  collect(name: string): void {
    this.handle(name, { type: 'collect' })
  }

  /** Time passes for everybody. */
  tick(ms: number): void {
    this.now += ms
    for (const name of this.nodes.keys()) this.handle(name, { type: 'tick' })
    this.deliver()
  }

  /** Sessions between all pairs, until nothing moves any more. */
  rest(roundsMax = 12): void {
    this.deliver()
    for (let round = 0; round < roundsMax; round++) {
      // Sessions are periodic: time passes between them.
      this.now += 10_000
      const before = this.fingerprint()
      for (const name of this.nodes.keys()) this.handle(name, { type: 'announce' })
      for (const a of this.nodes.keys()) {
        for (const b of this.nodes.keys()) if (a !== b) this.sync(a, b)
      }
      if (this.fingerprint() === before) return
    }
    throw new Error(`no rest after ${roundsMax} rounds of sessions`)
  }

  fingerprint(): string {
    return [...this.nodes.values()]
      .map(({ replica }) => Object.values(replica.hashes()).map(hex).join('.'))
      .join('\n')
  }

  /** The process dies; what was persisted is all that is left. */
  crash(name: string): void {
    const node = this.node(name)
    const opened = this.lib.openReplica({
      mesh: this.rules,
      crypto: stubCrypto(node.peer, (node.seed = (node.seed + 1) >>> 0)),
      peer: node.peer,
      records: node.disk,
    })
    node.replica = opened.replica
    this.#carryOut(node, opened.effects)
    this.handle(name, { type: 'members', members: this.members() })
  }

  /** The disk is gone; the identity is not. */
  loseDisk(name: string): void {
    this.nodes.delete(name)
    this.open(name)
    this.handle(name, { type: 'members', members: this.members() })
  }

  /** A copy of a store goes live under the same identity. The name of a copy ends in '. */
  clone(name: string): string {
    const copy = `${name}'`
    this.open(copy, this.node(name).disk)
    this.handle(copy, { type: 'members', members: this.members() })
    return copy
  }

  members(): Set<Core.PeerId> {
    return new Set([...this.nodes.values()].map(({ peer }) => peer))
  }

  notices(kind: Core.Notice['notice']): readonly string[] {
    return this.log.flatMap(({ effect }) =>
      effect.type === 'notice' && effect.notice === kind ? [effect.text] : [],
    )
  }

  #carryOut(node: Node, effects: readonly Core.Effect[]): void {
    for (const effect of effects) {
      this.log.push({ name: node.name, effect })
      switch (effect.type) {
        case 'persist':
          for (const [record, bytes] of effect.records) {
            if (bytes === null) node.disk.delete(record)
            else node.disk.set(record, bytes)
            if (bytes !== null && record.startsWith('release/')) this.#learn(bytes)
          }
          break
        case 'gossip':
          if (this.gossip) {
            for (const to of this.nodes.keys()) {
              if (to !== node.name) this.frames.push({ from: node.name, to, bytes: effect.bytes })
            }
          }
          break
        case 'send':
        case 'pull': {
          const peer = effect.type === 'send' ? effect.to : effect.from
          for (const other of this.nodes.values()) {
            if (other.peer === peer && other !== node)
              this.frames.push({ from: node.name, to: other.name, bytes: effect.bytes })
          }
          break
        }
        case 'changed':
        case 'written':
        case 'verdict':
        case 'synced':
        case 'notice':
          break
      }
    }
  }

  #learn(bytes: Uint8Array): void {
    const fact = readFact(this.meshId, bytes)
    const known = this.facts.get(fact.id)
    // Partial evidence never replaces the whole release.
    if (known === undefined || known.changes.length < fact.changes.length)
      this.facts.set(fact.id, fact)
  }
}

// ---------------------------------------------------------------------------------------------
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
  const chain = isCounted(world, name)
  const expected = oracleView(world.facts.values(), clock, (fact) => chain(fact))
  const shown = viewOf(replica)
  demand(
    printView(expected) === printView(shown),
    () => `${name} shows\n${printView(shown)}\nand its clock covers\n${printView(expected)}`,
  )
}

/**
 * On a forked replica id only the branch counts whose releases this replica took. Elsewhere every
 * dot has one release, so all that the clock covers is held.
 */
export function isCounted(world: World, name: string): (fact: Fact) => boolean {
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

export { unhex }
