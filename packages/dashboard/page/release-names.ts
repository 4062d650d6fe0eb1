import type { ReleaseRow } from '@grapevine/api/page'
import type { Dot, Member, PeerId, ReleaseInfo } from '@grapevine/peer'
import { countOf } from './in-words.js'

/** `7f3a·412`: what people read, and may type, of a release's name. */
export const shortName = (
  { replica, seq }: { readonly replica: string; readonly seq: number | string },
  replicaDigits: number,
): string => `${replica.slice(0, replicaDigits)}·${seq}`

/** Whether a name, short or in full, means this release. */
export function isCalled({ replica, seq }: Dot, name: string): boolean {
  const [, digits, count] = /^([0-9a-f]{4,32})[·.](\d{1,15})$/.exec(name) ?? []
  return digits !== undefined && Number(count) === seq && replica.startsWith(digits)
}

const idDigits = 8

export const peerName = (
  peer: PeerId,
  members: ReadonlyMap<PeerId, Pick<Member, 'name'>>,
): string => members.get(peer)?.name ?? peer.slice(0, idDigits)

/** `alice`, or `alice (laptop-a)` where she wrote through another's peer. */
export function authorInWords(
  { author, authorName, relay }: Pick<ReleaseInfo, 'author' | 'authorName' | 'relay'>,
  members: ReadonlyMap<PeerId, Pick<Member, 'name'>>,
): string {
  const name = authorName ?? peerName(author, members)
  return relay === author ? name : `${name} (${peerName(relay, members)})`
}

const keysNamedMax = 3

/** Why it was written, as its author said, with the names of releases cut short; else what it changes. */
export function titleOf({
  release,
  keys,
  changes,
}: Pick<ReleaseRow, 'release' | 'keys' | 'changes'>): string {
  const message = release.message?.replace(/[0-9a-f]{32}(?=·\d)/g, (id) => id.slice(0, idDigits))
  if (message?.trim()) return message
  const named = keys.slice(0, keysNamedMax)
  if (named.length === 0) return countOf(changes, 'key')
  const more = Math.max(changes, keys.length) - named.length
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
