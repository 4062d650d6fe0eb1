import { performance } from 'node:perf_hooks'
import type { EventLoopUtilization } from 'node:perf_hooks'
import type { PeerId } from '@grapevine/core'
import { chosenByChance, freshAttempts, noteFailure } from './attempts.js'
import type { Attempts } from './attempts.js'
import type { Contact } from './network.js'
import { createSeeds } from './seeds.js'
import type { Seeds } from './seeds.js'
import type { Timing } from './timing.js'

/**
 * Finds the way back to everybody, for ever: by the book of known members, by the seeds, and by what
 * was heard on the local network. Up to 32 members there is a link to each; above, to some.
 */
export interface Redial {
  /** Something happened after which a dial may be due. */
  wake(this: void): void
  linked(this: void, peer: PeerId): void
  unlinked(this: void, peer: PeerId): void
  /** Try that peer only now and then: one of us refuses the other. */
  avoid(this: void, peer: PeerId): void
  /** Somebody may be there; nobody vouches for it. */
  candidate(this: void, peer: PeerId, addresses: readonly string[]): void
  stop(this: void): void
}

export interface RedialOptions {
  readonly self: PeerId
  readonly timing: Timing
  readonly seeds: readonly string[]
  readonly resolveSeed: (seed: string) => Promise<readonly string[]>
  readonly contacts: () => readonly Contact[]
  readonly mayDial: (peer: PeerId) => boolean
  readonly isLinked: (peer: PeerId) => boolean
  readonly linkCount: () => number
  /** Never rejects. */
  readonly dial: (target: DialTarget) => Promise<DialResult>
  /** One link may go: another has come in its turn. */
  readonly shed: () => void
  /** A seed did not answer for some time, and there is nobody else. */
  readonly unreachable: (seed: string, why: string) => void
}

export interface DialTarget {
  /** undefined: whoever is there. */
  readonly peer: PeerId | undefined
  readonly addresses: readonly string[]
}

export type DialResult =
  /** There is a link to that peer: this one, or one that was there already. */
  | { readonly is: 'linked'; readonly peer: PeerId }
  | { readonly is: 'self' }
  | { readonly is: 'failed'; readonly why: string }
  /** It answered, and we do not belong together. */
  | { readonly is: 'refused'; readonly why: string }

interface Inside extends RedialOptions {
  readonly seedbed: Seeds
  readonly peers: Map<PeerId, Attempts>
  readonly candidates: Map<PeerId, readonly string[]>
  running: number
  /** How much of the time this process was busy, up to when. */
  load: EventLoopUtilization
  slots: number
  rotateAt: number
  /** When the next candidate may be tried. */
  candidateAt: number
  isStopped: boolean
  timer: NodeJS.Timeout | undefined
}

const dialsMax = 16
/** A connection costs milliseconds on both sides. Where the processor is busy, more at once only fail. */
const dialsWhenBusyMax = 2
const busyShare = 0.8
const busyWindowMs = 100
/** Up to so many members everybody is connected with everybody. */
export const fullMeshMax = 32
/** Above a full mesh, so many links are looked for. */
const linksMin = 12
const candidatesMax = 256
const candidateFailuresMax = 3
/** Anybody can name them: so few of their addresses are tried, and one of them in so long. */
const candidateAddressesMax = 4
const candidateGapMs = 1_000
/** Keys cost nothing: the oldest attempts are forgotten. */
const attemptsMax = 10_000
const dayMs = 24 * 3_600_000
/** The peer with the greater id waits a little, so that two dials seldom cross. */
const politenessMs = 2_500

export function createRedial(options: RedialOptions): Redial {
  const inside: Inside = {
    ...options,
    seedbed: createSeeds(options, () => wake(inside)),
    peers: new Map(),
    candidates: new Map(),
    running: 0,
    load: performance.eventLoopUtilization(),
    slots: dialsMax,
    rotateAt: performance.now() + options.timing.rotateMs,
    candidateAt: 0,
    isStopped: false,
    timer: undefined,
  }
  const { peers, candidates, timing, seedbed } = inside
  return {
    wake: () => wake(inside),
    linked(peer) {
      peers.delete(peer)
      candidates.delete(peer)
    },
    unlinked(peer) {
      const before = peers.get(peer)
      if (before?.isRare !== true) peers.set(peer, freshAttempts(firstWaitMs(inside, peer)))
      seedbed.unlinked(peer, firstWaitMs(inside, peer))
      wake(inside)
    },
    avoid(peer) {
      const attempts = attemptsFor(inside, peer)
      attempts.isRare = true
      attempts.notBefore = performance.now() + timing.redialRarelyMs
    },
    candidate(peer, addresses) {
      if (candidates.size >= candidatesMax && !candidates.has(peer)) return
      candidates.set(peer, addresses.slice(0, candidateAddressesMax))
      wake(inside)
    },
    stop() {
      inside.isStopped = true
      clearTimeout(inside.timer)
    },
  }
}

const firstWaitMs = ({ self, timing }: Inside, peer: PeerId): number =>
  Math.random() * timing.redialMinMs + (self > peer ? politenessMs : 0)

