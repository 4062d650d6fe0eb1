import * as v from 'valibot'
import { bytes, count, difference, problem, releaseInfo, time, value, written } from './shared.js'

const text = v.string()
const keys = v.array(text)
const versions = v.record(text, v.nullable(text))

const wish = {
  set: v.optional(v.record(text, value)),
  remove: v.optional(keys),
  message: v.optional(text),
  requestId: v.optional(text),
}
const conditions = {
  confirmRemoves: v.optional(
    v.pipe(v.number(), v.description('The exact number, once there are more than 16.')),
  ),
  ifMatch: v.optional(
    v.pipe(versions, v.description('The version that a key must be at; null: it must be absent.')),
  ),
  force: v.optional(v.boolean()),
}

export const draft = v.pipe(v.strictObject({ ...wish, ...conditions }), v.title('Draft'))

export const publishing = v.pipe(
  v.strictObject({
    ...wish,
    ...conditions,
    intent: v.optional(
      v.pipe(bytes, v.description('Instead of a draft: one that its author signed.')),
    ),
    badge: v.optional(v.pipe(v.array(bytes), v.description('That of its author, root first.'))),
  }),
  v.title('Publishing'),
)

export const differences = v.pipe(
  v.object({ differences: v.array(difference) }),
  v.title('Differences'),
)

export const refused = v.pipe(
  v.object({
    refused: v.pipe(
      v.array(v.object({ key: text, reason: text })),
      v.description('Empty: what is bound in this process takes it.'),
    ),
  }),
  v.title('Refused'),
)

export const release = v.pipe(
  v.object({ release: releaseInfo, changes: v.array(difference) }),
  v.title('Release'),
)

const member = { peer: text, name: text }
const receipt = v.pipe(
  v.variant('receipt', [
    v.object({ ...member, receipt: v.literal('reached') }),
    v.object({ ...member, receipt: v.literal('pending') }),
    v.object({ ...member, receipt: v.literal('refused'), key: text, reason: text }),
    v.object({
      ...member,
      receipt: v.literal('silent'),
      heardAt: v.optional(time),
      lastSeq: count,
    }),
  ]),
  v.title('Receipt'),
)

export const receipts = v.pipe(v.object({ receipts: v.array(receipt) }), v.title('Receipts'))

const reach = v.pipe(
  v.object({ reached: count, refused: count, members: count, receipts: v.array(receipt) }),
  v.title('Reach'),
)

const row = v.pipe(
  v.object({
    release: releaseInfo,
    keys: v.pipe(keys, v.description('At most 5 of them.')),
    changes: count,
    reached: count,
    refused: count,
    pending: count,
    silent: count,
    refusals: v.array(v.object({ ...member, key: text, reason: text })),
    silentPeers: v.array(v.object({ ...member, heardAt: v.optional(time) })),
  }),
  v.title('ReleaseRow'),
)

export const releaseRows = v.pipe(v.object({ releases: v.array(row) }), v.title('Releases'))

export const reachEvent = v.pipe(
  v.union([reach, problem]),
  v.description('`progress` and `reached`: a Reach; `not-reached`: a Problem.'),
)

export const rollback = v.pipe(
  v.strictObject({ message: v.optional(text), requestId: v.optional(text) }),
  v.title('Rollback'),
)

export const rolledBack = v.pipe(
  v.object({
    published: v.optional(written),
    returned: keys,
    changedSince: keys,
    unknown: keys,
  }),
  v.title('RolledBack'),
)

export const rollbackPlan = v.pipe(
  v.object({ draft, changedSince: keys, unknown: keys }),
  v.title('RollbackPlan'),
)

export const resolving = v.pipe(
  v.strictObject({
    release: v.optional(v.pipe(text, v.description('Take the value that this release wrote.'))),
    value: v.optional(value),
    message: v.optional(text),
    ifMatch: v.optional(v.pipe(text, v.description('The version whose sides were looked at.'))),
  }),
  v.title('Resolving'),
)
