import type { Clock } from '../clock.js'
import { checkSignal } from './listeners.js'

interface Patience {
  readonly clock: Clock
  /** Whichever aborts ends the waiting with its reason. */
  readonly ends: readonly (AbortSignal | undefined)[]
  readonly timeoutMs: number | undefined
  /** What it ends with once the time is over. */
  readonly late: () => Error
}

/** Waits for something that events tell, and leaves nothing behind, however it ends. */
export async function waitFor<T>(
  { clock, ends, timeoutMs, late }: Patience,
  /** Listens, and looks whether it is there already; answers the way to stop. */
  listen: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  const stops: (() => void)[] = []
  try {
    return await new Promise<T>((resolve, reject) => {
      for (const signal of ends) {
        checkSignal(signal)
        if (signal !== undefined) stops.push(onAbort(signal, reject))
      }
      if (timeoutMs !== undefined) stops.push(clock.after(timeoutMs, () => reject(late())))
      stops.push(listen(resolve, reject))
    })
  } finally {
    for (const stop of stops) stop()
  }
}

/** Throws at once where it has aborted already; answers the way to stop. */
export function onAbort(signal: AbortSignal, run: (reason: unknown) => void): () => void {
  signal.throwIfAborted()
  const abort = (): void => run(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  return () => signal.removeEventListener('abort', abort)
}
