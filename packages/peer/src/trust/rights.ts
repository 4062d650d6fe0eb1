import { MeshError } from '@grapevine/core'
import type { BadgeId, Key, PeerId } from '@grapevine/core'
import type { Inside } from '../api/parts.js'
import type { Exposure } from '../secrets/exposure.js'
import type { Can } from './grants.js'
import type { Guard } from './guard.js'
import { grant, invite, rotateNetworkKey } from './give.js'
import { revoke, seal } from './revoke.js'
import type { Signer } from './signer.js'
import { why } from './why.js'
import type { Why } from './why.js'

/** In whose name something is done; by default that of this peer. */
export interface As {
  readonly as?: Signer | undefined
}

export interface InviteOptions extends As {
  /** What people call the invite; whoever joins with it chooses a name of its own. */
  readonly name?: string | undefined
  /** What whoever joins may write: `{ 'payments/**': 'write' }`. Without it: read. */
  readonly can?: Can | undefined
  /** `one` (the default): whoever comes first. `many`: as many as come, until it ends. */
  readonly uses?: 'one' | 'many' | undefined
  /** How long it lets anybody in; the default is `'24h'`. */
  readonly expires?: number | string | undefined
  /** How long a badge made with it is good; the default is `'365d'`. */
  readonly badgeFor?: number | string | undefined
  /** Where newcomers find members; the default is where this peer and those it knows can be reached. */
  readonly addresses?: readonly string[] | undefined
}

export interface Invite {
  /** For `join`. Whoever has it can come in: hand it over like a key. */
  readonly token: string
  readonly name: string
  /** What stands for it where somebody wants to revoke it. */
  readonly key: PeerId
  readonly badge: BadgeId
  /** Until when it lets anybody in, and until when badges made with it can be good. */
  readonly until: number
  readonly badgesUntil: number
}

export interface GrantOptions extends As {
  readonly can?: Can | undefined
  /** How long it is good; the default is `'365d'`. */
  readonly for?: number | string | undefined
}

export interface Granted {
  /** For the option `badge` of that peer, where it could not be brought; for a person, for its file. */
  readonly badge: string
  readonly id: BadgeId
  readonly until: number
  /** It was brought over a link: its peer goes by it from now on. Else it is, with the next link. */
  readonly isBrought: boolean
}

export interface RevokeOptions extends As {
  /**
   * Whom it let in stays in. The default is to keep them where it is an invite, and not to where it is
   * a member: whoever has gone bad may have let in others like him.
   */
  readonly keepInvited?: boolean | undefined
}

export interface Revoked {
  readonly key: PeerId
  readonly name: string
  /** Badges that go on though they stand on what was revoked. */
  readonly kept: number
  /** What had been written and counts no more, as far as it is known here; more may come to light. */
  readonly voided: { readonly releases: number; readonly keys: readonly Key[] }
  /** Secrets that it could read: replace them. Sealing them again takes nothing back. */
  readonly exposed: readonly Exposure[]
}

export interface RotateOptions extends As {
  /** How long the old key opens, too; the default is `'1h'`, and it is a minute at least. */
  readonly keepOld?: number | string | undefined
}

export interface Rotated {
  readonly number: number
  /** Tokens made before are of no use after this. */
  readonly oldUntil: number
}

/** Who may come in, and who may write what. In an open mesh all but `why` reject with `NOT_ALLOWED`. */
export interface Rights {
  /** Makes a token that lets somebody in, offline from everybody else. */
  invite(options?: InviteOptions): Promise<Invite>
  /** Gives a new badge to somebody who has one: other rights, or more time. */
  grant(who: string, options: GrantOptions): Promise<Granted>
  /**
   * From now on nobody takes anything from a peer, a person or an invite; its connections close. It is
   * named by its name, its key, or the first 8 digits of it.
   */
  revoke(who: string, options?: RevokeOptions): Promise<Revoked>
  /** Changes what opens the first door, for everybody, without dropping anybody. */
  rotateNetworkKey(options?: RotateOptions): Promise<Rotated>
  /** By the root: no revocation goes back behind what every member holds and is older than 30 days. */
  seal(options: { readonly as: Signer }): Promise<void>
  /** Why a key shows what it shows: who wrote it, and by whose leave, link by link up to the root. */
  why(key: string): Why
}

export const rightsOf = (
  inside: Inside,
  exposedTo: (who: string) => Promise<readonly Exposure[]>,
): Rights => ({
  invite: async (options = {}) => invite(inside, guardOf(inside), options),
  grant: async (who, options) => grant(inside, guardOf(inside), who, options),
  revoke: async (who, options = {}) =>
    revoke(inside, guardOf(inside), who, { ...options, exposedTo }),
  rotateNetworkKey: async (options = {}) => rotateNetworkKey(inside, guardOf(inside), options),
  seal: async (options) => seal(inside, guardOf(inside), options),
  why: (key) => why(inside, key),
})

function guardOf({ guard, mesh, closing }: Inside): Guard {
  closing.throwIfAborted()
  if (guard !== undefined) return guard
  throw new MeshError(
    'NOT_ALLOWED',
    `mesh ${mesh} is open: it has no badges, and nobody to let in or to keep out; make a closed one with foundMesh`,
  )
}
