import { MeshError } from '@grapevine/core'
import type { Draft, SignedDraft, Value } from '@grapevine/peer'
import type { InferOutput } from 'valibot'
import { bytesFrom, valueFrom } from './json.js'
import type { publishing } from './schemas/releases.js'

export type Publishing = InferOutput<typeof publishing>

/** A draft as JSON says it; each value alone is read for bytes, because `$bytes` is a good key. */
export function draftOf({ set = {}, remove, confirmRemoves, ...more }: Publishing): Draft {
  const { ifMatch, message, requestId, force } = more
  const values = Object.entries(set).map(([key, json]): [string, Value] => [key, valueFrom(json)])
  return { set: new Map(values), remove, confirmRemoves, ifMatch, message, requestId, force }
}

/** undefined: it is a plain draft. */
export function signedOf(given: Publishing): SignedDraft | undefined {
  const { intent, badge, ifMatch, confirmRemoves, force, ...wish } = given
  if (intent === undefined && badge === undefined) return undefined
  const [also] = Object.keys(wish)
  if (also !== undefined) throw unusable(also, 'an intent says itself what is written')
  if (intent === undefined || badge === undefined) {
    throw unusable('intent', 'it comes with the badge of its author')
  }
  const links = badge.map(bytesIn('badge'))
  return { intent: bytesIn('intent')(intent), badge: links, ifMatch, confirmRemoves, force }
}

const bytesIn =
  (what: string) =>
  (json: unknown): Uint8Array => {
    const bytes = bytesFrom(json)
    if (bytes === undefined) throw unusable(what, 'it is no {"$bytes": "<base64>"}')
    return bytes
  }

const unusable = (option: string, why: string): MeshError =>
  new MeshError('OPTION_INVALID', `${option} cannot be used: ${why}`, { option })
