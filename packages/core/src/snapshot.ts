import { badgeAt, linksOf } from './badges.js'
import { encode } from './codec.js'
import { hashesOf } from './hashes.js'
import { type Key, type ReleaseId, fromHex, sortedEntries, toHex, unknownId } from './ids.js'
import { limits } from './limits.js'
import { showOnly, vectorToWire } from './release.js'
import { isRevoked } from './revocation.js'
import { type State, loggedAt } from './state.js'
import { struckReleases } from './strike.js'

/**
 * The whole state, for a replica that wants what has left the log. It is read at one instant:
 * statements, clock with signed tips, contexts, and the unsettled set change by change.
 */
export interface OpenSnapshot {
  readonly openedAt: number
  /** Made one by one as pages are asked for; what they show was fixed at the opening. */
  readonly items: readonly (() => Uint8Array)[]
  /** Where each page begins, as far as pages were made. */
  readonly pageStarts: number[]
}

/** What a snapshot is made of; each item is a list of the kind's place here and its parts. */
export const itemKinds = [
  'head',
  'statement',
  'pair',
  'tip',
  'context',
  'changes',
  'badge',
  'stray',
  'struck',
] as const
type ItemKind = (typeof itemKinds)[number]

/** One reading serves all who ask at about the same time; the oldest makes room. */
export function openSnapshot(state: State, now: number): Uint8Array {
  const byAge = sortedEntries(state.snapshots).sort(([, a], [, b]) => a.openedAt - b.openedAt)
  const [newest] = byAge.at(-1) ?? []
  const isFresh = newest !== undefined && now - byAge.at(-1)![1].openedAt < limits.snapshotStallMs
  if (isFresh) return fromHex(newest)
  for (const [id, { openedAt }] of byAge) {
    const isStale = now - openedAt > limits.snapshotOpenMs
    if (isStale || state.snapshots.size >= limits.snapshotsOpenMax) state.snapshots.delete(id)
  }
  const id = state.mesh.random(16)
  state.snapshots.set(toHex(id), { openedAt: now, items: itemsOf(state), pageStarts: [0] })
  return id
}

interface SnapshotPage {
  readonly items: readonly Uint8Array[]
  readonly isLast: boolean
}

/** One bounded page; undefined when the snapshot is not open any more or the page is out of turn. */
export function snapshotPage(state: State, id: Uint8Array, page: number): SnapshotPage | undefined {
  const open = state.snapshots.get(toHex(id))
  const start = open?.pageStarts[page]
  if (open === undefined || start === undefined) return undefined
  const items: Uint8Array[] = []
  let next = start
  for (let room = limits.pageBytesMax; next < open.items.length; next++) {
    const item = open.items[next]!()
    room -= item.length + 5
    if (room < 0 && items.length > 0) break
    items.push(item)
  }
  open.pageStarts[page + 1] = next
  return { items, isLast: next === open.items.length }
}

function itemsOf(state: State): readonly (() => Uint8Array)[] {
  const hashes = hashesOf(state)
  const items: (() => Uint8Array)[] = []
  const add = (kind: ItemKind, ...parts: unknown[]): void =>
    void items.push(() => encode([itemKinds.indexOf(kind), ...parts]))
  add('head', hashes.statements, hashes.clock, hashes.state)
  for (const [, chain] of sortedEntries(state.chains))
    for (const { bytes } of chain) add('statement', bytes)
  for (const [, { pair }] of sortedEntries(state.forks)) add('pair', pair)
  for (const [, { pair }] of sortedEntries(state.brokenChains)) add('pair', pair)
  for (const [id] of sortedEntries(state.badges)) {
    items.push(() => encode([itemKinds.indexOf('badge'), linksOf(badgeAt(state, id)!)]))
  }
  for (const [, { release, bytes }] of sortedEntries(state.strays)) {
    if (isRevoked(state, release)) add('stray', bytes)
  }
  // They count for nothing, until the revocation itself turns out void.
  for (const { bytes } of struckReleases(state)) add('struck', bytes)

  const shown = new Map<ReleaseId, { readonly bytes: Uint8Array; readonly keys: Set<Key> }>()
  for (const [name, key] of sortedEntries(state.keys)) {
    if (key.context.size > 0) add('context', name, vectorToWire(key.context))
    for (const { release } of key.unsettled) {
      const entry = shown.get(release.id)
      if (entry !== undefined) entry.keys.add(name)
      else
        shown.set(release.id, {
          bytes: loggedAt(state, release.replica, release.seq)!.bytes,
          keys: new Set([name]),
        })
    }
  }
  for (const [replica, { seq, id }] of sortedEntries(state.clock)) {
    const logged = loggedAt(state, replica, seq)?.bytes
    const proof = state.tipProofs.get(replica)?.bytes ?? null
    items.push(() => {
      const bare = logged === undefined ? proof : showOnly(state.mesh, logged, () => false)
      const proven = id === unknownId ? null : bare
      return encode([itemKinds.indexOf('tip'), fromHex(replica), seq, fromHex(id), proven])
    })
  }
  for (const [, { bytes, keys }] of sortedEntries(shown)) {
    const show = (): Uint8Array => showOnly(state.mesh, bytes, (key) => keys.has(key))
    items.push(() => encode([itemKinds.indexOf('changes'), show()]))
  }
  return items
}
