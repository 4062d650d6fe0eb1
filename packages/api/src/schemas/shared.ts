import * as v from 'valibot'

/** Whatever JSON there is: `{"$bytes": "<base64>"}` stands for bytes. */
export const value = v.pipe(
  v.any(),
  v.title('Value'),
  v.description('Any JSON; {"$bytes": "<base64>"} stands for bytes.'),
)

export const bytes = v.pipe(
  v.object({ $bytes: v.string() }),
  v.title('Bytes'),
  v.description('Bytes, in base64.'),
)

export const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** Milliseconds since 1970. */
export const time = v.pipe(v.number(), v.description('Milliseconds since 1970.'))

export const dot = v.object({ replica: v.string(), seq: count })

export const releaseInfo = v.pipe(
  v.object({
    name: v.pipe(
      v.string(),
      v.description('<replica>·<seq>: what every call takes for a release.'),
    ),
    replica: v.string(),
    seq: count,
    id: v.string(),
    author: v.string(),
    authorName: v.optional(v.string()),
    relay: v.string(),
    at: time,
    stamp: v.object({ ms: v.number(), counter: count }),
    message: v.optional(v.string()),
    requestId: v.optional(v.string()),
  }),
  v.title('ReleaseInfo'),
)

export const written = v.pipe(
  v.object({
    ...releaseInfo.pipe[0].entries,
    isNew: v.pipe(
      v.boolean(),
      v.description('false: all was there already, and this release says so.'),
    ),
  }),
  v.title('Written'),
)

/** Where a reader stands: hand it back as `index`, `from` or `Last-Event-ID`. */
export const index = v.pipe(v.string(), v.regex(/^[0-9a-z]+-\d{1,15}$/), v.title('Index'))

export const difference = v.pipe(
  v.object({ key: v.string(), before: v.optional(value), after: v.optional(value) }),
  v.title('Difference'),
)

export const problem = v.pipe(
  v.object({
    type: v.literal('about:blank'),
    title: v.string(),
    status: count,
    detail: v.pipe(v.string(), v.description('What failed, and what to do.')),
    code: v.pipe(v.string(), v.description('Stable: that of the library.')),
    data: v.optional(v.record(v.string(), v.any())),
  }),
  v.title('Problem'),
)
