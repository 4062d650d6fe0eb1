import { setTimeout as pause } from 'node:timers/promises'
import { within } from '../../peer/waiting.ts'

/** Asks again and again, and remembers when it was answered. */
export interface Probe {
  stop(): void
  /** Whether all was answered in so many milliseconds before now. */
  isWell(ms: number): boolean
  /** The longest stretch since then without an answer; 0 where each came in time. */
  outageMs(sinceMs: number): number
}

export interface Attempt {
  readonly beganMs: number
  readonly endedMs: number
  readonly isAnswered: boolean
}

const betweenMs = 10
const attemptMsMax = 500
/** What is answered later than this was not available: less is the noise of a busy machine. */
const lateMs = 200

export function startProbe(ask: (turn: string) => unknown): Probe {
  const attempts: Attempt[] = []
  const stopping = new AbortController()
  void (async () => {
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      const beganMs = performance.now()
      const isAnswered = await answers(ask, String(turn))
      attempts.push({ beganMs, endedMs: performance.now(), isAnswered })
      await pause(betweenMs)
    }
  })()
  return {
    stop: () => stopping.abort(),
    isWell(ms) {
      const since = performance.now() - ms
      const recent = attempts.filter(({ endedMs }) => endedMs > since)
      return recent.length > 0 && recent.every(isInTime)
    },
    outageMs: (sinceMs) => outageOf(attempts, sinceMs, performance.now()),
  }
}

async function answers(ask: (turn: string) => unknown, turn: string): Promise<boolean> {
  try {
    await within('an answer', Promise.resolve(ask(turn)), attemptMsMax)
    return true
  } catch {
    return false
  }
}

const isInTime = ({ beganMs, endedMs, isAnswered }: Attempt): boolean =>
  isAnswered && endedMs - beganMs <= lateMs

/** From the first attempt that was not answered in time until the next answer, or until now. */
export function outageOf(attempts: readonly Attempt[], sinceMs: number, nowMs: number): number {
  let longest = 0
  let from: number | undefined
  for (const attempt of attempts) {
    if (attempt.endedMs < sinceMs) continue
    if (!isInTime(attempt)) from ??= Math.max(attempt.beganMs, sinceMs)
    if (attempt.isAnswered && from !== undefined) {
      longest = Math.max(longest, attempt.endedMs - from)
      from = undefined
    }
  }
  return Math.max(longest, from === undefined ? 0 : nowMs - from)
}
