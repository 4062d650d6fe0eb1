import { toJson } from './json.js'
import { untilCalled } from './waiting.js'

export interface ServerEvent {
  readonly event: string
  readonly id?: string | undefined
  readonly data: unknown
}

/** What is asked for the next event when there is room for it, so that nothing piles up for the slow. */
export interface EventSource {
  /** undefined: there is none yet; `end`: there will be none. */
  take(this: void): ServerEvent | 'end' | undefined
  /** Calls back when it is worth asking again. */
  onNews(this: void, call: () => void): () => void
  /** Where a reader stands who has got all there is. */
  id?(this: void): string
  close(this: void): void
}

export interface StreamOptions {
  readonly heartbeatMs: number
  /** Whoever listens has gone. */
  readonly signal: AbortSignal
  /** The API closes. */
  readonly closing: AbortSignal
}

/** How long a browser waits before it asks again. */
const retryMs = 1_000

/** Server-sent events; the source is opened with the first read. */
export function eventStream(
  open: () => EventSource,
  { heartbeatMs, signal, closing }: StreamOptions,
): Response {
  const encoder = new TextEncoder()
  const cancelled = new AbortController()
  const ends = [signal, closing, cancelled.signal]
  let source: EventSource | undefined

  async function nextText(): Promise<string | undefined> {
    const isFirst = source === undefined
    source ??= open()
    for (let isLate = false; ;) {
      if (ends.some(({ aborted }) => aborted)) return undefined
      const event = source.take()
      if (event === 'end') return undefined
      if (event !== undefined) return (isFirst ? `retry: ${retryMs}\n` : '') + textOf(event)
      if (isLate) return heartbeat(source.id?.())
      isLate = await untilNews(source)
    }
  }

  async function untilNews({ onNews }: EventSource): Promise<boolean> {
    let isLate = false
    await untilCalled(ends, (call) => {
      const late = (): void => {
        isLate = true
        call()
      }
      const timer = setTimeout(late, heartbeatMs)
      const stop = onNews(call)
      return () => {
        clearTimeout(timer)
        stop()
      }
    })
    return isLate
  }

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const text = await nextText()
        if (cancelled.signal.aborted) return
        if (text !== undefined) return controller.enqueue(encoder.encode(text))
        source?.close()
        controller.enqueue(encoder.encode(': closing\n\n'))
        controller.close()
      },
      cancel() {
        cancelled.abort()
        source?.close()
      },
    },
    // Nothing is made ready before somebody reads.
    { highWaterMark: 0 },
  )
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }
  return new Response(body, { headers })
}

function textOf({ event, id, data }: ServerEvent): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  return `${idLine}event: ${event}\ndata: ${toJson(data)}\n\n`
}

/** An id without data moves a reader on, and tells it nothing. */
const heartbeat = (id: string | undefined): string =>
  id === undefined ? ': heartbeat\n\n' : `: heartbeat\nid: ${id}\n\n`
