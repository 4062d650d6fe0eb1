import { setTimeout as sleep } from 'node:timers/promises'
import type { PeerClient } from '@grapevine/api/client'
import type { Call } from '../call.js'
import { Complaint } from '../complain.js'
import { exitCodes } from '../exit-codes.js'

/** So many times the quiet time at most: what never rests is shown as well. */
const patience = 10

/**
 * Yields when what is shown under a prefix is there, and again each time something has changed and then
 * was quiet for a while. A running peer may end and start again in between.
 */
export async function* settled(
  call: Call,
  client: PeerClient,
  prefix: string,
  quietMs: number,
): AsyncGenerator<undefined, undefined> {
  const ending = new AbortController()
  const signal = AbortSignal.any([call.signal, ending.signal])
  const news = { count: 0, tell: (): void => {} }
  const reading = follow(client, prefix, signal, () => {
    news.count++
    news.tell()
  })
  // Whoever does not listen at that moment hears of it at the next.
  reading.catch(() => {})
  try {
    for (let seen = 0; ;) {
      const told = new Promise<void>((done) => (news.tell = done))
      if (news.count === seen) await Promise.race([told, reading])
      const firstAt = performance.now()
      do {
        seen = news.count
        await Promise.race([sleep(quietMs, undefined, { signal }), reading])
      } while (news.count > seen && performance.now() - firstAt < patience * quietMs)
      yield
    }
  } finally {
    ending.abort()
    await reading.catch(() => {})
  }
}

async function follow(
  client: PeerClient,
  prefix: string,
  signal: AbortSignal,
  tell: () => void,
): Promise<never> {
  for await (const _ of client.watch(prefix, { signal })) tell()
  signal.throwIfAborted()
  throw new Complaint(exitCodes.noPeer, 'PEER_CLOSED', 'the peer has closed')
}
