import type { Peer } from '@grapevine/peer'
import type { Route } from './route.js'
import type { Exposition } from './metrics/registry.js'
import { followReleases } from './metrics/recent.js'
import { spreadOf, watchLoop } from './metrics/snapshot.js'

/** For Prometheus; with its own registry, so that it takes nothing from the service it lives in. */
export const metricsRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/metrics',
    name: 'metrics',
    summary: 'What this peer measures, in the text format of Prometheus',
    answers: { 200: { description: 'All metrics begin with grapevine_.', type: 'text/plain' } },
    async handle({ metrics }) {
      const { contentType, text } = await metrics.read()
      return new Response(text, { headers: { 'content-type': contentType } })
    },
  },
]

/** What a scrape of this peer answers. */
export interface Metrics {
  read(): Promise<{ readonly contentType: string; readonly text: string }>
}

/**
 * Nothing is measured for nobody: the library is loaded, and the event loop watched, from the first
 * scrape on. Only the names of recent releases are remembered before.
 */
export function openMetrics(peer: Peer, until: AbortSignal): Metrics {
  const recent = followReleases(peer, until)
  let opened: Promise<Exposition> | undefined
  let loop: ReturnType<typeof watchLoop> | undefined
  until.addEventListener('abort', () => loop?.stop(), { once: true })
  return {
    async read() {
      opened ??= import('./metrics/registry.js').then(({ openExposition }) => openExposition())
      const exposition = await opened
      loop ??= watchLoop()
      const text = await exposition.text({
        status: peer.status(),
        members: peer.peers(),
        spread: spreadOf(peer, recent()),
        loop: loop.read(),
        memory: process.memoryUsage(),
      })
      return { contentType: exposition.contentType, text }
    },
  }
}
