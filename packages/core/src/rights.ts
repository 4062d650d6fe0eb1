import { type BadgeChain, badgeOf, memberFault, writeFaultOf } from './badge.js'
import { type BadgeId } from './ids.js'
import { limits } from './limits.js'
import { type Change, type Release } from './release.js'
import { type State } from './state.js'

/** As much of a release as its right depends on. */
type Will = Pick<Release, 'peer' | 'author' | 'authorship' | 'badge' | 'stamp'>

/** How a badge is looked up; undefined: it is not known here. */
export type BadgeLookup = (id: BadgeId) => BadgeChain | undefined

/**
 * What is wrong with a release by right: a pure function of the release and the badges it names by
 * their hashes, so it is the same wherever and however it arrives. `missing`: one of them is not known.
 */
type RightFault = { readonly fault: string } | { readonly missing: BadgeId }

export function rightFault(
  { mesh }: Pick<State, 'mesh'>,
  release: Will,
  changes: readonly Pick<Change, 'key'>[],
  lookup: BadgeLookup,
): RightFault | undefined {
  const { author, stamp } = release
  const { writeFault } = mesh
  if (writeFault !== undefined) {
    const fault = firstFault(changes, (key) => writeFault(author, key, stamp.ms))
    if (fault !== undefined) return { fault }
  }
  return mesh.closed === true ? badgeFault(release, changes, lookup) : undefined
}

function badgeFault(
  release: Will,
  changes: readonly Pick<Change, 'key'>[],
  lookup: BadgeLookup,
): RightFault | undefined {
  const { peer, stamp, authorship } = release
  const badge = release.badge!
  const chain = lookup(badge)
  if (chain === undefined) return { missing: badge }
  const isOwn = badgeOf(chain).subject === peer
  const fault = isOwn ? memberFault(chain, stamp.ms) : 'it stands on the badge of another peer'
  if (fault !== undefined) return { fault }
  if (authorship === undefined) return writeFaults(chain, changes, stamp.ms)

  const { author, atMs, untilMs } = authorship
  if (stamp.ms < atMs - limits.intentEarlyMsMax || stamp.ms > untilMs) {
    return { fault: 'it is not stamped within the time that its author gave it' }
  }
  const authors = lookup(authorship.badge)
  if (authors === undefined) return { missing: authorship.badge }
  if (badgeOf(authors).subject !== author) return { fault: 'its author shows the badge of another' }
  return writeFaults(authors, changes, stamp.ms)
}

function writeFaults(
  chain: BadgeChain,
  changes: readonly Pick<Change, 'key'>[],
  ms: number,
): RightFault | undefined {
  const fault = firstFault(changes, (key) => writeFaultOf(chain, key, ms))
  return fault === undefined ? undefined : { fault }
}

function firstFault(
  changes: readonly Pick<Change, 'key'>[],
  faultOf: (key: string) => string | undefined,
): string | undefined {
  for (const { key } of changes) {
    const fault = faultOf(key)
    if (fault !== undefined) return fault
  }
  return undefined
}
