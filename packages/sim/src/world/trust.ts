import type * as Core from '@grapevine/core'
import { forgeBadge, forgeIntent, foreverMs, linkIdOf } from '../hostile/forge-badge.js'
import type { BadgeFields } from '../hostile/forge-badge.js'
import type { Tools } from '../hostile/forge.js'
import { decode, hexOf } from '../hostile/wire.js'
import type { Holder, Plan, PlannedBadge } from '../plan.js'
import { epochMs } from './clock.js'
import type { Signatures } from './crypto.js'

/** The keys and badges of a closed mesh, whoever has them; badges are made from the format alone. */
export interface Trust {
  readonly root: Core.PeerId
  /** Undefined: the plan knows nobody of that number. */
  keyOf(this: void, holder: Holder): Core.PeerId | undefined
  /** The newest badge of a key, links root first; none in an open mesh. */
  badgeOf(this: void, key: Core.PeerId): readonly Uint8Array[]
  give(this: void, whom: Holder, badge: PlannedBadge): void
  signer(this: void, holder: Holder): Core.Signer | undefined
  /** Badges that this key signed, and that a revocation of it can keep. */
  signedBy(this: void, key: Core.PeerId): readonly Core.BadgeId[]
  /** Undefined: the person has no badge. */
  intent(this: void, person: number, wish: Wish): Uint8Array | undefined
}

interface Wish {
  readonly atMs: number
  readonly untilMs: number
  readonly requestId: string | null
  readonly put: ReadonlyMap<string, Core.Value>
  readonly remove: readonly string[]
}

interface Keyring {
  readonly signatures: Signatures
  readonly meshId: Uint8Array
  /** Of the planned peers. */
  readonly ids: readonly Core.PeerId[]
}

export function createTrust(plan: Plan, keyring: Keyring): Trust {
  const { badges = [], persons = [] } = plan.closed ?? {}
  const { signatures, ids } = keyring
  const root = signatures.peerOf('the root')
  const people = persons.map((_, index) => signatures.peerOf(`person ${index}`))
  const newest = new Map<Core.PeerId, readonly Uint8Array[]>()
  const signed = new Map<Core.PeerId, Core.BadgeId[]>()

  const keyOf = (holder: Holder): Core.PeerId | undefined =>
    holder === 'root' ? root : 'peer' in holder ? ids[holder.peer] : people[holder.person]
  const badgeOf = (key: Core.PeerId): readonly Uint8Array[] => newest.get(key) ?? []

  function give(whom: Holder, badge: PlannedBadge): void {
    const [issuer, subject] = [keyOf(badge.by), keyOf(whom)]
    if (issuer === undefined || subject === undefined) return
    const above = badgeOf(issuer)
    // Who has no badge gives none that anybody would read.
    if (above.length === 0 && issuer !== root) return
    const tools = toolsOf(keyring, issuer)
    const link = linkUnder(tools, above.at(-1), { ...badge, issuer, subject, name: nameOf(whom) })
    newest.set(subject, [...above, link])
    const id = hexOf(linkIdOf(tools, link)) as Core.BadgeId
    signed.set(issuer, [...(signed.get(issuer) ?? []), id])
  }

  /** Whoever signs a badge has one itself by then. */
  function begin(whom: Holder, waiting: readonly Holder[]): void {
    const planned = plannedFor(plan, whom)
    const key = keyOf(whom)
    const isWaiting = waiting.some((one) => keyOf(one) === key)
    if (planned === undefined || key === undefined || newest.has(key) || isWaiting) return
    begin(planned.by, [...waiting, whom])
    give(whom, planned)
  }
  for (const peer of badges.keys()) begin({ peer }, [])
  for (const person of persons.keys()) begin({ person }, [])

  return {
    root,
    keyOf,
    badgeOf,
    give,
    signer(holder) {
      const key = keyOf(holder)
      return key && { key, links: badgeOf(key), sign: (bytes) => signatures.signAs(key, bytes) }
    },
    signedBy(key) {
      return signed.get(key) ?? []
    },
    intent(person, wish) {
      const author = people[person]
      const badge = author && badgeOf(author).at(-1)
      return badge && signIntent(toolsOf(keyring, author), { ...wish, author, badge })
    },
  }
}

const toolsOf = ({ signatures, meshId }: Keyring, key: Core.PeerId): Tools => ({
  meshId,
  hash: signatures.hash,
  sign: (bytes) => signatures.signAs(key, bytes),
})

const plannedFor = ({ closed }: Plan, whom: Holder): PlannedBadge | undefined =>
  whom === 'root'
    ? undefined
    : 'peer' in whom
      ? closed?.badges[whom.peer]
      : closed?.persons[whom.person]

/** No longer good than the one that it stands on. */
function linkUnder(
  tools: Tools,
  parent: Uint8Array | undefined,
  {
    endsMs,
    ...fields
  }: Omit<PlannedBadge, 'by'> & Pick<BadgeFields, 'issuer' | 'subject' | 'name'>,
): Uint8Array {
  const wanted = endsMs === undefined ? foreverMs : epochMs + endsMs
  return forgeBadge(tools, {
    ...fields,
    parent: parent === undefined ? null : linkIdOf(tools, parent),
    notBefore: 0,
    notAfter: Math.min(wanted, parent === undefined ? foreverMs : endOf(parent)),
  })
}

function signIntent(
  tools: Tools,
  {
    put,
    remove,
    badge,
    ...fields
  }: Wish & { readonly author: Core.PeerId; readonly badge: Uint8Array },
): Uint8Array {
  const wishes = [
    ...[...put].map(([key, value]) => ({ key, put: value })),
    ...remove.map((key) => ({ key })),
  ]
  const named = { ...fields, badge: linkIdOf(tools, badge), message: null }
  return forgeIntent(tools, named, wishes)
}

const nameOf = (holder: Holder): string =>
  holder === 'root' ? 'root' : 'peer' in holder ? `peer ${holder.peer}` : `person ${holder.person}`

/** When the last link ends. */
function endOf(link: Uint8Array): number {
  const [body] = decode(link) as readonly [Uint8Array]
  return (decode(body) as readonly number[])[8]!
}
