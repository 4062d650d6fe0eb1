import * as v from 'valibot'
import { releaseInfo, time, value } from './shared.js'

const text = v.string()

export const history = v.pipe(
  v.object({ versions: v.array(v.object({ value: v.optional(value), release: releaseInfo })) }),
  v.title('History'),
)

const grant = v.object({ prefix: text, can: v.picklist(['write', 'invite', 'admin']) })
export const grants = v.array(grant)

const link = v.object({
  name: text,
  key: text,
  grants,
  isInvite: v.boolean(),
  by: text,
  from: time,
  until: time,
})

export const why = v.pipe(
  v.object({
    key: text,
    value: v.optional(value),
    release: v.optional(releaseInfo),
    right: v.optional(v.object({ links: v.array(link), fault: v.optional(text) })),
    struck: v.array(v.object({ release: releaseInfo, value: v.optional(value), reason: text })),
    text: v.pipe(text, v.description('For people.')),
  }),
  v.title('Why'),
)
