import { type Means, between, drawSome, minuteMs } from './means.js'
import { type Remembered } from './memory.js'
import { kindOf } from '../frames.js'

/** Frames of anybody, as they were, to anybody, minutes later, and many of them. */
export function replay(means: Means): void {
  const { hands, memory } = means
  const frames = memory.frames()
  if (frames.length === 0) return
  hands.random.pick(ways)(means, frames)
}

const ways: readonly ((means: Means, frames: readonly Remembered[]) => void)[] = [
  scatter,
  pour,
  sendBack,
  gossipAgain,
]

/** Some of them over some minutes, each to anybody, in any order. */
function scatter(means: Means, frames: readonly Remembered[]): void {
  const { hands } = means
  const others = hands.others()
  for (const { bytes } of drawSome(means, frames, between(means, 1, 40))) {
    hands.send(hands.random.pick(others), bytes, hands.random.below(10 * minuteMs))
  }
}

/** A long stretch at once, to one; the newest first as often as not. */
function pour(means: Means, frames: readonly Remembered[]): void {
  const { hands } = means
  const victim = hands.random.pick(hands.others())
  const from = hands.random.below(frames.length)
  const stretch = frames.slice(from, from + 100)
  const afterMs = hands.random.below(5 * minuteMs)
  for (const { bytes } of hands.random.chance(0.5) ? stretch : stretch.toReversed()) {
    hands.send(victim, bytes, afterMs)
  }
}

/** To whoever said it. */
function sendBack(means: Means, frames: readonly Remembered[]): void {
  const { hands } = means
  const reached = new Set(hands.others().map(({ index }) => index))
  for (const { from, bytes } of drawSome(means, frames, between(means, 1, 30))) {
    if (reached.has(from.index)) hands.send(from, bytes, hands.random.below(minuteMs))
  }
}

/** To everybody: what was gossiped before, or what was only meant for this peer. */
function gossipAgain(means: Means, frames: readonly Remembered[]): void {
  const { hands } = means
  const old = frames.slice(0, Math.ceil(frames.length / 2))
  const isWord = ({ bytes }: Remembered): boolean => kindOf(bytes) === 'presence'
  const words = old.filter(isWord)
  const from = words.length > 0 && hands.random.chance(0.3) ? words : old
  for (const { bytes } of drawSome(means, from, between(means, 1, 10))) hands.gossip(bytes)
}
