import type { Covers, Journal } from './journal.js'

interface Patience {
  readonly waitMs: number
  /** Whoever asked has gone. */
  readonly signal: AbortSignal
  /** The API closes: what waits is answered with what there is. */
  readonly closing: AbortSignal
}

/** Waits until something that is covered has changed since, and leaves nothing behind. */
export async function untilMoved(
  journal: Journal,
  index: string,
  covers: Covers,
  { waitMs, signal, closing }: Patience,
): Promise<void> {
  if (journal.since(index, covers)?.length !== 0 || journal.isOver()) return
  await untilCalled([signal, closing], (call) => {
    const timer = setTimeout(call, waitMs)
    const stop = journal.onMove(covers, call)
    return () => {
      clearTimeout(timer)
      stop()
    }
  })
}

/** Resolves with the first call, or when one of these aborts. */
export async function untilCalled(
  ends: readonly AbortSignal[],
  listen: (call: () => void) => () => void,
): Promise<void> {
  if (ends.some(({ aborted }) => aborted)) return
  let stop = (): void => {}
  await new Promise<void>((resolve) => {
    const call = (): void => resolve()
    for (const signal of ends) signal.addEventListener('abort', call)
    const unlisten = listen(call)
    stop = () => {
      for (const signal of ends) signal.removeEventListener('abort', call)
      unlisten()
    }
  })
  stop()
}

/** Runs with a signal that aborts with the first of these, and leaves nothing on them. */
export async function underAll<T>(
  ends: readonly AbortSignal[],
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const abort = ({ target }: Event): void => controller.abort((target as AbortSignal).reason)
  for (const signal of ends) {
    if (signal.aborted) controller.abort(signal.reason)
    signal.addEventListener('abort', abort)
  }
  try {
    return await run(controller.signal)
  } finally {
    for (const signal of ends) signal.removeEventListener('abort', abort)
  }
}
