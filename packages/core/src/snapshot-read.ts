import { equals } from 'uint8arrays/equals'
import { type BadgeChain, badgeOf, readChain } from './badge.js'
import { asBytes, asCount, asList, asText, decode } from './codec.js'
import { Malformed } from './errors.js'
import { type Hashes, hashClock } from './hashes.js'
import { headsOf, versionOf } from './heads.js'
import {
  type BadgeId,
  type Key,
  type ReplicaId,
  formatDot,
  sortedEntries,
  toHex,
  unknownId,
} from './ids.js'
import { keyFault } from './key.js'
import { limits } from './limits.js'
import { type Pair, pairFromWire } from './message.js'
import { type Evidence, type Release, decodeEvidence, isSigned, vectorFromWire } from './release.js'
import { rightFault } from './rights.js'
import { itemKinds } from './snapshot.js'
import { isEarly } from './stamp.js'
import { createStateHash } from './state-hash.js'
import { type Held, type State, type Tip, limitOf, vectorOf } from './state.js'
import { type VersionVector, cap, covers, coversDot } from './version-vector.js'

/** A snapshot that was read and checked, not yet believed. */
export interface Snapshot {
  readonly hashes: Hashes
  readonly statements: readonly Uint8Array[]
  readonly pairs: readonly Pair[]
  readonly clock: ReadonlyMap<ReplicaId, Tip>
  readonly tipProofs: ReadonlyMap<ReplicaId, Evidence>
  readonly contexts: ReadonlyMap<Key, VersionVector>
  readonly changes: readonly Evidence[]
  readonly badges: ReadonlyMap<BadgeId, BadgeChain>
  readonly strays: readonly Evidence[]
  /** Held, and struck where the snapshot was made. */
  readonly struck: readonly Evidence[]
}

export function readSnapshot(state: State, items: readonly Uint8Array[]): Snapshot {
  const clock = new Map<ReplicaId, Tip>()
  const tipProofs = new Map<ReplicaId, Evidence>()
  const contexts = new Map<Key, VersionVector>()
  const changes: Evidence[] = []
  const statements: Uint8Array[] = []
  const pairs: Pair[] = []
  const badges = new Map<BadgeId, BadgeChain>()
  const strays: Evidence[] = []
  const struck: Evidence[] = []
  let hashes: Hashes | undefined
  for (const item of items) {
    const [kind, ...parts] = asList(decode(item), 'snapshot item')
    switch (itemKinds[asCount(kind, 'item kind', itemKinds.length - 1)]!) {
      case 'head': {
        const [statementsHash, clockHash, stateHash] = asList(parts, 'snapshot head', 3).map(
          (part) => asBytes(part, 'hash', 32),
        )
        hashes = { statements: statementsHash!, clock: clockHash!, state: stateHash! }
        break
      }
      case 'statement':
        statements.push(asBytes(parts[0], 'statement'))
        break
      case 'pair':
        pairs.push(pairFromWire(parts[0]))
        break
      case 'context': {
        const key = asText(parts[0], 'key', limits.keyBytesMax)
        if (keyFault(key) !== undefined)
          throw new Malformed('a context has a key that cannot be used')
        contexts.set(key as Key, vectorFromWire(parts[1]))
        break
      }
      case 'tip': {
        const replica = toHex<ReplicaId>(asBytes(parts[0], 'replica id', 16))
        clock.set(replica, {
          seq: asCount(parts[1], 'seq'),
          id: toHex(asBytes(parts[2], 'id', 32)),
        })
        if (parts[3] !== null) tipProofs.set(replica, readEvidence(state, parts[3]))
        break
      }
      case 'changes':
        changes.push(readEvidence(state, parts[0]))
        break
      case 'badge': {
        const links = asList(parts[0], 'badge').map((link) => asBytes(link, 'link'))
        const chain = readChain(state.mesh, links, (id) => state.badges.get(id))
        badges.set(badgeOf(chain).id, chain)
        break
      }
      case 'stray':
        strays.push(readEvidence(state, parts[0]))
        break
      case 'struck':
        struck.push(readEvidence(state, parts[0]))
        break
    }
  }
  if (hashes === undefined) throw new Malformed('the snapshot has no head')
  return { hashes, statements, pairs, clock, tipProofs, contexts, changes, badges, strays, struck }
}

