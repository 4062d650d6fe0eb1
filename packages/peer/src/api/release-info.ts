import type { Dot, Release, Replica, ReplicaId } from '@grapevine/core'
import { MeshError, badgeOf, formatDot } from '@grapevine/core'
import type { ReleaseInfo, ReleaseRef } from '../peer.js'
import { shown } from './shown.js'

/** Badges by their ids: they say what an author is called. */
export type Badges = Pick<Replica, 'badge'>

export function releaseInfo(release: Release, badges: Badges): ReleaseInfo {
  const { replica, seq, id, author, peer, stamp, message, requestId } = release
  const badge = release.authorship?.badge ?? release.badge
  const chain = badge === undefined ? undefined : badges.badge(badge)
  return {
    name: formatDot(release),
    replica,
    seq,
    id,
    author,
    authorName: chain && badgeOf(chain).name,
    relay: peer,
    at: stamp.ms,
    stamp,
    message,
    requestId,
  }
}

/** One object for each release, however many of its changes are shown. */
export function releaseInfos(badges: Badges): (release: Release) => ReleaseInfo {
  const infos = new Map<Release, ReleaseInfo>()
  return (release) => {
    const known = infos.get(release)
    if (known !== undefined) return known
    const info = releaseInfo(release, badges)
    infos.set(release, info)
    return info
  }
}

const nameForm = /^([0-9a-f]{4,32})[·.](\d{1,15})$/
const replicaDigits = 32

/** Which release a caller means: a name, a name with a shortened replica id, or a dot. */
export function dotOf(ref: ReleaseRef, known: Iterable<ReplicaId>): Dot {
  const name = typeof ref === 'string' ? ref : nameOf(ref)
  const [, digits, count] = nameForm.exec(name) ?? []
  const seq = Number(count)
  if (digits === undefined || seq === 0) throw noName(name)
  if (digits.length === replicaDigits) return { replica: digits as ReplicaId, seq }
  const meant = [...known].filter((replica) => replica.startsWith(digits))
  const [replica, another] = meant
  if (replica === undefined) throw unknownRelease(name)
  if (another === undefined) return { replica, seq }
  throw new MeshError(
    'OPTION_INVALID',
    `release ${name} can mean ${meant.map((one) => formatDot({ replica: one, seq })).join(' or ')}: write more of it`,
    { release: name },
  )
}

/** What people read and type of a replica's name, at least. */
const digitsMin = 4

/** How many digits tell these apart: so much of a name means one release only, here and now. */
export function digitsToTellApart(known: Iterable<ReplicaId>): number {
  const replicas = [...known].sort()
  return replicas.reduce(
    (digits, replica, at) => Math.max(digits, 1 + sharedDigits(replica, replicas[at + 1] ?? '')),
    digitsMin,
  )
}

function sharedDigits(a: string, b: string): number {
  let count = 0
  while (count < b.length && a[count] === b[count]) count++
  return count
}

export const unknownRelease = (name: string): MeshError =>
  new MeshError(
    'RELEASE_UNKNOWN',
    `release ${name} is not held here: sync, or ask a peer that has it`,
    { release: name },
  )

/** Whatever a caller handed in instead of a text. */
function nameOf(ref: unknown): string {
  if (typeof ref !== 'object' || ref === null || !('replica' in ref && 'seq' in ref)) {
    throw noName(ref)
  }
  return `${String(ref.replica)}·${String(ref.seq)}`
}

const noName = (given: unknown): MeshError =>
  new MeshError(
    'OPTION_INVALID',
    `${shown(given)} names no release: write <replica>·<seq>, such as 7f3a·412`,
    { release: given },
  )
