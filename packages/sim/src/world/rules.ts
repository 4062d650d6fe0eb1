import type * as Core from '@grapevine/core'
import { epochMs } from './clock.js'

/** How long everybody may write under `granted/`, on wall clocks, from the beginning of the run. */
const grantMs = 3_600_000

interface Founders {
  readonly id: Uint8Array
  readonly admins: ReadonlySet<Core.PeerId>
  readonly revocable: boolean
  /** Of a closed mesh: its root is the only admin that needs no badge. */
  readonly root?: Core.PeerId | undefined
}

/**
 * Two kinds of keys are not for everybody at all times, so that rights are met in every open mesh. In
 * a closed one badges say all.
 */
export function meshRules({ id, admins, revocable, root }: Founders): Core.MeshRules {
  if (root !== undefined) return { id, admins: new Set([root]), revocable: true, closed: true }
  return {
    id,
    admins,
    revocable,
    writeFault(author, key, ms) {
      if (key.startsWith('granted/') && ms >= epochMs + grantMs) return 'the grant has ended'
      if (key.startsWith('admins/') && !admins.has(author)) return 'only admins may write this'
      return undefined
    },
  }
}
