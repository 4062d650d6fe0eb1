import type * as Core from '../src/index.js'
import { type Library, sha256, text, hex, peerOf, stubCrypto } from './stub-crypto.js'
import { type Badges, createBadges, linksOf } from './badges.js'
import { type Fact, readFact } from './oracle.js'
import { type OracleBadge, readOracleBadge } from './oracle-trust.js'

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
  /** Who may write what in a closed mesh, whose root is nobody of them; by default all may write all. */
  readonly closed?: Readonly<Record<string, readonly Core.Grant[]>>
}

export const startMs = Date.UTC(2026, 0, 1)
export const dayMs = 24 * 3_600_000

export class World {
  readonly lib: Library
  readonly meshId = sha256(text.encode('genesis'))
  readonly rules: Core.MeshRules
  readonly nodes = new Map<string, Node>()
  readonly facts = new Map<string, Fact>()
  /** Every badge that anybody ever stored. */
  readonly badgeFacts = new Map<string, OracleBadge>()
  readonly frames: Frame[] = []
  readonly cuts = new Set<string>()
  readonly log: { readonly name: string; readonly effect: Core.Effect }[] = []
  /** Releases that were acknowledged, and by whom. */
  readonly acknowledged: { readonly name: string; readonly release: Core.Release }[] = []
  now: number
  gossip: boolean
  /** Only in a closed mesh. */
  readonly badges: Badges | undefined
  /** Sees every frame as it arrives; what it answers arrives instead, or nothing does. */
  intercept: (frame: Frame) => Frame | undefined = (frame) => frame
  readonly #worn = new Map<Core.PeerId, Core.BadgeChain>()
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
      ...(options.closed && { admins: new Set([peerOf('root')]), closed: true }),
    }
    this.badges = options.closed && createBadges(this.lib, this.rules)
    for (const name of options.names) {
      this.open(name)
      if (this.badges !== undefined) {
        this.badge(name, this.badges.give('root', name, options.closed![name] ?? []))
      }
    }
    this.meet(options.names)
  }

  /** This badge is shown by a peer from now on. */
  badge(name: string, chain: Core.BadgeChain): void {
    const node = this.node(name)
    this.#worn.set(node.peer, chain)
    this.#wear(node)
  }

  /** A replica does not store by what it is a member: whoever starts it knows. */
  #wear({ name, peer }: Node): void {
    const chain = this.#worn.get(peer)
    if (chain !== undefined) this.handle(name, { type: 'badge', links: linksOf(chain) })
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
    this.#wear(node)
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
    // Before the time passes they look at the clock, too: what they hold now they remember.
    if (ms >= dayMs) for (const name of this.nodes.keys()) this.handle(name, { type: 'tick' })
    this.now += ms
    for (const name of this.nodes.keys()) this.handle(name, { type: 'tick' })
    this.deliver()
  }

  /**
   * Sessions between all pairs, until nothing moves any more. Where a snapshot waits for a voucher, one
   * round may have asked the wrong member first: the next asks in the other order.
   */
  rest(roundsMax = 12): void {
    this.deliver()
    let isWaiting = false
    for (let round = 0; round < roundsMax; round++) {
      // Sessions are periodic: time passes between them.
      this.now += 10_000
      const before = this.fingerprint()
      const told = this.notices('unvouched').length
      const names = [...this.nodes.keys()]
      if (round % 2 === 1) names.reverse()
      for (const name of names) this.handle(name, { type: 'announce' })
      for (const a of names) for (const b of names) if (a !== b) this.sync(a, b)
      const isResting = this.fingerprint() === before
      if (isResting && (isWaiting || this.notices('unvouched').length === told)) return
      isWaiting = isResting
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
    this.#wear(node)
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
            if (bytes !== null) this.#learn(record, bytes)
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
        case 'revoked':
          break
      }
    }
  }

  #learn(record: string, bytes: Uint8Array): void {
    if (record.startsWith('badge/')) {
      const badge = readOracleBadge(this.meshId, bytes)
      this.badgeFacts.set(badge.id, badge)
    }
    if (!record.startsWith('release/')) return
    const fact = readFact(this.meshId, bytes)
    const known = this.facts.get(fact.id)
    // Partial evidence never replaces the whole release.
    if (known === undefined || known.changes.length < fact.changes.length)
      this.facts.set(fact.id, fact)
  }
}
