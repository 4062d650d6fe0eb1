import type { Dot, Held, Release, Replica } from '@grapevine/core'
import { compareStamps, formatDot } from '@grapevine/core'
import type { Inside } from './parts.js'
import type { Difference, Peer, ReleaseRef } from '../peer.js'
import { invalid } from '../writing/draft.js'
import { reached, receiptsOf } from '../writing/reach.js'
import { dotOf, releaseInfo, releaseInfos, unknownRelease } from './release-info.js'

type Past = Pick<Peer, 'history' | 'release' | 'releases' | 'receipts' | 'reached'>

/** What was written, by whom, and who has it. */
export const pastOf = (inside: Inside): Past => ({
  history(key) {
    const { replica } = inside.interpreter
    const infoOf = releaseInfos(replica)
    return replica
      .history(key)
      .map(({ release, change }) => ({ value: change.put?.value, release: infoOf(release) }))
  },
  release(ref) {
    const { replica } = inside.interpreter
    const found = replica.release(dotOf(ref, replica.clock().keys()))
    if (found === undefined) return undefined
    const { release, changes } = found
    return {
      release: releaseInfo(release, replica),
      changes: changes.map((change) => ({
        key: change.key,
        before: seenBy(replica, change),
        after: change.put?.value,
      })),
    }
  },
  releases({ limit = 50, before } = {}) {
    if (!Number.isSafeInteger(limit) || limit < 1) throw invalid('limit', limit, '1 or more')
    const { replica } = inside.interpreter
    const place = before === undefined ? undefined : placeOf(inside, before)
    return replica.releases(limit, place).map(releaseInfos(replica))
  },
  receipts: (ref) => receiptsOf(inside, heldDot(inside, ref)),
  async reached(ref, options = {}) {
    inside.closing.throwIfAborted()
    const dot = heldDot(inside, ref)
    return reached(inside, { name: formatDot(dot), dots: [dot], durable: stored }, options)
  },
})

function placeOf(inside: Inside, ref: ReleaseRef): Release {
  const dot = heldDot(inside, ref)
  const found = inside.interpreter.replica.release(dot)
  // Its record has left: where it stood is not known any more.
  if (found === undefined) throw unknownRelease(formatDot(dot))
  return found.release
}

/** What is asked for by its name was told somebody before, and that is when it is durable. */
const stored = Promise.resolve()

function heldDot({ interpreter }: Inside, ref: ReleaseRef): Dot {
  const clock = interpreter.replica.clock()
  const dot = dotOf(ref, clock.keys())
  if ((clock.get(dot.replica) ?? 0) < dot.seq) throw unknownRelease(formatDot(dot))
  return dot
}

/** What a key showed to the writer of a change, as far as it is still known here. */
function seenBy(replica: Replica, { key, seen }: Held['change']): Difference['before'] {
  const covers = (vector: typeof seen, { replica: by, seq }: Dot): boolean =>
    (vector.get(by) ?? 0) >= seq
  const known = replica.history(key).filter(({ release }) => covers(seen, release))
  const heads = known.filter(
    ({ release }) => !known.some(({ change }) => covers(change.seen, release)),
  )
  const puts = heads.filter(({ change }) => change.put !== undefined)
  return puts.sort((a, b) => compareStamps(a.release, b.release)).at(-1)?.change.put?.value
}