function attemptsFor(inside: Inside, peer: PeerId): Attempts {
  const known = inside.peers.get(peer)
  if (known !== undefined) return known
  const attempts = freshAttempts(firstWaitMs(inside, peer))
  const { peers } = inside
  peers.set(peer, attempts)
  const [oldest] = peers.keys()
  if (peers.size > attemptsMax && oldest !== undefined) peers.delete(oldest)
  return attempts
}

/** Looks now, and again when the next dial is due. */
function wake(inside: Inside): void {
  const { timing } = inside
  clearTimeout(inside.timer)
  if (inside.isStopped) return
  const now = performance.now()
  const soonest = Math.min(
    isLinkedEnough(inside) ? Infinity : inside.seedbed.dial(now),
    dialPeers(inside, now),
    dialCandidate(inside, now),
    now + timing.redialMaxMs,
  )
  const waitMs = Math.max(20, soonest - performance.now())
  inside.timer = setTimeout(() => wake(inside), waitMs).unref()
}

const isLinkedEnough = (inside: Inside): boolean =>
  inside.linkCount() >= linksMin && inside.contacts().length >= fullMeshMax

/** How many dials may be under way at once. */
function slots(inside: Inside): number {
  const now = performance.eventLoopUtilization()
  const { active, idle, utilization } = performance.eventLoopUtilization(now, inside.load)
  if (active + idle >= busyWindowMs) {
    inside.load = now
    inside.slots = utilization > busyShare ? dialsWhenBusyMax : dialsMax
  }
  return inside.slots
}

/** Starts what is due, and answers when the next will be. */
function dialPeers(inside: Inside, now: number): number {
  const wanted = wantedPeers(inside, now)
  let soonest = Infinity
  for (const target of wanted) {
    const attempts = attemptsFor(inside, target.peer)
    if (attempts.isUnderWay) continue
    if (attempts.notBefore > now) soonest = Math.min(soonest, attempts.notBefore)
    else if (inside.running < slots(inside)) void dialPeer(inside, target, attempts)
  }
  return soonest
}

/** Whoever was found nearby: one after the other, and beside those who are known. */
function dialCandidate(inside: Inside, now: number): number {
  const { candidates, self } = inside
  if (candidates.size === 0 || isLinkedEnough(inside)) return Infinity
  if (now < inside.candidateAt) return inside.candidateAt
  for (const [peer, addresses] of candidates) {
    const attempts = attemptsFor(inside, peer)
    const isDue = attempts.notBefore <= now && !attempts.isUnderWay
    if (!isDue || peer === self || inside.isLinked(peer) || !inside.mayDial(peer)) continue
    inside.candidateAt = now + candidateGapMs
    void dialPeer(inside, { peer, addresses }, attempts)
    break
  }
  return now + candidateGapMs
}

async function dialPeer(
  inside: Inside,
  { peer, addresses }: WantedPeer,
  attempts: Attempts,
): Promise<void> {
  const { timing, candidates, peers } = inside
  attempts.isUnderWay = true
  inside.running += 1
  // Another one is tried first each time, so that none that swallows packets stands before the rest.
  const first = attempts.failures % addresses.length
  const result = await inside.dial({
    peer,
    addresses: [...addresses.slice(first), ...addresses.slice(0, first)],
  })
  inside.running -= 1
  attempts.isUnderWay = false
  if (result.is === 'refused') attempts.isRare = true
  if (result.is !== 'linked') noteFailure(attempts, timing)
  if (attempts.failures >= candidateFailuresMax && candidates.delete(peer)) peers.delete(peer)
  wake(inside)
}

interface WantedPeer {
  readonly peer: PeerId
  readonly addresses: readonly string[]
}

/** Whom there should be a link to, most recently seen first. */
function wantedPeers(inside: Inside, now: number): readonly WantedPeer[] {
  const { self, timing } = inside
  const known = inside.contacts().filter(({ addresses }) => addresses.length > 0)
  const absent = known
    .filter(({ peer }) => peer !== self && !inside.isLinked(peer) && inside.mayDial(peer))
    .toSorted((a, b) => b.seenAt - a.seenAt)
  for (const { peer, seenAt } of absent.slice(fullMeshMax)) {
    if (Date.now() - seenAt > dayMs) attemptsFor(inside, peer).isRare = true
  }
  if (known.length < fullMeshMax) return absent
  const missing = linksMin - inside.linkCount()
  if (missing > 0) return sample(inside, absent, missing)
  if (now < inside.rotateAt) return []
  inside.rotateAt = now + timing.rotateMs
  inside.shed()
  return []
}

/** Some of them by chance, and those that were begun with before the others. */
function sample(
  { peers }: Inside,
  absent: readonly Contact[],
  count: number,
): readonly WantedPeer[] {
  const isBegun = ({ peer }: Contact): boolean => peers.get(peer)?.isUnderWay === true
  const begun = absent.filter(isBegun)
  const others = absent.filter((contact) => !isBegun(contact))
  return [...begun, ...chosenByChance(others, count - begun.length)]
}
