import type { Clock } from '../clock.js'

/** Something that may be asked for at any rate, and is done at a bounded one. */
interface Paced {
  call(this: void): void
  stop(this: void): void
}

/** Runs at once; whatever comes before the gap is over is answered by one run at its end. */
export function paced(clock: Clock, gapMs: () => number, run: () => void): Paced {
  let ranAt = -Infinity
  let cancel: (() => void) | undefined

  function now(): void {
    cancel?.()
    cancel = undefined
    ranAt = clock.now()
    run()
  }

  return {
    call() {
      // A clock that was set back must not silence it.
      const waitMs = gapMs() - Math.abs(clock.now() - ranAt)
      if (waitMs <= 0) now()
      else cancel ??= clock.after(waitMs, now)
    },
    stop: () => cancel?.(),
  }
}
