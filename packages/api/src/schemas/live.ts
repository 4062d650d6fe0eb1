import * as v from 'valibot'
import { changes } from './keys.js'
import { member, notices, status } from './mesh.js'
import { releaseRows } from './releases.js'
import { count, time } from './shared.js'

const text = v.string()
const rate = v.pipe(v.number(), v.minValue(0))

const members = v.pipe(
  v.object({
    isAll: v.pipe(v.boolean(), v.description('false: only those that are another now.')),
    members: v.array(member),
    gone: v.array(text),
  }),
  v.title('MembersMoved'),
)

const arrivals = v.pipe(
  v.object({ arrivals: v.array(v.object({ release: text, from: text, at: time })) }),
  v.title('Arrivals'),
)

const figures = v.pipe(
  v.object({
    at: time,
    ageMs: v.optional(v.object({ p50: rate, p99: rate, count })),
    copies: v.optional(rate),
    syncBytesPerSecond: rate,
    sentBytesPerSecond: rate,
    receivedBytesPerSecond: rate,
    storeMs: v.optional(v.object({ p50: rate, p99: rate })),
    loopLagMs: rate,
    releasesPerSecond: rate,
  }),
  v.title('Figures'),
)

const alive = v.pipe(v.strictObject({}), v.title('Alive'))

export const liveEvent = v.pipe(
  v.union([changes, status, members, releaseRows, arrivals, notices, figures, alive]),
  v.description('By the name of the event.'),
)
