import { MeshError } from '@grapevine/core'
import type { BadgeChain } from '@grapevine/core'
import type { Inside } from '../api/parts.js'
import { shown } from '../api/shown.js'
import type { Guard } from './guard.js'
import { chainOfSigner, unusable } from './issue-badge.js'
import type { Signer } from './signer.js'

/** Somebody who can sign, with its badge as it counts now; undefined: it is the root. */
interface Acting {
  readonly signer: Signer
  readonly chain: BadgeChain | undefined
}

/** In whose name a call acts, checked while the caller can still do something about it. */
export function actingAs(
  { interpreter, clock }: Pick<Inside, 'interpreter' | 'clock'>,
  guard: Guard,
  as: Signer | undefined,
): Acting {
  const signer = as === undefined ? guard.self() : checkSigner(as)
  const chain = chainOfSigner(guard.mesh, signer, clock.now())
  const fault = chain && interpreter.replica.revocationFault(chain)
  if (fault !== undefined) throw unusable(signer, fault)
  return { signer, chain }
}

function checkSigner(as: unknown): Signer {
  const given = (typeof as === 'object' && as !== null ? as : {}) as Partial<Signer>
  const isSigner =
    typeof given.key === 'string' && typeof given.sign === 'function' && Array.isArray(given.links)
  if (isSigner) return given as Signer
  throw new MeshError(
    'OPTION_INVALID',
    `as ${shown(typeof as)} is no signer: open one with openSigner({ file })`,
    { option: 'as' },
  )
}
