import * as core from '@grapevine/core'
import { planOf, run } from '@grapevine/sim'
import type { Plan } from '@grapevine/sim'
import { inRounds, nanoseconds } from '../measure.ts'
import type { Figure } from '../measure.ts'

const perSecond = (events: number, ns: number): number => (events * 1_000_000_000) / ns

/** What the emptiest of all simulators could do: a sorted queue in which nothing happens. */
function queueAlone(): number {
  const count = 200_000
  const heap: number[] = []
  let mixed = 1
  const ns = nanoseconds(() => {
    for (let event = 0; event < count; event++) {
      mixed = (Math.imul(mixed, 1_103_515_245) + 12_345) & 0x7fff_ffff
      push(heap, mixed)
      if (heap.length > 1_000) pop(heap)
    }
  })
  return perSecond(count, ns)
}

function push(heap: number[], value: number): void {
  let index = heap.push(value) - 1
  while (index > 0 && heap[(index - 1) >> 1]! > value) {
    heap[index] = heap[(index - 1) >> 1]!
    index = (index - 1) >> 1
  }
  heap[index] = value
}

function pop(heap: number[]): void {
  const last = heap.pop()!
  let index = 0
  for (let child = 1; child < heap.length; child = 2 * index + 1) {
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child += 1
    if (last <= heap[child]!) break
    heap[index] = heap[child]!
    index = child
  }
  heap[index] = last
}

/** Every round plays the same plans; what must hold is checked as in all runs. */
function eventsPerSecond(plans: readonly Plan[]): readonly number[] {
  return inRounds(() => {
    let events = 0
    const ns = nanoseconds(() => {
      for (const plan of plans) {
        const outcome = run(core, plan)
        if (outcome.verdict !== 'passed') throw new Error(`${outcome.verdict}: ${outcome.reason}`)
        events += outcome.events
      }
    })
    return perSecond(events, ns)
  })
}

/** A mesh of some size in which nothing goes wrong, with sessions, presence, and some writes a second. */
function calm(peers: number, writesPerSecond: number): Plan {
  const drawn = planOf(1)
  const seconds = 20
  return {
    ...drawn,
    peers,
    admins: 1,
    hostile: 0,
    signatures: 'stub',
    overlay: {
      gossip: true,
      links: 12,
      degree: 6,
      holdMs: 0,
      floodPublish: false,
      topology: 'random',
      regions: 1,
      regionDelayMs: 0,
    },
    weather: {
      delayMinMs: 1,
      delayMeanMs: 2,
      lossShare: 0.01,
      duplicateShare: 0.01,
      duplicateLaterMs: 1_000,
      reorderShare: 0.1,
      truncateShare: 0,
      clogShare: 0,
      clogMs: 0,
      bytesPerSecond: 0,
    },
    disk: { syncMs: 2 },
    habits: { sessionMs: 1_000, presenceMs: 10_000, tickMs: 1_000, collectMs: 0, clockStepMs: 1 },
    safetyMs: seconds * 1_000,
    events: Array.from({ length: seconds * writesPerSecond }, (_, index) => ({
      at: (index * 1_000) / writesPerSecond,
      who: index % 5,
      do: 'write',
      put: [`bench/key-${index % 40}`],
      remove: [],
      valueBytes: 0,
    })),
  }
}

/** Real signatures take longer than all else, and stand in one seed of a hundred. */
const swarm = Array.from({ length: 60 }, (_, index) => planOf(index + 1)).filter(
  ({ signatures }) => signatures === 'stub',
)

const goal = { of: 'median', atLeast: 100_000 } as const

export function* bench(): Iterable<Figure> {
  const floor = Math.max(...inRounds(queueAlone))
  const measure = (what: string, plans: readonly Plan[]): Figure => ({
    what,
    unit: 'events/s',
    rounds: eventsPerSecond(plans),
    floor,
    goal,
  })
  yield { what: 'a queue in which nothing happens (floor)', unit: 'events/s', rounds: [floor] }
  yield measure('a mesh of 100 peers, all checks', [calm(100, 4)])
  yield measure('a mesh of 20 peers, all checks', [calm(20, 10)])
  yield measure('seeds of the long run, all checks', swarm)
}
