/** Something that is done soon after it is asked for, and no more often than it may be. */
interface Paced {
  ask(this: void): void
  stop(this: void): void
}

export function paced(everyMs: number, run: () => void): Paced {
  let timer: NodeJS.Timeout | undefined
  let ranAt = -Infinity
  return {
    ask() {
      const waitMs = Math.max(0, ranAt + everyMs - performance.now())
      timer ??= setTimeout(() => {
        timer = undefined
        ranAt = performance.now()
        run()
      }, waitMs)
    },
    stop: () => clearTimeout(timer),
  }
}
