const pollMs = 20

/** What is still waited for, as a sentence; undefined: nothing any more. */
export type Pending = () => string | undefined | Promise<string | undefined>

/** Waits until nothing is pending, and answers how long that took; or fails with what still was. */
export async function until(pending: Pending, withinMs: number): Promise<number> {
  const began = performance.now()
  for (;;) {
    const reason = await pending()
    const tookMs = performance.now() - began
    if (reason === undefined) return tookMs
    if (tookMs > withinMs) throw new Error(`after ${seconds(tookMs)}: ${reason}`)
    await passed(pollMs)
  }
}

/** The first thing that is pending. */
export const all =
  (...pendings: readonly Pending[]): Pending =>
  async () => {
    for (const pending of pendings) {
      const reason = await pending()
      if (reason !== undefined) return reason
    }
    return undefined
  }

/** For what has no event of its own: weather that lasts, a process that stands still. */
export const passed = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

/** What comes of something, unless that takes too long. */
export async function within<T>(ms: number, something: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([something, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
