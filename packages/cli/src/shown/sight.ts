import type { Member } from '@grapevine/peer'
import { timeOf } from './times.js'

/** Who was not heard for so long is silent: the peers themselves count so. */
const silentMs = 30_000
/** Whoever was cut off by one cut was heard last within the time of two heartbeats. */
const oneCutMs = 30_000

type Seen = Pick<Member, 'name' | 'isSelf' | 'heardAt' | 'behind'>

/** Who is not heard any more, the longest silence first. */
export const silentIn = <M extends Seen>(members: readonly M[], nowMs: number): readonly M[] =>
  members
    .filter(({ isSelf, heardAt }) => !isSelf && nowMs - (heardAt ?? -Infinity) > silentMs)
    .sort((a, b) => (a.heardAt ?? 0) - (b.heardAt ?? 0))

/**
 * `12 of 40 peers in sight, one side of a cut since 03:02:11`. That several fell silent at once is all
 * that can be seen of a cut from one of its sides.
 */
export function sightInWords(members: readonly Seen[], nowMs: number): string {
  const silent = silentIn(members, nowMs)
  const inSight = members.length - silent.length
  const counts = `${inSight} of ${members.length} peers in sight`
  const last = silent.at(-1)?.heardAt
  if (last === undefined) return counts
  const together = silent.filter(
    ({ heardAt }) => heardAt !== undefined && last - heardAt <= oneCutMs,
  )
  return together.length < 2 ? counts : `${counts}, one side of a cut since ${timeOf(last, nowMs)}`
}
