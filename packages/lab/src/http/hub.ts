import type { EventSource, ServerEvent } from '@grapevine/api'
import type { LabArrival, LabFigures, LabState } from '../wire.js'

/** What happens in the lab, for all who look on. */
export interface Hub {
  changed(this: void): void
  arrived(this: void, arrivals: readonly LabArrival[]): void
  /** For one who looks on: always the newest, never a backlog. */
  source(this: void): EventSource
  close(this: void): void
}

const stateEveryMs = 200
const arrivalsEveryMs = 50
const figuresEveryMs = 1_000
const aliveEveryMs = 5_000
/** Who reads more slowly than they come misses the oldest. */
const arrivalsMax = 4_000

export function createHub(stateNow: () => LabState, figuresNow: () => LabFigures): Hub {
  const calls = new Set<() => void>()
  const wake = (): void => {
    for (const call of calls) call()
  }
  const news: News = { changes: 0, arrivals: [], dropped: 0, figures: figuresNow(), stateNow }
  const seconds = setInterval(() => {
    news.figures = figuresNow()
    wake()
  }, figuresEveryMs)
  seconds.unref()
  return {
    changed() {
      news.changes += 1
      wake()
    },
    arrived(arrivals) {
      const all = [...news.arrivals, ...arrivals]
      const tooMany = Math.max(0, all.length - arrivalsMax)
      news.arrivals = all.slice(tooMany)
      news.dropped += tooMany
      wake()
    },
    source: () =>
      sourceOf(news, (call) => {
        calls.add(call)
        return () => calls.delete(call)
      }),
    close: () => clearInterval(seconds),
  }
}

interface News {
  readonly stateNow: () => LabState
  /** How often it changed. */
  changes: number
  arrivals: readonly LabArrival[]
  /** How many there were before those that are kept. */
  dropped: number
  figures: LabFigures
}

function sourceOf(news: News, onWake: (call: () => void) => () => void): EventSource {
  const told = {
    changes: -1,
    arrivals: heardOf(news),
    figures: undefined as LabFigures | undefined,
  }
  const due = { lab: 0, arrivals: 0, alive: performance.now() + aliveEveryMs }

  /** When there is something to tell. */
  const nextAt = (): number =>
    Math.min(
      told.figures === news.figures ? Infinity : 0,
      told.changes === news.changes ? Infinity : due.lab,
      told.arrivals === heardOf(news) ? Infinity : due.arrivals,
      due.alive,
    )

  function take(): ServerEvent | undefined {
    const now = performance.now()
    if (told.changes !== news.changes && due.lab <= now) {
      due.lab = now + stateEveryMs
      told.changes = news.changes
      return { event: 'lab', data: news.stateNow() }
    }
    if (told.arrivals !== heardOf(news) && due.arrivals <= now) {
      const arrivals = news.arrivals.slice(Math.max(0, told.arrivals - news.dropped))
      due.arrivals = now + arrivalsEveryMs
      told.arrivals = heardOf(news)
      return { event: 'arrivals', data: { arrivals } }
    }
    if (told.figures !== news.figures) {
      told.figures = news.figures
      return { event: 'figures', data: news.figures }
    }
    if (due.alive > now) return undefined
    due.alive = now + aliveEveryMs
    return { event: 'alive', data: {} }
  }

  function onNews(call: () => void): () => void {
    let timer: NodeJS.Timeout | undefined
    const look = (): void => {
      clearTimeout(timer)
      timer = setTimeout(call, Math.max(0, nextAt() - performance.now()))
    }
    look()
    const stop = onWake(look)
    return () => {
      clearTimeout(timer)
      stop()
    }
  }
  return { take, onNews, close: () => {} }
}

/** Arrivals so far. */
const heardOf = ({ dropped, arrivals }: News): number => dropped + arrivals.length
