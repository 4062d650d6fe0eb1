import * as v from 'valibot'
import { index, releaseInfo, value } from './shared.js'

export const entry = v.pipe(
  v.object({
    key: v.string(),
    value,
    version: v.pipe(v.string(), v.description('Hand it back as If-Match, in double quotes.')),
    release: releaseInfo,
    others: v.pipe(
      v.array(v.object({ value, release: releaseInfo })),
      v.description('Not empty: the key is in conflict.'),
    ),
  }),
  v.title('Entry'),
)

export const entries = v.pipe(v.object({ entries: v.array(entry), index }), v.title('Entries'))

export const change = v.pipe(
  v.object({
    key: v.string(),
    value: v.optional(value),
    previous: v.optional(value),
    version: v.nullable(v.string()),
    release: v.optional(releaseInfo),
  }),
  v.title('Change'),
)

export const changes = v.pipe(v.object({ changes: v.array(change) }), v.title('Changes'))
