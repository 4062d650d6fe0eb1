import type { Value } from '@grapevine/core'

/** What can be told of a secret without opening it. */
export interface SealedFacts {
  readonly holds: 'text' | 'bytes'
  readonly isForMembers: boolean
  /** As its writer called them; undefined: nobody did. */
  readonly recipients: readonly (string | undefined)[]
  readonly bytes: number
}

type Members = { readonly [name: string]: Value }

/** undefined: it is none. Whoever can write a key can write something that only looks like one. */
export function sealedIn(value: Value | undefined): SealedFacts | undefined {
  const sealed = isMembers(value) && Object.hasOwn(value, '$secret') ? value['$secret'] : undefined
  if (!isMembers(sealed)) return undefined
  const { kind, audience, recipients, age } = sealed
  if (!Array.isArray(recipients) || !(age instanceof Uint8Array)) return undefined
  return {
    holds: kind === 'bytes' ? 'bytes' : 'text',
    isForMembers: audience === 'members',
    recipients: (recipients as readonly Value[]).map(nameOf),
    bytes: age.length,
  }
}

const nameOf = (recipient: Value): string | undefined =>
  isMembers(recipient) && typeof recipient['name'] === 'string' ? recipient['name'] : undefined

const isMembers = (value: Value | undefined): value is Members =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array)
