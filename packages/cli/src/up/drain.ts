/** How long a peer that was told to end may take: orchestrators kill after ten seconds at the soonest. */
export const drainMs = 5_000

/**
 * Closes one after the other. false: time was over before the last had ended; what is durable stays
 * so, and nobody need wait longer for this process.
 */
export async function drain(
  closers: readonly (() => Promise<void>)[],
  withinMs = drainMs,
): Promise<boolean> {
  const closed = (async () => {
    for (const close of closers) await close()
    return true as const
  })()
  // Whoever fails after time was over has nobody left to hear it.
  closed.catch(() => {})
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), withinMs)
  })
  try {
    return await Promise.race([closed, late])
  } finally {
    clearTimeout(timer)
  }
}
