import type { Peer } from '@grapevine/peer'

/** So many releases are followed: enough to see a rollout, and few enough to ask about at each scrape. */
const releasesMax = 16

export interface Recent {
  readonly name: string
  /** By this process's own time, as `performance.now` tells it. */
  readonly seenMs: number
}

/** The newest releases that changed something here since this process began to look. */
export function followReleases(
  peer: Pick<Peer, 'on'>,
  until: AbortSignal,
): () => readonly Recent[] {
  const seen = new Map<string, Recent>()
  peer.on(
    'change',
    ({ changes }) => {
      const seenMs = performance.now()
      for (const { release } of changes) {
        if (release === undefined || seen.has(release.name)) continue
        seen.set(release.name, { name: release.name, seenMs })
        const [oldest] = seen.keys()
        if (seen.size > releasesMax && oldest !== undefined) seen.delete(oldest)
      }
    },
    { signal: until },
  )
  return () => [...seen.values()]
}
