/**
 * Lets those wait who may go on a little later, in the order in which they came. Meanwhile others say
 * that they have the message already, and need not get it again.
 */
export function createHold(): (untilMs: number) => Promise<void> {
  const waiting: { readonly untilMs: number; readonly go: () => void }[] = []
  let timer: NodeJS.Timeout | undefined

  const release = (): void => {
    timer = undefined
    const now = performance.now()
    let count = 0
    while ((waiting[count]?.untilMs ?? Infinity) <= now) count += 1
    for (const { go } of waiting.splice(0, count)) go()
    arm()
  }
  const arm = (): void => {
    const first = waiting[0]
    if (first === undefined || timer !== undefined) return
    // What has arrived meanwhile is read first: timers come before it where this process is busy.
    const due = (): void => void setImmediate(release)
    timer = setTimeout(due, Math.max(0, first.untilMs - performance.now())).unref()
  }

  return (untilMs) =>
    new Promise((go) => {
      waiting.push({ untilMs, go })
      arm()
    })
}
