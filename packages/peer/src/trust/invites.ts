import { asBytes, asList, badgeOf, decode, encode, readChain } from '@grapevine/core'
import type { BadgeChain, Mesh, PeerId, Records } from '@grapevine/core'
import type { Transaction } from '../store/store.js'
import { linksOf } from './badge-text.js'

/** Invites that this peer made: so that they can be revoked by name before anybody has used them. */
export interface Invites {
  add(chain: BadgeChain): void
  chains(): readonly BadgeChain[]
  forgetEnded(): void
}

const prefix = 'peer/invite/'
const invitesMax = 10_000

export function openInvites(options: {
  readonly mesh: Mesh
  readonly records: Records
  readonly now: () => number
  readonly note: (transaction: Transaction) => void
}): Invites {
  const { mesh, records, now, note } = options
  const invites = new Map<PeerId, BadgeChain>()
  for (const [name, bytes] of records) {
    if (!name.startsWith(prefix)) continue
    const links = asList(decode(bytes), 'invite').map((link) => asBytes(link, 'link'))
    invites.set(name.slice(prefix.length) as PeerId, readChain(mesh, links))
  }

  function forget(gone: readonly PeerId[]): void {
    for (const key of gone) invites.delete(key)
    if (gone.length > 0) note(new Map(gone.map((key) => [prefix + key, null])))
  }

  return {
    add(chain) {
      const { subject } = badgeOf(chain)
      const [oldest] = invites.keys()
      if (invites.size >= invitesMax && oldest !== undefined) forget([oldest])
      invites.set(subject, chain)
      note(new Map([[prefix + subject, encode(linksOf(chain))]]))
    },
    chains: () => [...invites.values()],
    forgetEnded() {
      // What was made with it can be good for longer than itself.
      const isOver = ([, chain]: [PeerId, BadgeChain]): boolean =>
        now() > (badgeOf(chain).invite?.untilMs ?? 0)
      forget([...invites].filter(isOver).map(([key]) => key))
    },
  }
}
