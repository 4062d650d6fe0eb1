import { covers, writeFaultOf } from '@grapevine/core'
import type { Badge, BadgeChain, Grant, PeerId, Release, Value } from '@grapevine/core'
import type { Inside } from '../api/parts.js'
import { releaseInfos } from '../api/release-info.js'
import type { ReleaseInfo } from '../peer.js'
import { textOf } from './why-text.js'

/** Why a key shows what it shows: by whose will, and by whose leave. */
export interface Why {
  readonly key: string
  /** undefined: it shows none. */
  readonly value: Value | undefined
  /** What put it there, or removed it; undefined: nothing that is known here. */
  readonly release: ReleaseInfo | undefined
  /** In a closed mesh: by what its author might write it. */
  readonly right: Right | undefined
  /** What is held, and counts no more, because its author was revoked. */
  readonly struck: readonly Struck[]
  /** For people: a few lines, indented below the first. */
  readonly text: string
}

export interface Right {
  /** From the author up to the root: each was given what it has by the next. */
  readonly links: readonly RightLink[]
  /** Why it does not hold now; undefined: it does. What was written while it did is not touched by that. */
  readonly fault: string | undefined
}

export interface RightLink {
  readonly name: string
  readonly key: PeerId
  /** What it needed for this: of its grants, those that cover the key. */
  readonly grants: readonly Grant[]
  readonly isInvite: boolean
  /** Who gave it: `root` at the end. */
  readonly by: string
  readonly from: number
  readonly until: number
}

export interface Struck {
  readonly release: ReleaseInfo
  /** undefined: it had removed the key. */
  readonly value: Value | undefined
  readonly reason: string
}

export function why(inside: Inside, key: string): Why {
  const { interpreter, view, guard, clock } = inside
  const { replica } = interpreter
  const infoOf = releaseInfos(replica)
  const text = typeof key === 'string' ? key : ''
  const entry = view.entry(text)
  const last = replica
    .history(text)
    .findLast(({ release, change }) =>
      entry === undefined ? change.put === undefined : release.id === entry.release.id,
    )
  const struck = replica.struckOn(text).map(({ release, change }): Struck => ({
    release: infoOf(release),
    value: change.put?.value,
    reason: replica.struck(release) ?? 'its author was revoked before it',
  }))
  const chain = last && chainOf(replica, last.release)
  const answer = {
    key: text,
    value: entry?.value,
    release: entry?.release ?? (last && infoOf(last.release)),
    right: chain && rightOf(chain, text, (one) => replica.revocationFault(one), clock.now()),
    struck,
  }
  return { ...answer, text: textOf(answer, inside.names(), guard !== undefined) }
}

/** By which badge its author wrote. */
function chainOf(
  replica: Inside['interpreter']['replica'],
  { authorship, badge }: Release,
): BadgeChain | undefined {
  const id = authorship?.badge ?? badge
  return id === undefined ? undefined : replica.badge(id)
}

function rightOf(
  chain: BadgeChain,
  key: string,
  revocationFault: (chain: BadgeChain) => string | undefined,
  nowMs: number,
): Right {
  const links = chain.map((link, at) => linkOf(link, chain[at - 1], key)).toReversed()
  return { links, fault: revocationFault(chain) ?? writeFaultOf(chain, key, nowMs) }
}

function linkOf(link: Badge, parent: Badge | undefined, key: string): RightLink {
  return {
    name: link.name,
    key: link.subject,
    grants: link.grants.filter(({ prefix }) => covers(prefix, key)),
    isInvite: link.invite !== null,
    by: parent?.name ?? 'root',
    from: link.notBefore,
    until: link.notAfter,
  }
}
