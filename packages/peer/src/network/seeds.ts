import type { PeerId } from '@grapevine/core'
import { chosenByChance, freshAttempts, noteFailure } from './attempts.js'
import type { Attempts } from './attempts.js'
import type { DialResult, RedialOptions } from './redial.js'

/** Where a first member was said to be found, and others after it. They are tried for ever. */
export interface Seeds {
  /** Starts what is due, and answers when the next will be. */
  dial(this: void, now: number): number
  /** Whoever was met behind a seed is gone, or everybody is: look there again soon. */
  unlinked(this: void, peer: PeerId, waitMs: number): void
}

interface Inside extends RedialOptions {
  readonly attempts: ReadonlyMap<string, Attempts>
  /** Who was found behind an address of a seed. */
  readonly behind: Map<string, PeerId>
  readonly wake: () => void
}

/** A name can stand for more peers than are needed to find the others. */
const addressesMax = 16
const behindMax = 256
const failuresToTell = 5

export function createSeeds(options: RedialOptions, wake: () => void): Seeds {
  const inside: Inside = {
    ...options,
    attempts: new Map(options.seeds.map((seed) => [seed, freshAttempts(0)])),
    behind: new Map(),
    wake,
  }
  const { attempts, behind } = inside
  return {
    dial(now) {
      let soonest = Infinity
      for (const [seed, ofSeed] of attempts) {
        if (ofSeed.isUnderWay) continue
        if (ofSeed.notBefore > now) soonest = Math.min(soonest, ofSeed.notBefore)
        else void dialSeed(inside, seed, ofSeed)
      }
      return soonest
    },
    unlinked(peer, waitMs) {
      if (options.linkCount() > 0 && ![...behind.values()].includes(peer)) return
      const soon = performance.now() + waitMs
      for (const ofSeed of attempts.values()) {
        if (!ofSeed.isRare) ofSeed.notBefore = Math.min(ofSeed.notBefore, soon)
      }
    },
  }
}

/** Every address behind the seed is tried, unless somebody is linked who was met there. */
async function dialSeed(inside: Inside, seed: string, attempts: Attempts): Promise<void> {
  const { timing, behind } = inside
  attempts.isUnderWay = true
  const results = await resultsBehind(inside, seed)
  attempts.isUnderWay = false
  if (behind.size > behindMax) behind.clear()
  const failure =
    results.find(({ is }) => is === 'failed') ?? results.find(({ is }) => is === 'refused')
  if (failure === undefined) {
    attempts.failures = 0
    attempts.notBefore = performance.now() + timing.redialRarelyMs
  } else {
    attempts.isRare = failure.is === 'refused'
    noteFailure(attempts, timing)
    const isAlone = inside.linkCount() === 0
    const isTimeToTell = attempts.failures === failuresToTell
    if (isAlone && isTimeToTell && failure.is === 'failed') inside.unreachable(seed, failure.why)
  }
  inside.wake()
}

async function resultsBehind(inside: Inside, seed: string): Promise<readonly DialResult[]> {
  try {
    const addresses = await inside.resolveSeed(seed)
    if (addresses.length === 0) return [{ is: 'failed', why: 'no address is known for it' }]
    const chosen = chosenByChance(addresses, addressesMax)
    return await Promise.all(chosen.map((address) => dialSeedAddress(inside, address)))
  } catch (error) {
    return [{ is: 'failed', why: (error as Error).message }]
  }
}

async function dialSeedAddress(inside: Inside, address: string): Promise<DialResult> {
  const { behind } = inside
  const known = behind.get(address)
  if (known !== undefined && inside.isLinked(known)) return { is: 'linked', peer: known }
  const result = await inside.dial({ peer: undefined, addresses: [address] })
  if (result.is === 'linked') behind.set(address, result.peer)
  else behind.delete(address)
  return result
}
