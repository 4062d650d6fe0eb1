import { createCuts } from './cuts.js'
import { createLinks, isSilent, isTroubled } from './link.js'
import type { Link } from './link.js'
import type { Frame, Loss } from '../observer.js'
import { partitionOf } from './partition.js'
import type { LinkTrouble, PartitionShape, Plan, Weather } from '../plan.js'
import type { Queue } from './queue.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'
import { createSky } from './weather.js'

/** Directed links between all peers, each with its own delays, losses and moods. */
export interface Network {
  send(this: void, frame: Frame): void
  partition(shape: PartitionShape, who: number, salt: number, forMs: number): void
  trouble(from: number, to: number, trouble: LinkTrouble, forMs: number): void
  /** Other weather for a while. */
  change(change: Partial<Weather>, forMs: number): void
  /** Out of everybody's reach. */
  isolate(index: number, forMs: number): void
  isBlocked(this: void, from: number, to: number): boolean
  /** All troubles end; frames that are on their way still arrive. */
  heal(): void
}

interface NetworkOptions {
  readonly plan: Plan
  readonly queue: Queue
  readonly deliver: (frame: Frame) => void
  readonly onLost: (frame: Frame, why: Loss) => void
  readonly onProbe: (name: string) => void
}

const slowBytesPerSecond = 8_000
const lossyShare = 0.5
/** A sender drops what would wait for longer. */
const backlogMs = 10_000

export function createNetwork(options: NetworkOptions): Network {
  const { plan, queue, deliver, onLost } = options
  const links = createLinks()
  const sky = createSky(plan.weather, queue)
  const cuts = createCuts(queue)
  const regionOf = (index: number): number => index % plan.overlay.regions
  const streams: Random[] = []
  const randomFor = (index: number): Random =>
    (streams[index] ??= randomOf(plan.seed, 'network', index))

  const isCut = ({ from, to }: Frame): boolean =>
    cuts.isBlocked(from.index, to.index) ||
    isSilent(links.between(from.index, to.index), queue.now())

  function arrive(frame: Frame): void {
    if (isCut(frame)) return onLost(frame, 'cut')
    if (!frame.to.isUp) return onLost(frame, 'down')
    deliver(frame)
  }

  function send(frame: Frame): void {
    const { from, to } = frame
    if (isCut(frame)) return onLost(frame, 'cut')
    const isFar = regionOf(from.index) !== regionOf(to.index)
    const passage: Passage = {
      link: links.between(from.index, to.index),
      weather: sky.weather(),
      farMs: isFar ? plan.overlay.regionDelayMs : 0,
      random: randomFor(from.index),
      now: queue.now(),
      onProbe: options.onProbe,
    }
    const fate = fateOf(frame, passage)
    if (typeof fate === 'string') return onLost(frame, fate)
    for (const at of fate.arrivals) queue.at(at, () => arrive(fate.frame))
  }

  return {
    send,
    partition: (shape, who, salt, forMs) =>
      cuts.add(partitionOf({ shape, who, salt, peers: plan.peers, regionOf }), forMs),
    trouble(from, to, trouble, forMs) {
      const now = queue.now()
      const lasting = { trouble, from: now, until: now + forMs }
      links.between(from, to).troubles.push(lasting)
      if (trouble !== 'half-open') links.between(to, from).troubles.push(lasting)
    },
    change: sky.change,
    isolate: (index, forMs) => cuts.add((from, to) => (from === index) !== (to === index), forMs),
    isBlocked: cuts.isBlocked,
    heal() {
      sky.heal()
      cuts.heal()
      links.heal()
    },
  }
}

/** What a frame meets on its way. */
interface Passage {
  readonly link: Link
  readonly weather: Weather
  readonly farMs: number
  readonly random: Random
  readonly now: number
  readonly onProbe: (name: string) => void
}

/** Why a frame is lost, or when it arrives, once or twice, whole or not. */
function fateOf(
  frame: Frame,
  passage: Passage,
): Loss | { readonly frame: Frame; readonly arrivals: readonly number[] } {
  const { link, weather, random, now, onProbe } = passage
  const delayMs = delayOf(frame, passage)
  if (delayMs === undefined) return 'full'
  const isLossy = isTroubled(link, 'lossy', now) && random.chance(lossyShare)
  if (isLossy || random.chance(weather.lossShare)) return 'loss'
  let sent = frame
  if (random.chance(weather.truncateShare)) {
    onProbe('frame truncated')
    sent = { ...frame, bytes: frame.bytes.subarray(0, random.below(frame.bytes.length)) }
  }
  if (random.chance(weather.clogShare)) {
    onProbe('link clogged')
    link.lastArrival = Math.max(link.lastArrival, now + random() * weather.clogMs)
  }
  const isOvertaking = random.chance(weather.reorderShare)
  const at = isOvertaking ? now + delayMs : Math.max(link.lastArrival, now + delayMs)
  if (isOvertaking) onProbe('frame overtook others')
  else link.lastArrival = at
  if (!random.chance(weather.duplicateShare)) return { frame: sent, arrivals: [at] }
  onProbe('frame came twice')
  return { frame: sent, arrivals: [at, at + random() * weather.duplicateLaterMs] }
}

/** How long the frame is under way; undefined: the sender's buffer is full. */
function delayOf(
  { bytes }: Frame,
  { link, weather, farMs, random, now }: Passage,
): number | undefined {
  const delayMs = weather.delayMinMs + farMs - weather.delayMeanMs * Math.log(1 - random())
  const rate = Math.min(
    weather.bytesPerSecond || Infinity,
    isTroubled(link, 'slow', now) ? slowBytesPerSecond : Infinity,
  )
  if (rate === Infinity) return delayMs
  const start = Math.max(now, link.busyUntil)
  if (start - now > backlogMs) return undefined
  link.busyUntil = start + (bytes.length * 1000) / rate
  return link.busyUntil - now + delayMs
}
