import type { Weather } from '../plan.js'
import type { Queue } from './queue.js'

/** The weather of now: the planned one, and what changed for a while. */
interface Sky {
  weather(this: void): Weather
  change(this: void, change: Partial<Weather>, forMs: number): void
  /** The planned delays and bandwidth stay; nothing else does. */
  heal(this: void): void
}

export function createSky(planned: Weather, queue: Queue): Sky {
  let changes: { readonly change: Partial<Weather>; readonly until: number }[] = []
  let usual = planned
  let weather = planned

  function refresh(): void {
    const now = queue.now()
    changes = changes.filter(({ until }) => until > now)
    weather = Object.assign({ ...usual }, ...changes.map(({ change }) => change)) as Weather
  }

  return {
    weather: () => weather,
    change(change, forMs) {
      const until = queue.now() + forMs
      changes.push({ change, until })
      refresh()
      queue.at(until, refresh)
    },
    heal() {
      changes = []
      const { delayMinMs, delayMeanMs, bytesPerSecond } = planned
      usual = { ...calm, delayMinMs, delayMeanMs, bytesPerSecond }
      refresh()
    },
  }
}

const calm: Weather = {
  delayMinMs: 0,
  delayMeanMs: 0,
  lossShare: 0,
  duplicateShare: 0,
  duplicateLaterMs: 0,
  reorderShare: 0,
  truncateShare: 0,
  clogShare: 0,
  clogMs: 0,
  bytesPerSecond: 0,
}
