import { MeshError, grantInWords } from '@grapevine/core'
import type { BadgeInfo, Rights } from '@grapevine/peer'
import type { Call } from '../call.js'
import { Complaint, misused } from '../complain.js'
import { exitCodes } from '../exit-codes.js'
import type { ExitCode } from '../exit-codes.js'
import { nextCommand } from '../shown/next-command.js'
import { many } from '../verb.js'

type TrustActs = Pick<Rights, 'invite' | 'grant' | 'revoke' | 'rotateNetworkKey'>

/**
 * Who lets in and keeps out: the peer, with its own rights, or a person. The key of a person never
 * leaves its process, and the API of a running peer takes none: it needs a peer of its own.
 */
export async function trustActs(call: Call): Promise<TrustActs> {
  const as = await call.signer()
  const acting = await call.peer()
  if (as === undefined) return acting.client
  if (acting.by === 'running') {
    throw new Complaint(
      exitCodes.usage,
      'SIGNER_NEEDS_PEER',
      `grapevine ${call.verb} --as cannot go through the peer that runs in ${call.settings.dataDir}: it would have to be handed the key`,
      {
        next: 'leave --as out to act with the rights of that peer, or name with --data-dir the folder of a peer that does not run: its copy speaks for the length of this command',
      },
    )
  }
  const { peer } = acting
  return {
    invite: async (options) => peer.invite({ ...options, as }),
    grant: async (who, options) => peer.grant(who, { ...options, as }),
    revoke: async (who, options) => peer.revoke(who, { ...options, as }),
    rotateNetworkKey: async (options) => peer.rotateNetworkKey({ ...options, as }),
  }
}

/** What a peer that ends with this command has said reaches others only if one of them hears it now. */
export async function spread(call: Call, timeout: string): Promise<ExitCode> {
  const acting = await call.peer()
  if (acting.by === 'running') return exitCodes.ok
  try {
    await acting.client.sync({ timeout })
    return exitCodes.ok
  } catch (error) {
    if (!(error instanceof MeshError) || error.code !== 'NOT_READY') throw error
    throw new Complaint(
      exitCodes.notReached,
      error.code,
      `it is done, and only ${call.settings.dataDir} knows: nobody else could be reached`,
      { next: `${nextCommand(call, 'up')}: the others hear of it as soon as they meet` },
    )
  }
}

/** Of everything that hands out rights. */
export const canOption = many(
  '<keys=right>',
  "what it may do where, as 'payments/**=write'; or invite, or admin; more than once",
  { check: (given) => void rightOf(given) },
)

/** `payments/**=write` each; the library says whether there are such rights. */
export const canOf = (given: readonly string[]): Parameters<Rights['grant']>[1]['can'] =>
  Object.fromEntries(given.map(rightOf))

type Can = NonNullable<Parameters<Rights['grant']>[1]['can']>

function rightOf(given: string): readonly [keys: string, right: Can[string]] {
  const [, keys, right] = /^(.+)=(write|invite|admin)$/s.exec(given) ?? []
  if (keys !== undefined) return [keys, right as Can[string]]
  throw misused(
    `--can ${JSON.stringify(given)} cannot be used`,
    "write keys and a right, as 'payments/**=write'; the rights are write, invite and admin, and everybody reads",
  )
}

export const grantsInWords = (badge: BadgeInfo | undefined): string => {
  if (badge === undefined) return ''
  return badge.grants.length === 0 ? 'read' : badge.grants.map(grantInWords).join(', ')
}
