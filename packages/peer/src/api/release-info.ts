import type { Dot, Release, ReplicaId } from '@grapevine/core'
import { MeshError, formatDot } from '@grapevine/core'
import type { ReleaseInfo, ReleaseRef } from '../peer.js'
import { shown } from './shown.js'

export const releaseInfo = (release: Release): ReleaseInfo => ({
  name: formatDot(release),
  replica: release.replica,
  seq: release.seq,
  id: release.id,
  author: release.peer,
  at: release.stamp.ms,
  stamp: release.stamp,
  message: release.message,
  requestId: release.requestId,
})

/** One object for each release, however many of its changes are shown. */
export function releaseInfos(): (release: Release) => ReleaseInfo {
  const infos = new Map<Release, ReleaseInfo>()
  return (release) => {
    const known = infos.get(release)
    if (known !== undefined) return known
    const info = releaseInfo(release)
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
