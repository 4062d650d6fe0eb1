import { availableParallelism } from 'node:os'
import { setTimeout as after } from 'node:timers/promises'
import type { LabPeer } from '../wire.js'
import type { Fleet } from './fleet.js'

/** Beside those that compute, some wait for their disk. */
const atOnce = availableParallelism() + 1
/** Up to so many, each is linked with all others. */
const allToAllMax = 32
/** Whoever has everybody running waits no longer than this until they are linked, too. */
const patienceMs = 20_000
const lookAgainMs = 50

/** Starts all peers, a few at a time, and resolves once everybody has everything. */
export async function startAll(
  fleet: Fleet,
  peers: () => readonly LabPeer[],
  signal: AbortSignal | undefined,
): Promise<void> {
  // Whoever is ended while the lab starts is not there in the end, and that is no failure.
  const unlessEnded = (number: number) => (error: unknown) => {
    if (!fleet.members[number - 1]!.isEnded) throw error
  }
  const running = (): readonly LabPeer[] => peers().filter(({ state }) => state === 'running')
  const waiting = fleet.members.map(({ number }) => number)
  const startNext = async (): Promise<void> => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      const { isEnded } = fleet.members[number - 1]!
      if (!isEnded) await fleet.carryOut('start', number).catch(unlessEnded(number))
    }
  }
  await unlessAborted(signal, Promise.all(Array.from({ length: atOnce }, startNext)))
  await until(() => areTogether(running()), signal)
  const keys = running()[0]?.keys ?? 0
  fleet.seal()
  await until(() => areTogether(running()) && running().every((peer) => peer.keys > keys), signal)
}

function areTogether(peers: readonly LabPeer[]): boolean {
  const links = peers.length <= allToAllMax ? peers.length - 1 : 1
  return peers.every((peer) => peer.behind === 0 && peer.keys > 0 && peer.links.length >= links)
}

/** A mesh that takes its time is shown as it is. */
async function until(isSo: () => boolean, signal: AbortSignal | undefined): Promise<void> {
  const givesUpAt = performance.now() + patienceMs
  while (!isSo() && performance.now() < givesUpAt) await after(lookAgainMs, undefined, { signal })
}

async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work
  let abort = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
    // What else fails while it ends is told by nobody.
    work.catch(() => {})
  }
}
