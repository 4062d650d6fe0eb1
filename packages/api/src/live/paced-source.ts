import type { Clock } from '@grapevine/peer'
import type { EventSource, ServerEvent } from '../event-stream.js'

/** One kind of events: what is new of it, told at a bounded rate. */
export interface Topic {
  /** The newest state of it, or undefined: it is where it was. Called only when there is room. */
  take(this: void): ServerEvent | undefined
  /** No sooner after it was taken. */
  readonly gapMs: number
  /** So long after it was taken it is looked at without being asked. */
  readonly everyMs?: number | undefined
  /** The first time; else at once. */
  readonly firstMs?: number | undefined
  /** Calls whenever there may be something new. */
  readonly follow?: ((news: () => void) => () => void) | undefined
}

/** Milliseconds from any moment on; they never go back. */
export type Pace = Pick<Clock, 'now' | 'after'>

/** What is expensive to work out is worked out less often, so that it takes a twentieth of the time. */
const restPerWork = 20

interface Line {
  readonly topic: Topic
  /** Infinity: nothing is new. */
  dueAt: number
  /** Not before. */
  openAt: number
}

/**
 * Several topics in one stream. Whatever waits longest is told next, so none keeps another waiting for
 * ever; each is asked for its newest state when there is room, so nothing piles up for the slow.
 */
export function pacedSource(
  topics: readonly Topic[],
  { now, after }: Pace,
  { isOver, close, id }: Omit<EventSource, 'take' | 'onNews'> & { readonly isOver: () => boolean },
): EventSource {
  let news = (): void => {}
  const begunAt = now()
  // In the order of the table.
  const lines = topics.map((topic): Line => {
    const dueAt = begunAt + (topic.firstMs ?? 0)
    return { topic, dueAt, openAt: dueAt }
  })
  const stops = lines.map((line) =>
    line.topic.follow?.(() => {
      if (line.dueAt <= line.openAt) return
      line.dueAt = line.openAt
      news()
    }),
  )

  function nextLine(): Line | undefined {
    let next: Line | undefined
    for (const line of lines) if (next === undefined || line.dueAt < next.dueAt) next = line
    return next
  }

  function told(line: Line): ServerEvent | undefined {
    const { topic } = line
    const begunMs = now()
    // Before it is taken: what becomes news meanwhile is news.
    line.dueAt = Infinity
    line.openAt = begunMs + topic.gapMs
    const event = topic.take()
    line.openAt = Math.max(line.openAt, now() + restPerWork * (now() - begunMs))
    if (line.dueAt < Infinity) line.dueAt = line.openAt
    const { everyMs } = topic
    if (everyMs !== undefined) {
      line.dueAt = Math.min(line.dueAt, Math.max(line.openAt, begunMs + everyMs))
    }
    return event
  }

  return {
    take() {
      if (isOver()) return 'end'
      for (;;) {
        const line = nextLine()
        if (line === undefined || line.dueAt > now()) return undefined
        const event = told(line)
        if (event !== undefined) return event
      }
    },
    onNews(call) {
      news = call
      const dueAt = nextLine()?.dueAt ?? Infinity
      const stop = dueAt === Infinity ? () => {} : after(Math.max(0, dueAt - now()), call)
      return () => {
        stop()
        news = () => {}
      }
    },
    ...(id !== undefined && { id }),
    close() {
      for (const stop of stops) stop?.()
      close()
    },
  }
}
