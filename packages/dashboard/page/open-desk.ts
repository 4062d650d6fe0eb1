import { computed, signal } from '@preact/signals'
import { createClient } from '@grapevine/api/page'
import type { PeerClient } from '@grapevine/api/page'
import { keepConflicts } from './conflicts.js'
import type { Arrival, Desk } from './desk.js'
import { heardSoFar } from './heard.js'
import { fetchHere } from './here.js'
import { openLabDesk } from './lab-desk.js'
import { lineStandings, listenTo } from './listening.js'
import { rememberToken } from './remembered.js'

/** Asks whoever serves this page what it is the page of, and begins to listen. */
export async function openDesk(): Promise<Desk> {
  const { kind } = await aboutThisPage()
  const arrivals = toldToAll<readonly Arrival[]>()
  const lab = kind === 'lab' ? openLabDesk(arrivals.tell) : undefined
  const own = createClient({ fetch: fetchHere() })
  const client = computed(() => lab?.clientOf(lab.through.value) ?? own)
  const heard = heardSoFar()
  const { stands, beginAnew, ...standings } = lineStandings()

  const listen = (peer: PeerClient): (() => void) =>
    listenTo(peer, {
      heard,
      stands,
      onArrivals({ arrivals: came }) {
        const self = heard.status.value?.peer
        // The lab tells of those of all peers, this one's among them.
        if (lab !== undefined || self === undefined) return
        arrivals.tell(came.map((arrival) => ({ ...arrival, peer: self })))
      },
    })
  let stop = (): void => {}
  function listenAnew(peer: PeerClient): void {
    stop()
    beginAnew()
    stop = listen(peer)
  }
  client.subscribe(listenAnew)
  keepConflicts(heard, () => client.value)

  return {
    ...heard,
    ...standings,
    kind,
    client,
    now: ticking(),
    lab,
    onArrivals: arrivals.on,
    unlock(token) {
      rememberToken(token)
      listenAnew(client.value)
    },
  }
}

async function aboutThisPage(): Promise<Pick<Desk, 'kind'>> {
  const answer = await fetch('page.json')
  if (!answer.ok) throw new Error(`what serves this page answered ${answer.status}`)
  return (await answer.json()) as Pick<Desk, 'kind'>
}

function toldToAll<T>() {
  const listeners = new Set<(told: T) => void>()
  return {
    tell(this: void, told: T): void {
      for (const listener of listeners) listener(told)
    },
    on(this: void, listener: (told: T) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const ticking = (): Desk['now'] => {
  const now = signal(Date.now())
  setInterval(() => (now.value = Date.now()), 1_000)
  return now
}
