import * as v from 'valibot'
import { bytes, releaseInfo, value } from './shared.js'

const text = v.string()
const plain = v.union([text, bytes])
const to = v.union([v.literal('members'), v.array(text)])

export const secret = v.pipe(v.object({ secret: plain }), v.title('Secret'))

const wanted = {
  secret: plain,
  to: v.pipe(to, v.description('"members", or names, peer ids and age recipients.')),
  force: v.optional(v.boolean()),
}

export const sealing = v.pipe(v.strictObject(wanted), v.title('Sealing'))
export const sealed = v.pipe(v.object({ value }), v.title('Sealed'))

export const setSecret = v.pipe(
  v.strictObject({
    ...wanted,
    message: v.optional(text),
    requestId: v.optional(text),
    ifMatch: v.optional(v.nullable(text)),
  }),
  v.title('SetSecret'),
)

export const secrets = v.pipe(
  v.object({
    secrets: v.array(
      v.object({
        key: text,
        release: releaseInfo,
        to: v.picklist(['members', 'named']),
        recipients: v.array(
          v.object({ age: text, peer: v.optional(text), name: text, isStale: v.boolean() }),
        ),
        missing: v.array(text),
        isReadable: v.boolean(),
        isConflict: v.boolean(),
        fault: v.optional(text),
      }),
    ),
  }),
  v.title('Secrets'),
)

const exposure = v.pipe(
  v.object({
    key: text,
    release: releaseInfo,
    present: v.picklist(['readable', 'same', 'changed', 'removed', 'unknown']),
  }),
  v.title('Exposure'),
)

export const exposures = v.pipe(v.object({ exposed: v.array(exposure) }), v.title('Exposures'))
export const exposedKeys = v.array(exposure)
