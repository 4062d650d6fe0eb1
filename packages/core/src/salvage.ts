import { type Badge, readBadge } from './badge.js'
import { badgesOf } from './badges.js'
import { decode } from './codec.js'
import { type Effect } from './effect.js'
import { Malformed } from './errors.js'
import { type BadgeId, sortedEntries } from './ids.js'
import { type Records } from './load.js'
import { type Mesh, openMesh } from './mesh.js'
import { type Message, type Pair, encodeMessage, pairFromWire } from './message.js'
import { type Evidence, type Release, decodeEvidence } from './release.js'
import { type OpenOptions, openReplica } from './replica.js'
import { compareStamps } from './stamp.js'
import { type Statement, decodeStatement } from './statement.js'

export interface Salvaged {
  /** A whole store, under a new replica id. */
  readonly records: Records
  readonly kept: number
  /** Readable, but something they follow is lost: others may still have it. */
  readonly unplaced: readonly Release[]
}

/**
 * Makes a store of what can still be read of a broken one. Nothing of it is believed: a new replica
 * is told each release and statement, as if another peer had sent it.
 */
export function salvage({ records, now, ...options }: SalvageOptions): Salvaged {
  const { replica, effects } = openReplica(options)
  const kept = new Map<string, Uint8Array>()
  store(kept, effects)
  for (const message of messagesIn(options, records)) {
    const bytes = encodeMessage(message)
    store(kept, replica.handle({ type: 'received', from: replica.peer, bytes }, now))
  }
  return {
    records: kept,
    // order: a count
    kept: [...kept.keys()].filter((name) => name.startsWith('release/')).length,
    unplaced: replica.status().waiting.map(({ release }) => release),
  }
}

export interface SalvageOptions extends Pick<OpenOptions, 'mesh' | 'crypto' | 'peer'> {
  readonly records: Records
  readonly now: number
}

function store(kept: Map<string, Uint8Array>, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.type !== 'persist') continue
    // order: each record alone
    for (const [name, bytes] of effect.records) {
      if (bytes === null) kept.delete(name)
      else kept.set(name, bytes)
    }
  }
}

/** Statements first, as in every session, and each thing after what it follows. */
function messagesIn(
  { mesh, crypto }: Pick<OpenOptions, 'mesh' | 'crypto'>,
  records: Records,
): readonly Message[] {
  const opened = openMesh(mesh, crypto)
  const statements: Statement[] = []
  const pairs: Pair[] = []
  const releases: Evidence[] = []
  for (const [name, bytes] of sortedEntries(records)) {
    const [table] = name.split('/')
    try {
      if (table === 'statement') statements.push(decodeStatement(opened, bytes))
      if (table === 'fork' || table === 'broken') pairs.push(pairFromWire(decode(bytes)))
      if (table === 'release') releases.push(decodeEvidence(opened, bytes))
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
    }
  }
  statements.sort((a, b) => a.number - b.number)
  releases.sort((a, b) => compareStamps(a.release, b.release))
  const chains = badgeChains(opened, records)
  // Only so many badges are remembered before a release that names them is held.
  const badgesFor = (shown: readonly Release[]): readonly Message[] =>
    shown
      .flatMap(badgesOf)
      .flatMap((id) => chains.get(id) ?? [])
      .map((links) => ({ type: 'badges', chains: [links] }))
  return [
    ...statements.map((one) => statementsOf([one.bytes], [])),
    ...pairs.flatMap((pair) => [...badgesFor(halvesOf(opened, pair)), statementsOf([], [pair])]),
    ...releases.flatMap(({ release, bytes }): readonly Message[] => [
      ...badgesFor([release]),
      { type: 'release', bytes },
    ]),
  ]
}

/** What a pair is about, if it is about releases. */
function halvesOf(mesh: Mesh, pair: Pair): readonly Release[] {
  try {
    return pair.map((half) => decodeEvidence(mesh, half).release)
  } catch (error) {
    if (error instanceof Malformed) return []
    throw error
  }
}

type Links = readonly Uint8Array[]

/** Every badge of which all links are there. */
function badgeChains(mesh: Mesh, records: Records): ReadonlyMap<BadgeId, readonly [Links]> {
  const links = new Map<BadgeId, Badge>()
  for (const [name, bytes] of sortedEntries(records)) {
    try {
      const link = name.startsWith('badge/') ? readBadge(mesh, bytes) : undefined
      if (link !== undefined) links.set(link.id, link)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
    }
  }
  const chainOf = ({ parent, bytes }: Badge): Links | undefined => {
    const above = parent === null ? undefined : links.get(parent)
    if (above === undefined) return parent === null ? [bytes] : undefined
    const chain = chainOf(above)
    return chain && [...chain, bytes]
  }
  return new Map(
    sortedEntries(links).flatMap(([id, link]) => {
      const chain = chainOf(link)
      return chain === undefined ? [] : [[id, [chain]]]
    }),
  )
}

const statementsOf = (statements: readonly Uint8Array[], pairs: readonly Pair[]): Message => ({
  type: 'statements',
  statements,
  pairs,
  standing: undefined,
})
