/** How a stream stands: `lost` carries why, and it is opened again by itself. */
export type Standing =
  | { readonly is: 'opening' | 'open' }
  | { readonly is: 'lost'; readonly why: unknown }

interface Kept<E> {
  readonly open: (signal: AbortSignal) => AsyncIterable<E>
  readonly heard: (event: E) => void
  readonly stands: (standing: Standing) => void
  /** Of why it was lost: asking again would change nothing. */
  readonly isFinal?: (why: unknown) => boolean
}

interface Pace {
  readonly firstMs: number
  readonly lastMs: number
  /** Whoever lives says so every five seconds: a line that is silent for longer leads nowhere. */
  readonly silenceMs: number
}

const usual: Pace = { firstMs: 250, lastMs: 5_000, silenceMs: 15_000 }

/** Keeps a stream open until it is told to end: a line that broke or fell silent is opened again. */
export function keepOpen<E>(kept: Kept<E>, pace: Pace = usual): () => void {
  const ending = new AbortController()
  void keep(kept, pace, ending.signal)
  return () => ending.abort()
}

async function keep<E>(kept: Kept<E>, pace: Pace, ending: AbortSignal): Promise<void> {
  const { open, heard, stands, isFinal = () => false } = kept
  const isOver = (): boolean => ending.aborted
  let delayMs = 0
  while (!isOver()) {
    const line = { isHeard: false }
    stands({ is: 'opening' })
    const why = await readOnce(open, { until: ending, silenceMs: pace.silenceMs }, (event) => {
      if (isOver()) return
      if (!line.isHeard) stands({ is: 'open' })
      line.isHeard = true
      heard(event)
    })
    if (isOver()) return
    stands({ is: 'lost', why })
    if (isFinal(why)) return
    delayMs = line.isHeard
      ? pace.firstMs
      : Math.min(Math.max(pace.firstMs, delayMs * 2), pace.lastMs)
    await pause(delayMs, ending)
  }
}

/** Answers why the stream ended. */
async function readOnce<E>(
  open: (signal: AbortSignal) => AsyncIterable<E>,
  { until, silenceMs }: { readonly until: AbortSignal; readonly silenceMs: number },
  heard: (event: E) => void,
): Promise<unknown> {
  const line = new AbortController()
  const end = (): void => line.abort()
  until.addEventListener('abort', end)
  let watchdog = setTimeout(end, silenceMs)
  try {
    for await (const event of open(line.signal)) {
      clearTimeout(watchdog)
      watchdog = setTimeout(end, silenceMs)
      heard(event)
    }
    return line.signal.aborted ? line.signal.reason : undefined
  } catch (error) {
    return error
  } finally {
    clearTimeout(watchdog)
    until.removeEventListener('abort', end)
    line.abort()
  }
}

const pause = async (ms: number, until: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      until.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    until.addEventListener('abort', end)
  })
