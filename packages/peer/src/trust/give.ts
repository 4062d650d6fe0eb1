import { randomBytes } from 'node:crypto'
import { MeshError, badgeOf } from '@grapevine/core'
import type { BadgeChain } from '@grapevine/core'
import { lifetimeMs } from '../api/durations.js'
import type { Inside } from '../api/parts.js'
import { shown } from '../api/shown.js'
import { waitFor } from '../api/waiting.js'
import { checkLabel, checkTexts } from '../options.js'
import { actingAs } from './acting.js'
import { formatBadge, linksOf } from './badge-text.js'
import { grantsOf } from './grants.js'
import type { Guard } from './guard.js'
import { beginOf, issueBadge, unusable } from './issue-badge.js'
import { adminFault, keepOldMsMin, signRotation } from './network-keys.js'
import type {
  GrantOptions,
  Granted,
  Invite,
  InviteOptions,
  RotateOptions,
  Rotated,
} from './rights.js'
import { newIdentity } from './signer.js'
import { subjectMeant } from './subjects.js'
import { formatToken, tokenAddressesMax } from './token.js'

/** A key that is nobody's, with a badge that says what may be made of it. */
export async function invite(
  inside: Inside,
  guard: Guard,
  options: InviteOptions,
): Promise<Invite> {
  const { name = 'invite', can, uses = 'one', expires = '24h', badgeFor = '365d' } = options
  if (!['one', 'many'].includes(uses)) {
    throw new MeshError(
      'OPTION_INVALID',
      `uses ${shown(uses)} cannot be used: write 'one' or 'many'`,
    )
  }
  const addresses = checkTexts('addresses', options.addresses ?? (await addressesOf(inside)))
  const now = inside.clock.now()
  const notAfter = now + lifetimeMs('expires', expires)
  const badgeMs = lifetimeMs('badgeFor', badgeFor)
  const { identity, seed } = newIdentity()
  const { signer } = actingAs(inside, guard, options.as)
  const chain = issueBadge(guard.mesh, signer, {
    subject: identity.peer,
    name: checkLabel('name', name),
    labels: new Map(),
    grants: grantsOf(can),
    notBefore: beginOf(now),
    notAfter,
    invite: { uses, badgeMs, untilMs: notAfter + badgeMs },
  })
  guard.invites.add(chain)
  const made = badgeOf(chain)
  const { number, secret } = guard.keys.newest()
  const networkKey = { number, secret }
  const { genesis } = guard
  return {
    token: formatToken({ genesis, links: linksOf(chain), seed, networkKey, addresses }),
    name: made.name,
    key: made.subject,
    badge: made.id,
    until: made.notAfter,
    badgesUntil: made.invite?.untilMs ?? made.notAfter,
  }
}

/** A peer that was just opened does not listen yet. */
const listenMs = 10_000

/** This peer first, and what is beyond this machine before what is not. */
async function addressesOf(inside: Inside): Promise<readonly string[]> {
  const { network, members, clock, closing, listening } = inside
  const late = (): MeshError =>
    new MeshError(
      'NOT_READY',
      'no token was made: this peer does not listen yet, so nobody would find it; see its notices, or say where members are with `addresses`',
    )
  await waitFor<void>({ clock, ends: [closing], timeoutMs: listenMs, late }, (resolve) => {
    void listening.then(resolve)
    return () => {}
  })
  const linked = new Set(network.links().map(({ peer }) => peer))
  const others = members.contacts().filter(({ peer }) => linked.has(peer))
  const known = [...network.addresses(), ...others.flatMap(({ addresses }) => addresses[0] ?? [])]
  const isNear = (address: string): boolean => /^\/(?:ip4\/127\.|ip6\/::1\/)/.test(address)
  const sorted = [...known.filter((one) => !isNear(one)), ...known.filter(isNear)]
  return [...new Set(sorted)].slice(0, tokenAddressesMax)
}

/** A new badge for a key that has one: what it was called, and what is sealed to it, stay as they were. */
export function grant(inside: Inside, guard: Guard, who: string, options: GrantOptions): Granted {
  const { can, for: lasts = '365d' } = options
  const now = inside.clock.now()
  const { signer } = actingAs(inside, guard, options.as)
  const { key, name: calledSo, badges } = subjectMeant(inside, guard, who)
  const held = badges.at(-1)
  if (held === undefined || badgeOf(held).invite !== null) {
    throw new MeshError(
      'NOT_A_MEMBER',
      `${calledSo} has no badge that could be replaced: let it in with an invite first`,
    )
  }
  const { name, labels } = badgeOf(held)
  const notAfter = now + lifetimeMs('for', lasts)
  const chain = issueBadge(guard.mesh, signer, {
    subject: key,
    name,
    labels,
    grants: grantsOf(can),
    // Of two badges the later one counts, however little later.
    notBefore: Math.max(beginOf(now), badgeOf(held).notBefore + 1),
    notAfter,
  })
  const { id, notAfter: until } = badgeOf(chain)
  const badge = formatBadge({ genesis: guard.genesis, chain })
  return { badge, id, until, isBrought: bring(inside, guard, chain) }
}

function bring({ id, network }: Inside, guard: Guard, chain: BadgeChain): boolean {
  const { subject } = badgeOf(chain)
  if (subject === id) return guard.own.take(chain)
  guard.learnBadge(chain)
  return network.bringBadge(subject, linksOf(chain))
}

/** The next key for the first door, told to all who are linked, and by them to all others. */
export function rotateNetworkKey(inside: Inside, guard: Guard, options: RotateOptions): Rotated {
  const { keepOld = '1h' } = options
  const keepOldMs = Math.max(keepOldMsMin, lifetimeMs('keepOld', keepOld))
  const atMs = inside.clock.now()
  const { signer, chain } = actingAs(inside, guard, options.as)
  const fault = chain && adminFault(chain, signer.key, atMs)
  if (fault !== undefined) throw unusable(signer, fault)
  const number = guard.keys.newest().number + 1
  const secret = new Uint8Array(randomBytes(32))
  guard.keys.hear(signRotation(guard.mesh, signer, { number, secret, atMs, keepOldMs }))
  inside.network.tellKeys()
  return { number, oldUntil: atMs + keepOldMs }
}