function readEvidence(state: State, value: unknown): Evidence {
  const evidence = decodeEvidence(state.mesh, asBytes(value, 'evidence'))
  if (isSigned(state.mesh, evidence)) return evidence
  throw new Malformed('a signature in the snapshot does not hold')
}

/** Signed tips and no `seen` beyond the clock: else the whole snapshot is refused. */
export function checkSnapshot(state: State, snapshot: Snapshot, now: number): void {
  const limit = limitOf(state)
  for (const [replica, { seq, id }] of sortedEntries(snapshot.clock)) {
    const byLimit = state.limits.get(replica)
    const tip =
      snapshot.tipProofs.get(replica)?.release ??
      (byLimit && { ...byLimit, id: byLimit.id ?? unknownId })
    if (tip?.replica !== replica || tip.seq !== seq || tip.id !== id) {
      throw new Malformed(`the tip of ${replica} is not proven`)
    }
  }
  const clock = cap(vectorOf(snapshot.clock), limit)
  const isCovered = (seen: VersionVector): boolean => covers(clock, cap(seen, limit))
  for (const [, context] of sortedEntries(snapshot.contexts)) {
    if (!isCovered(context)) throw new Malformed('a context in the snapshot exceeds its clock')
  }
  checkChains(snapshot)
  const tips = sortedEntries(snapshot.tipProofs).map(([, { release }]) => release)
  const shown = [...snapshot.changes, ...snapshot.struck]
  for (const { stamp } of [...tips, ...shown.map(({ release }) => release)]) {
    if (isEarly(stamp, now)) throw new Malformed('the snapshot is stamped ahead of this clock')
  }
  for (const { release, changes } of shown) {
    if (release.seq <= limit(release.replica) && !coversDot(clock, release)) {
      throw new Malformed('the snapshot shows a change beyond its own clock')
    }
    checkRight(state, snapshot, { release, changes })
    if (!changes.every(({ seen }) => isCovered(seen))) {
      throw new Malformed('a change in the snapshot has seen more than its clock covers')
    }
  }
  if (!equals(hashClock(state.mesh, snapshot.clock), snapshot.hashes.clock)) {
    throw new Malformed('the snapshot does not have the clock that it claims')
  }
  if (!equals(contentHash(state, byKey(snapshot.changes)), snapshot.hashes.state)) {
    throw new Malformed('the snapshot does not show the state that it claims')
  }
}

/** What lies beyond the limit is not taken anyway. */
function checkRight(
  state: State,
  { badges }: Snapshot,
  { release, changes }: Pick<Evidence, 'release' | 'changes'>,
): void {
  if (release.seq > limitOf(state)(release.replica)) return
  const found = rightFault(state, release, changes, (id) => badges.get(id))
  if (found === undefined) return
  throw new Malformed('fault' in found ? found.fault : 'the snapshot lacks a badge')
}

/** One id for each dot, and what follows a shown release names it as its parent. */
function checkChains({ clock, tipProofs, changes }: Snapshot): void {
  const shown = new Map(changes.map(({ release }) => [formatDot(release), release]))
  if (shown.size < changes.length) throw new Malformed('the snapshot shows two releases at one dot')
  for (const { release } of changes) {
    const { replica, seq } = release
    const next = shown.get(formatDot({ replica, seq: seq + 1 }))
    const isTip = clock.get(replica)?.seq === seq && tipProofs.has(replica)
    if ((isTip && clock.get(replica)!.id !== release.id) || (next && next.prev !== release.id)) {
      throw new Malformed('the snapshot shows a release that is not in the chain of its tip')
    }
  }
}

export function byKey(
  changes: readonly Evidence[],
  isValid: (release: Release) => boolean = () => true,
): Map<Key, Held[]> {
  const held = new Map<Key, Held[]>()
  for (const { release, changes: shown } of changes) {
    if (!isValid(release)) continue
    for (const change of shown) {
      const others = held.get(change.key)
      if (others === undefined) held.set(change.key, [{ release, change }])
      else others.push({ release, change })
    }
  }
  return held
}

/** Put heads as the snapshot's content shows them, to be compared with what it claims. */
function contentHash(state: State, unsettled: ReadonlyMap<Key, readonly Held[]>): Uint8Array {
  const hash = createStateHash(state.mesh.hash)
  for (const [key, held] of sortedEntries(unsettled)) {
    hash.set(key, versionOf(headsOf(held)))
  }
  return hash.root()
}
