import { forgePresence } from './forge.js'
import {
  type Means,
  type Written,
  between,
  dealOut,
  hashesHeld,
  minuteMs,
  newChain,
  secondMs,
  sendAll,
  someChanges,
  takeChain,
  tell,
  writeNext,
} from './means.js'
import { deltaFrames, frameOf, releaseFrame } from './wire.js'

/** Well-signed words from the future. */
export function farFuture(means: Means): void {
  means.hands.random.pick(ways)(means)
}

const ways: readonly ((means: Means) => void)[] = [
  oneRelease,
  oneRelease,
  chainOfReleases,
  twoAtOneDot,
  lastCounter,
  presenceAhead,
]

const dayMs = 24 * 60 * minuteMs

/** From just too far to the end of time; now and then just near enough. */
function aheadMs(means: Means): number {
  const { random, now } = means.hands
  return random.pick([
    59 * secondMs,
    minuteMs,
    minuteMs + 1,
    61 * secondMs,
    90 * secondMs,
    between(means, 2, 60) * minuteMs,
    dayMs,
    40 * dayMs,
    365 * dayMs,
    3650 * dayMs,
    Number.MAX_SAFE_INTEGER - now(),
  ])
}

const early = (means: Means, chain = newChain(means), ahead = aheadMs(means)): Written =>
  writeNext(means, chain, someChanges(means), { ms: means.hands.now() + ahead })

function oneRelease(means: Means): void {
  const isOnOldChain = means.hands.random.chance(0.3)
  tell(means, [releaseFrame(early(means, isOnOldChain ? takeChain(means) : undefined).bytes)])
}

/** Further ahead each, or all at one time: they come of age one by one, or together. */
function chainOfReleases(means: Means): void {
  const stepMs = means.hands.random.pick([0, secondMs, 20 * secondMs])
  const firstMs = aheadMs(means)
  let chain = newChain(means)
  const written = Array.from({ length: between(means, 2, 20) }, (_, index) => {
    const next = early(means, chain, Math.min(firstMs, 3650 * dayMs) + index * stepMs)
    chain = next.chain
    return next.bytes
  })
  tell(means, deltaFrames(written))
}

/** A fork among what nobody may look at yet. */
function twoAtOneDot(means: Means): void {
  const chain = newChain(means)
  const ahead = means.hands.random.pick([61, 65, 120]) * secondMs
  const [here, there] = dealOut(means, 2)
  const faces = [early(means, chain, ahead), early(means, chain, ahead)]
  const frames = faces.map(({ bytes }) => releaseFrame(bytes))
  if (means.hands.random.chance(0.5)) return tell(means, frames)
  sendAll(means, here!, [frames[0]!])
  sendAll(means, there!, [frames[1]!])
}

/** After the last counter of a millisecond only the next millisecond is left to whoever writes on. */
function lastCounter(means: Means): void {
  const ms = means.hands.now() + between(means, 0, 50) * secondMs
  const { bytes, chain } = writeNext(means, takeChain(means), someChanges(means), {
    ms,
    counter: 65_535,
  })
  means.chains.push(chain)
  tell(means, [releaseFrame(bytes)])
}

/** Whatever it says after that is older, and is not heard. */
function presenceAhead(means: Means): void {
  const { hands } = means
  const bytes = forgePresence(hands, {
    peer: hands.node.peer,
    at: hands.now() + aheadMs(means),
    hashes: hashesHeld(means),
    clock: hands.node.replica.clock(),
  })
  tell(means, [frameOf('presence', bytes)])
}
