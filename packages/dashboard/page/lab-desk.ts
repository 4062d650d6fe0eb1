import { signal } from '@preact/signals'
import { createClient, eventsFrom } from '@grapevine/api/page'
import type { HeardEvent, PeerClient } from '@grapevine/api/page'
import type { Arrival, LabDesk } from './desk.js'
import { fetchHere } from './here.js'
import { keepOpen } from './keep-open.js'
import type { LabFigures, LabState } from './lab-wire.js'
import { rememberThrough, rememberedThrough } from './remembered.js'

const figuresMax = 900

/** What the lab itself says, beside the peer that is looked through. */
export function openLabDesk(onArrivals: (arrivals: readonly Arrival[]) => void): LabDesk {
  const state = signal<LabState | undefined>(undefined)
  const figures = signal<readonly LabFigures[]>([])
  const lostAt = signal<number | undefined>(undefined)
  const through = signal(rememberedThrough())
  through.subscribe(rememberThrough)

  function hear({ event, data }: HeardEvent): void {
    if (event === 'lab') {
      const told = JSON.parse(data) as LabState
      state.value = told
      through.value = oneOf(told, through.value)
    } else if (event === 'figures') {
      const told = JSON.parse(data) as LabFigures
      figures.value = [...figures.value.slice(1 - figuresMax), told]
    } else if (event === 'arrivals') {
      onArrivals((JSON.parse(data) as { readonly arrivals: readonly Arrival[] }).arrivals)
    }
  }

  keepOpen<HeardEvent>({
    open: (ending) => eventsFrom(fetchHere(), '/lab/live', { signal: ending }),
    heard: hear,
    stands({ is }) {
      if (is === 'open') lostAt.value = undefined
      else if (is === 'lost') lostAt.value ??= Date.now()
    },
  })

  return {
    state,
    figures,
    lostAt,
    through,
    clientOf: clients(),
    cut: async (groups) => post('lab/cut', { groups }),
    heal: async () => post('lab/heal', {}),
    setLines: async (wish) => post('lab/lines', wish),
    act: async (peer, deed) => post(`lab/peers/${peer}/${deed}`, {}),
  }
}

/** What this tab remembers may be of a larger lab that was here before. */
const oneOf = ({ peers }: LabState, through: number): number =>
  peers.some(({ number }) => number === through) ? through : (peers[0]?.number ?? through)

function clients(): LabDesk['clientOf'] {
  const made = new Map<number, PeerClient>()
  return (number) => {
    const client = made.get(number) ?? createClient({ fetch: fetchHere(`peers/${number}/`) })
    made.set(number, client)
    return client
  }
}

async function post(path: string, body: unknown): Promise<void> {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (answer.ok) return
  const problem: unknown = await answer.json().catch(() => undefined)
  throw new Error(detailOf(problem) ?? `the lab answered ${answer.status} to ${path}`)
}

const detailOf = (problem: unknown): string | undefined =>
  typeof problem === 'object' && problem !== null && 'detail' in problem
    ? String(problem.detail)
    : undefined
