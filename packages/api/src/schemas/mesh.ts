import * as v from 'valibot'
import { grants } from './past.js'
import { exposedKeys } from './secrets.js'
import { count, dot, releaseInfo, time } from './shared.js'

const text = v.string()
const span = v.pipe(
  v.union([v.number(), text]),
  v.description('Milliseconds, or a text such as "30s" or "365d".'),
)
const can = v.record(text, v.picklist(['write', 'invite', 'admin']))

export const inviting = v.pipe(
  v.strictObject({
    name: v.optional(text),
    can: v.optional(can),
    uses: v.optional(v.picklist(['one', 'many'])),
    expires: v.optional(span),
    badgeFor: v.optional(span),
    addresses: v.optional(v.array(text)),
  }),
  v.title('Inviting'),
)

export const invite = v.pipe(
  v.object({
    token: v.pipe(text, v.description('Whoever has it can come in: keep it like a key.')),
    name: text,
    key: text,
    badge: text,
    until: time,
    badgesUntil: time,
  }),
  v.title('Invite'),
)

export const granting = v.pipe(
  v.strictObject({ who: text, can: v.optional(can), for: v.optional(span) }),
  v.title('Granting'),
)

export const granted = v.pipe(
  v.object({ badge: text, id: text, until: time, isBrought: v.boolean() }),
  v.title('Granted'),
)

export const revoking = v.pipe(
  v.strictObject({ who: text, keepInvited: v.optional(v.boolean()) }),
  v.title('Revoking'),
)

export const revoked = v.pipe(
  v.object({
    key: text,
    name: text,
    kept: count,
    voided: v.object({ releases: count, keys: v.array(text) }),
    exposed: exposedKeys,
  }),
  v.title('Revoked'),
)

export const rotating = v.pipe(v.strictObject({ keepOld: v.optional(span) }), v.title('Rotating'))
export const rotated = v.pipe(v.object({ number: count, oldUntil: time }), v.title('Rotated'))

const link = v.object({
  peer: text,
  introduction: v.object({ name: text, instance: text, software: text }),
  address: text,
  isInbound: v.boolean(),
  sinceMs: time,
})

export const member = v.pipe(
  v.object({
    peer: text,
    name: text,
    isSelf: v.boolean(),
    link: v.optional(link),
    addresses: v.array(text),
    heardAt: v.optional(time),
    clockAheadMs: v.optional(v.number()),
    labels: v.record(text, text),
    software: v.optional(text),
    badge: v.optional(v.object({ id: text, grants, until: time })),
    behind: v.optional(count),
  }),
  v.title('Member'),
)

export const members = v.pipe(v.object({ peers: v.array(member) }), v.title('Members'))

export const status = v.pipe(
  v.object({
    peer: text,
    name: text,
    mesh: text,
    replica: text,
    clock: v.pipe(
      v.record(text, count),
      v.description('By replica ids: up to which release of each all are held here.'),
    ),
    replicaDigits: count,
    addresses: v.array(text),
    members: count,
    links: count,
    inSight: count,
    keys: count,
    conflicts: count,
    waiting: v.array(v.object({ release: releaseInfo, missing: dot })),
    early: v.array(releaseInfo),
    forked: v.array(text),
    badgeUntil: v.optional(time),
    store: v.picklist(['open', 'failed']),
    storeError: v.optional(text),
    syncedAt: v.optional(time),
    parkedBytes: count,
    commits: v.object({
      count,
      totalMs: v.number(),
      within: v.array(v.object({ ms: v.number(), count })),
    }),
    counters: v.record(text, v.number()),
  }),
  v.title('Status'),
)

export const notices = v.pipe(
  v.object({ notices: v.array(v.object({ notice: text, text, at: time })) }),
  v.title('Notices'),
)

export const waiting = v.pipe(v.strictObject({ timeout: v.optional(span) }), v.title('Waiting'))
export const backup = v.pipe(
  v.strictObject({
    file: v.pipe(text, v.description('An absolute path on the machine of the peer.')),
  }),
  v.title('Backup'),
)
