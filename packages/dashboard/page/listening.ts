import { batch, signal } from '@preact/signals'
import type { LiveEvent, PeerClient } from '@grapevine/api/page'
import type { Desk } from './desk.js'
import { forget, hear } from './heard.js'
import type { Heard } from './heard.js'
import { keepOpen } from './keep-open.js'
import type { Standing } from './keep-open.js'
import { inWords, isLocked } from './problems.js'

/** How the line to the peer that is looked through stands. */
export function lineStandings() {
  const connection = signal<Desk['connection']['value']>('opening')
  const trouble = signal<string | undefined>(undefined)
  const lostAt = signal<number | undefined>(undefined)

  function stands(standing: Standing): void {
    // A try is no news as long as nobody answered.
    if (standing.is === 'opening') return
    const why = standing.is === 'lost' ? standing.why : undefined
    batch(() => {
      if (standing.is === 'open') lostAt.value = undefined
      else lostAt.value ??= Date.now()
      connection.value = isLocked(why) ? 'locked' : standing.is
      trouble.value = standing.is === 'lost' ? inWords(why) : undefined
    })
  }

  function beginAnew(): void {
    batch(() => {
      connection.value = 'opening'
      trouble.value = undefined
      lostAt.value = undefined
    })
  }

  return { connection, trouble, lostAt, stands, beginAnew }
}

interface Listening {
  readonly heard: Heard
  readonly stands: (standing: Standing) => void
  readonly onArrivals: (live: Extract<LiveEvent, { event: 'arrivals' }>) => void
}

/**
 * Hears all that a peer tells, for as long as it is not told to stop. After a line that broke, the peer
 * says of the keys only what changed meanwhile, if it still knows.
 */
export function listenTo(peer: PeerClient, { heard, stands, onArrivals }: Listening): () => void {
  let index: string | undefined
  forget(heard)
  return keepOpen<LiveEvent>({
    open: (ending) => peer.live({ from: index, signal: ending }),
    heard(live) {
      if (live.event === 'state' || live.event === 'change') index = live.index
      if (live.event === 'arrivals') onArrivals(live)
      else batch(() => hear(heard, live))
    },
    stands,
    isFinal: isLocked,
  })
}
