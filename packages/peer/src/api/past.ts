import type { Dot, Held, Replica } from '@grapevine/core'
import { compareStamps, formatDot } from '@grapevine/core'
import type { Inside } from './parts.js'
import type { Difference, Peer } from '../peer.js'
import { receiptsOf } from '../writing/reach.js'
import { dotOf, releaseInfo, releaseInfos, unknownRelease } from './release-info.js'

type Past = Pick<Peer, 'history' | 'release' | 'receipts'>

/** What was written, by whom, and who has it. */
export const pastOf = (inside: Inside): Past => ({
  history(key) {
    const infoOf = releaseInfos()
    return inside.interpreter.replica
      .history(key)
      .map(({ release, change }) => ({ value: change.put?.value, release: infoOf(release) }))
  },
  release(ref) {
    const { replica } = inside.interpreter
    const found = replica.release(dotOf(ref, replica.clock().keys()))
    if (found === undefined) return undefined
    const { release, changes } = found
    return {
      release: releaseInfo(release),
      changes: changes.map((change) => ({
        key: change.key,
        before: seenBy(replica, change),
        after: change.put?.value,
      })),
    }
  },
  receipts(ref) {
    const { replica } = inside.interpreter
    const clock = replica.clock()
    const dot = dotOf(ref, clock.keys())
    if ((clock.get(dot.replica) ?? 0) < dot.seq) throw unknownRelease(formatDot(dot))
    return receiptsOf(inside, dot)
  },
})

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
