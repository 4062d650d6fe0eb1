import { setTimeout as pause } from 'node:timers/promises'
import type { Peer } from '@grapevine/peer'

/** What does not happen within this time is reported instead of waited for. */
const patienceMs = 60_000

export async function within<T>(
  what: string,
  work: Promise<T>,
  ms: number = patienceMs,
): Promise<T> {
  const late = new AbortController()
  const end = async (): Promise<never> => {
    await pause(ms, undefined, { signal: late.signal })
    throw new Error(`${what} took more than ${ms} ms`)
  }
  try {
    return await Promise.race([work, end()])
  } finally {
    late.abort()
  }
}

/** Looks again and again: for what no event tells. */
export async function until(
  what: string,
  isSo: () => boolean,
  ms: number = patienceMs,
): Promise<void> {
  const look = async (): Promise<void> => {
    while (!isSo()) await pause(2)
  }
  await within(what, look(), ms)
}

/** Resolves with the moment at which the last of these peers showed so many changes below a prefix. */
export function lastSeen(
  peers: readonly Peer[],
  prefix: string,
  count: number = 1,
  ms: number = patienceMs,
): Promise<number> {
  const seen = peers.map(
    (peer) =>
      new Promise<number>((resolve) => {
        let lacking = count
        const stop = peer.on('change', ({ changes }) => {
          lacking -= changes.filter(({ key }) => key.startsWith(prefix)).length
          if (lacking > 0) return
          stop()
          resolve(performance.now())
        })
      }),
  )
  const all = within(`${prefix} at ${peers.length} peers`, Promise.all(seen), ms)
  return all.then((moments) => Math.max(...moments))
}
