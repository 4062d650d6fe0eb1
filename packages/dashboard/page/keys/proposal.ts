import type { PeerClient, Written } from '@grapevine/api/page'
import type { Value } from '@grapevine/core'
import type { Draft } from '@grapevine/peer'
import type { Base } from './drafts.js'

/** What would be written to a key, to be looked at before it is. */
export interface Proposal {
  readonly title: string
  /** What its button does. */
  readonly deed: string
  readonly isDangerous: boolean
  readonly difference: { readonly before: Value | undefined; readonly after: Value | undefined }
  /** What else one should know. */
  readonly notes: readonly string[]
  /** As the schemas are asked about it. */
  readonly draft: Draft
  write(client: Pick<PeerClient, 'publish'>, message: string | undefined): Promise<Written>
}

interface Wish {
  readonly key: string
  /** As it was looked at: it must still be so. */
  readonly base: Base
  /** undefined: it is removed. */
  readonly value: Value | undefined
  /** It settles a conflict, even where the value is the one that is shown. */
  readonly isInConflict: boolean
}

/** It is written only if nobody wrote the key meanwhile. */
export function proposalFor({ key, base, value, isInConflict }: Wish): Proposal {
  const isRemoved = value === undefined
  const draft: Draft = isRemoved ? { remove: [key] } : { set: new Map([[key, value]]) }
  return {
    title: `${isRemoved ? 'Remove' : base.value === undefined ? 'New key' : 'Change'} ${key}`,
    deed: isRemoved ? 'Remove' : 'Publish',
    isDangerous: isRemoved,
    difference: { before: base.value, after: value },
    notes: isInConflict ? ['This settles the conflict: it takes the place of all its sides.'] : [],
    draft,
    write: async (client, message) =>
      client.publish({
        ...draft,
        message,
        ifMatch: new Map([[key, base.version]]),
        force: isInConflict ? true : undefined,
      }),
  }
}
