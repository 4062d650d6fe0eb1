import type { PeerClient } from '@grapevine/api/client'
import type { Change } from '@grapevine/peer'

/** What is shown at first; then each change, once. */
interface Followed {
  readonly isFirst: boolean
  readonly changes: readonly Change[]
}

/**
 * Follows keys through restarts of the running peer. Where it cannot say what was missed and shows
 * everything again, that is worked out here.
 */
export async function* follow(
  client: Pick<PeerClient, 'watch'>,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<Followed, void> {
  const known = new Map<string, Change>()
  let isStart = true
  for await (const { isFirst, changes } of client.watch(prefix, { signal })) {
    const news = isFirst && !isStart ? missed(known, changes) : changes
    note(known, news)
    if (isStart || news.length > 0) yield { isFirst: isStart, changes: news }
    isStart = false
  }
}

function note(known: Map<string, Change>, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.value === undefined) known.delete(change.key)
    else known.set(change.key, change)
  }
}

/** What is different between what was known and what is there now. */
function missed(known: ReadonlyMap<string, Change>, state: readonly Change[]): readonly Change[] {
  const there = new Set<string>(state.map(({ key }) => key))
  const changed = state
    .filter(({ key, version }) => known.get(key)?.version !== version)
    .map((change) => ({ ...change, previous: known.get(change.key)?.value }))
  const removed = [...known.values()]
    .filter(({ key }) => !there.has(key))
    .map(({ key, value }) => ({
      key,
      value: undefined,
      previous: value,
      version: null,
      release: undefined,
    }))
  return [...changed, ...removed]
}
