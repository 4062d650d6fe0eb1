import type * as Core from '@grapevine/core'
import { createChecker } from '../src/check/checker.js'
import type { Checker } from '../src/check/checker.js'
import { epochMs } from '../src/world/clock.js'
import { cryptoOf, signaturesOf } from '../src/world/crypto.js'
import type { Library, Node, Opening } from '../src/observer.js'
import type { Plan } from '../src/plan.js'
import { calm } from './told.js'

/** A peer at the table. Its disk holds at once what is stored, unless it is held up. */
export interface Seat extends Node {
  replica: Core.Replica
  isUp: boolean
  synced: Map<string, Uint8Array>
  /** Stored, and not durable yet; undefined: whatever is stored is durable. */
  unsynced: Core.Effect[] | undefined
  /** Its clock minus everybody's. */
  offsetMs: number
}

interface Letter {
  readonly from: Core.PeerId
  readonly to: Seat
  readonly bytes: Uint8Array
}

export interface TableOptions {
  readonly admins?: number
  readonly hostile?: readonly string[]
  readonly revocable?: boolean
  readonly writeFault?: Core.MeshRules['writeFault']
  /** Nobody watches: to know what watching costs. */
  readonly isUnwatched?: boolean
}

/** A few peers, driven by hand, under the eyes of a checker. */
export interface Table {
  readonly checker: Checker
  readonly letters: Letter[]
  readonly meshId: Uint8Array
  seat(name: string): Seat
  peerOf(name: string): Core.PeerId
  handle(name: string, input: Core.Input): readonly Core.Effect[]
  put(name: string, put: Readonly<Record<string, unknown>>): Core.Release | undefined
  remove(name: string, ...keys: string[]): Core.Release | undefined
  deliver(): void
  sync(a: string, b: string): void
  /** Sessions between all, until nothing moves. */
  rest(): void
  announce(): void
  pass(ms: number): void
  crash(name: string): void
  open(name: string, how: Opening, records?: ReadonlyMap<string, Uint8Array>): void
  holdDisk(name: string): void
  syncDisk(name: string): void
  checkAll(): void
}

const signatures = signaturesOf('stub')

