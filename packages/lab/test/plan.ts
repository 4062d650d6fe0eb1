import { planOf } from '@grapevine/sim'
import type { Plan } from '@grapevine/sim'

const write = (at: number, who: number, key: string) =>
  ({ at, who, do: 'write', put: [key], remove: [], valueBytes: 20 }) as const

/** A cut, a conflict and a death, in as much time as real peers need for that. */
export function planWith(peers: number): Plan {
  const some = planOf(1)
  return {
    ...some,
    peers,
    hostile: 0,
    overlay: { ...some.overlay, regions: 1, regionDelayMs: 0 },
    weather: { ...some.weather, delayMinMs: 0, delayMeanMs: 0, lossShare: 0, bytesPerSecond: 0 },
    safetyMs: 2_500,
    livenessMs: 60_000,
    events: [
      write(0, 0, 'shop/one'),
      { at: 200, who: 2, do: 'away', forMs: 1_800 },
      write(900, 0, 'shop/both'),
      write(900, 2, 'shop/both'),
      write(1_000, 2, 'shop/two'),
      { at: 1_300, who: 1, do: 'crash', unsynced: 'kept', downMs: 200 },
      write(2_100, 0, 'shop/three'),
      write(2_200, 2, 'shop/four'),
    ],
  }
}
