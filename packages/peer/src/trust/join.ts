import { Malformed, badgeOf, openMesh, readChain } from '@grapevine/core'
import type { BadgeChain, Mesh } from '@grapevine/core'
import { rulesOf } from '../running/genesis.js'
import { cryptoOf, identityOf } from '../running/identity.js'
import type { Identity } from '../network/network.js'
import { beginOf, issueBadge } from './issue-badge.js'
import { tokenInvalid } from './token.js'
import type { Token } from './token.js'

interface Joiner {
  readonly identity: Identity
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly nowMs: number
}

/** Makes a badge with an invite, by the key that is in its token: nobody has to be reached for it. */
export function makeOwnBadge(token: Token, joiner: Joiner): BadgeChain {
  const { identity, name, labels, nowMs } = joiner
  const mesh = openMesh(rulesOf(token.genesis), cryptoOf(identity))
  const inviter = identityOf(token.seed)
  const invite = badgeOf(readInvite(mesh, token))
  if (invite.invite === null || invite.subject !== inviter.peer) {
    throw tokenInvalid(new Malformed('its badge is no invite for its key'))
  }
  const begins = beginOf(nowMs)
  if (begins > invite.notAfter) {
    const ended = new Date(invite.notAfter).toISOString()
    throw tokenInvalid(new Malformed(`its invite ended ${ended}; ask for a new one`))
  }
  const notBefore = Math.max(begins, invite.notBefore)
  const signer = { key: inviter.peer, name: invite.name, links: token.links, sign: inviter.sign }
  return issueBadge(mesh, signer, {
    subject: identity.peer,
    name,
    labels,
    grants: invite.grants,
    notBefore,
    notAfter: notBefore + invite.invite.badgeMs,
  })
}

function readInvite(mesh: Mesh, { links }: Token): BadgeChain {
  try {
    return readChain(mesh, links)
  } catch (error) {
    throw tokenInvalid(error)
  }
}