export function setTable(
  library: Library,
  names: readonly string[],
  { admins = 1, hostile = [], revocable = false, writeFault, isUnwatched }: TableOptions = {},
): Table {
  const meshId = signatures.hash(new TextEncoder().encode('table'))
  const adminIds = new Set(names.slice(0, admins).map(signatures.peerOf))
  const mesh = {
    id: meshId,
    admins: adminIds,
    revocable,
    ...(writeFault === undefined ? {} : { writeFault }),
  }
  const plan: Plan = { ...calm, peers: names.length, hostile: hostile.length, revocable }
  const seats = new Map<string, Seat>()
  const letters: Letter[] = []
  let now = epochMs
  let processes = 0

  const openReplica = (
    peer: Core.PeerId,
    records: ReadonlyMap<string, Uint8Array>,
    stream: number,
  ): ReturnType<Library['openReplica']> =>
    library.openReplica({
      mesh,
      crypto: cryptoOf(signatures, peer, 1, stream),
      peer,
      records: new Map(records),
    })
  const checker = createChecker({
    library,
    meshId,
    hash: signatures.hash,
    plan,
    reopen: ({ peer, synced }) => openReplica(peer, synced, 0).replica,
    ...(writeFault === undefined ? {} : { writeFault }),
  })
  const watch = isUnwatched === true ? undefined : checker

  function seat(name: string): Seat {
    const found = seats.get(name)
    if (found === undefined) throw new Error(`nobody called ${name} sits here`)
    return found
  }

  const membersNow = (): Set<Core.PeerId> => new Set([...seats.values()].map(({ peer }) => peer))

  function carryOut(at: Seat, effects: readonly Core.Effect[]): void {
    for (const effect of effects) {
      if (at.unsynced !== undefined) at.unsynced.push(effect)
      else act(at, effect)
    }
  }

  function act(at: Seat, effect: Core.Effect): void {
    if (effect.type === 'persist') {
      for (const [name, bytes] of effect.records) {
        if (bytes === null) at.synced.delete(name)
        else at.synced.set(name, bytes)
      }
    } else if (effect.type === 'written' && effect.release !== undefined) {
      watch?.acknowledged?.(at, effect.release, 0)
    } else if (effect.type === 'gossip') {
      for (const to of seats.values()) {
        if (to !== at) letters.push({ from: at.peer, to, bytes: effect.bytes })
      }
    } else if (effect.type === 'send' || effect.type === 'pull') {
      const id = effect.type === 'send' ? effect.to : effect.from
      for (const to of seats.values()) {
        if (to.peer === id && to !== at) letters.push({ from: at.peer, to, bytes: effect.bytes })
      }
    }
  }

  function handle(name: string, input: Core.Input): readonly Core.Effect[] {
    const at = seat(name)
    if (!at.isUp) return []
    let effects: readonly Core.Effect[]
    try {
      effects = at.replica.handle(input, at.wall())
    } catch (error) {
      if (!(error instanceof library.MeshError)) throw error
      watch?.refused?.(at, input, error, 0)
      return []
    }
    watch?.handled?.(at, input, effects, 0)
    carryOut(at, effects)
    return effects
  }

  function open(
    name: string,
    how: Opening,
    records: ReadonlyMap<string, Uint8Array> = new Map(),
  ): void {
    const peer = signatures.peerOf(name.replace(/'+$/, ''))
    const opened = openReplica(peer, records, (processes += 1))
    const old = seats.get(name)
    const at: Seat = old ?? {
      index: seats.size,
      name,
      peer,
      isHonest: !hostile.includes(name),
      isAdmin: adminIds.has(peer),
      replica: opened.replica,
      isUp: true,
      synced: new Map(),
      unsynced: undefined,
      offsetMs: 0,
      wall: () => now + at.offsetMs,
    }
    seats.set(name, at)
    Object.assign(at, { replica: opened.replica, isUp: true, synced: new Map(records) })
    watch?.opened?.(at, how, 0)
    carryOut(at, opened.effects)
    handle(name, { type: 'members', members: membersNow() })
  }

  function stop(name: string): void {
    const at = seat(name)
    at.isUp = false
    if (at.unsynced !== undefined) at.unsynced = []
    watch?.stopped?.(at, 0)
  }

  function written(effects: readonly Core.Effect[]): Core.Release | undefined {
    const answer = effects.find((effect) => effect.type === 'written')
    return answer?.type === 'written' ? answer.release : undefined
  }

  function deliver(): void {
    for (let letter = letters.shift(); letter !== undefined; letter = letters.shift()) {
      handle(letter.to.name, { type: 'received', from: letter.from, bytes: letter.bytes })
    }
  }

  function sync(a: string, b: string): void {
    handle(a, { type: 'sync', with: seat(b).peer })
    deliver()
  }

  function announce(): void {
    for (const name of seats.keys()) handle(name, { type: 'announce' })
    deliver()
  }

  const hashes = (): string =>
    [...seats.values()]
      .flatMap(({ replica }) => Object.values(replica.hashes()) as Uint8Array[])
      .map((hash) => Buffer.from(hash).toString('hex'))
      .join()

  for (const name of names) open(name, 'first')
  for (const name of names) handle(name, { type: 'members', members: membersNow() })

  return {
    checker,
    letters,
    meshId,
    seat,
    peerOf: signatures.peerOf,
    handle,
    put: (name, put) => written(handle(name, { type: 'write', put: new Map(Object.entries(put)) })),
    remove: (name, ...keys) =>
      written(handle(name, { type: 'write', remove: keys, confirmRemoves: keys.length })),
    deliver,
    sync,
    rest() {
      deliver()
      for (let before = ''; before !== hashes();) {
        before = hashes()
        now += 10_000
        announce()
        for (const a of seats.keys()) for (const b of seats.keys()) if (a !== b) sync(a, b)
      }
    },
    announce,
    pass(ms) {
      now += ms
      for (const name of seats.keys()) handle(name, { type: 'tick' })
    },
    crash(name) {
      stop(name)
      open(name, 'restarted', seat(name).synced)
    },
    open(name, how, records) {
      if (seats.has(name)) stop(name)
      open(name, how, records)
    },
    holdDisk: (name) => void (seat(name).unsynced ??= []),
    syncDisk(name) {
      const at = seat(name)
      const due = at.unsynced ?? []
      at.unsynced = undefined
      for (const effect of due) act(at, effect)
    },
    checkAll: () => checker.checkAll([...seats.values()]),
  }
}
