import { badgeOf, openMesh } from '@grapevine/core'
import type { BadgeChain, Mesh, Records } from '@grapevine/core'
import type { Clock } from '../clock.js'
import type { Identity, Network, Trust } from '../network/network.js'
import type { Notice } from '../peer.js'
import { rulesOf } from '../running/genesis.js'
import type { ClosedGenesis } from '../running/genesis.js'
import { cryptoOf } from '../running/identity.js'
import type { Interpreter } from '../running/interpreter.js'
import type { MemberBy, Members } from '../running/members.js'
import type { Transaction } from '../store/store.js'
import { createAdmission, endOf, sameLinks } from './admission.js'
import type { Admission } from './admission.js'
import { linksOf } from './badge-text.js'
import { createGuests } from './guests.js'
import { openInvites } from './invites.js'
import type { Invites } from './invites.js'
import { openNetworkKeys } from './network-keys.js'
import type { NetworkKeys } from './network-keys.js'
import { createOwnBadge, isFor } from './own-badge.js'
import type { OwnBadge } from './own-badge.js'
import { signerOf } from './signer.js'
import type { Signer } from './signer.js'

/** What guards a closed mesh at this peer: who is a member, and what opens the doors. */
export interface Guard {
  readonly mesh: Mesh
  readonly genesis: ClosedGenesis
  readonly trust: Trust
  readonly keys: NetworkKeys
  readonly own: OwnBadge
  readonly invites: Invites
  /** This peer itself, for what it signs by its own badge. */
  self(): Signer
  /** As what somebody is a member by the badge that counts; undefined: he is none. */
  readonly memberBy: MemberBy
  /** Badges of members, this peer's first. */
  chains(): readonly BadgeChain[]
  /** A member has a new badge: this peer goes by it, and tells others. */
  learnBadge(chain: BadgeChain): void
  /** Time has passed, or somebody was revoked: whoever is no member any more leaves at once. */
  look(hasRevoked: boolean): void
}

interface GuardOptions {
  readonly genesis: ClosedGenesis
  readonly identity: Identity
  readonly name: string
  readonly badge: BadgeChain
  readonly recipient: string
  readonly records: Records
  readonly clock: Clock
  readonly interpreter: Pick<Interpreter, 'note' | 'handle' | 'replica'>
  /** They are made after this. */
  readonly parts: () => { readonly members: Members; readonly network: Network }
  readonly notice: (notice: Notice) => void
  readonly renew: (() => BadgeChain) | undefined
}

export function createGuard(options: GuardOptions): Guard {
  const { genesis, identity, name, parts } = options
  const mesh = openMesh(rulesOf(genesis), cryptoOf(identity))
  const { guests, admission, invites, keys, own } = watchOf(options, mesh, () => look(true))

  function look(hasRevoked: boolean): void {
    own.look()
    guests.forgetEnded()
    invites.forgetEnded()
    const { members, network } = parts()
    if (members.forgetStrangers(hasRevoked) || hasRevoked) network.recheck()
  }

  function learnBadge(chain: BadgeChain): void {
    const { subject } = badgeOf(chain)
    const { members } = parts()
    const known = members.contact(subject)
    if (known === undefined || sameLinks(chain, known.badge ?? [])) return
    const admitted = admission.admit(subject, linksOf(chain), 'hearsay')
    if (admitted.is !== 'member') return
    members.learn({ ...known, badge: linksOf(admitted.badge) }, identity.peer)
  }

  return {
    mesh,
    genesis,
    keys,
    own,
    invites,
    self: () => signerOf(identity, name, own.chain()),
    memberBy(peer, told, known, isByItself) {
      const chain = admission.newest(peer, { told, known, isByItself })
      if (typeof chain === 'string') return undefined
      return { untilMs: endOf(chain), badge: linksOf(chain), name: badgeOf(chain).name }
    },
    chains: () => [own.chain(), ...chainsIn(parts().members, admission)],
    learnBadge,
    look,
    trust: {
      badge: () => linksOf(own.chain()),
      admit: (peer, badge, how) => admission.admit(peer, badge, how),
      networkKeys: () => keys.live(),
      keysFrame: () => keys.frame(),
      hearKeys: (frame) => keys.hear(frame),
      hearBadge(links) {
        const chain = admission.read(links)
        if (isFor(chain, identity.peer)) own.take(chain)
        else learnBadge(chain)
      },
    },
  }
}

/** What stands at the doors. */
function watchOf(options: GuardOptions, mesh: Mesh, lookAgain: () => void) {
  const { records, clock, interpreter, parts, notice } = options
  const { now } = clock
  const note = (transaction: Transaction): void => interpreter.note(transaction)
  const revocationFault = (chain: BadgeChain): string | undefined =>
    interpreter.replica.revocationFault(chain)

  const guests = createGuests({
    records,
    now,
    note,
    isKnown: (id) =>
      own.chain().some((link) => link.id === id) || interpreter.replica.badge(id) !== undefined,
    usedTwice(invite, kept, lost) {
      const [is, isNot] = [kept, lost].map((key) => key.slice(0, 8))
      const text = `the single-use invite ${invite.name} was used twice: ${is} is in, ${isNot} is not; if that is not whom you meant, revoke both`
      notice({ notice: 'invite', text })
      // Not from within whatever is being decided right now.
      clock.after(0, lookAgain)
    },
  })
  const admission = createAdmission({
    mesh,
    now,
    guests,
    revocationFault,
    inBook: (peer) => parts().members.contact(peer)?.badge,
    seen: showTo(interpreter),
  })
  const own = createOwnBadge({
    mesh,
    chain: options.badge,
    now,
    note,
    notice: (text) => notice({ notice: 'badge', text }),
    revocationFault,
    recipient: options.recipient,
    renew: options.renew,
    onChange(chain) {
      interpreter.handle({ type: 'badge', links: linksOf(chain) })
      const { network } = parts()
      for (const { peer } of network.links()) network.bringBadge(peer, linksOf(chain))
    },
  })
  const invites = openInvites({ mesh, records, now, note })
  const keys = openNetworkKeys({ mesh, records, now, note, revocationFault })
  return { guests, admission, own, invites, keys }
}

/** Each badge once in a while: the replica keeps those that were shown last. */
function showTo(interpreter: Pick<Interpreter, 'handle' | 'replica'>): (chain: BadgeChain) => void {
  return (chain) => {
    if (interpreter.replica.badge(badgeOf(chain).id) !== undefined) return
    interpreter.handle({ type: 'show-badge', links: linksOf(chain) })
  }
}

const chainsIn = (members: Members, admission: Admission): readonly BadgeChain[] =>
  members.contacts().flatMap(({ peer, badge = [] }) => {
    const chain = admission.judge(peer, badge, true)
    return typeof chain === 'string' ? [] : [chain]
  })
