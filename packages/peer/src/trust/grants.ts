import { MeshError, checkKey, grantInWords, limits } from '@grapevine/core'
import type { Grant } from '@grapevine/core'
import { shown } from '../api/shown.js'

/**
 * What somebody may do, by prefixes of whole segments: `{ 'payments/**': 'write' }`. `**` is every
 * key; nothing at all is a badge to read with. `invite` lets others in, with no more than it has
 * itself; `admin` is both, and makes other admins.
 */
export type Can = Readonly<Record<string, Grant['can']>>

const abilities: readonly unknown[] = ['write', 'invite', 'admin'] satisfies Grant['can'][]

export function grantsOf(can: Can | undefined): readonly Grant[] {
  if (can === undefined) return []
  if (typeof can !== 'object' || (can as unknown) === null || Array.isArray(can)) {
    throw invalid(can, "{ 'payments/**': 'write' }")
  }
  const grants = Object.entries(can).map(([pattern, ability]): Grant => {
    if (!abilities.includes(ability)) throw invalid(ability, "'write', 'invite' or 'admin'")
    return { prefix: prefixOf(pattern), can: ability }
  })
  if (grants.length <= limits.badgeGrantsMax) return grants
  throw new MeshError(
    'OPTION_INVALID',
    `can has ${grants.length} prefixes, the limit is ${limits.badgeGrantsMax}`,
  )
}

/** `a/b` and `a/b/**` are the same: a prefix covers the key of its name, and all below. */
function prefixOf(pattern: string): string {
  if (pattern === '**') return ''
  const prefix = pattern.endsWith('/**') ? pattern.slice(0, -3) : pattern
  if (prefix === '' || prefix.includes('*')) {
    throw invalid(pattern, "'payments/**', or '**' for every key")
  }
  return checkKey(prefix)
}

export const grantsInWords = (grants: readonly Grant[]): string =>
  grants.length === 0 ? 'read only' : grants.map(grantInWords).join(', ')

const invalid = (given: unknown, expected: string): MeshError =>
  new MeshError('OPTION_INVALID', `can ${shown(given)} cannot be used: write ${expected}`, {
    option: 'can',
  })
