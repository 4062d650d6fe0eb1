import type { Hashes, PeerId, Replica } from '@grapevine/core'
import { equals } from 'uint8arrays/equals'
import type { Clock } from '../clock.js'
import type { Interpreter } from './interpreter.js'
import type { Members } from './members.js'
import type { Link } from '../network/network.js'

/**
 * What a peer does by itself. Sessions are what every promise rests on: at once with whoever comes,
 * within a second with whoever stands elsewhere, and now and then with whoever seems to be equal.
 */
export interface Habits {
  /** A link came up: whoever has the smaller id opens the session. */
  linked(peer: PeerId): void
  unlinked(peer: PeerId): void
  /** A session ended with everything equal. */
  synced(peer: PeerId): void
  /** Something was taken here: others want to know that, soon. */
  moved(): void
  /** A session with everybody who is linked, now. */
  syncAll(): void
  stop(): void
}

interface HabitsOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly interpreter: Interpreter
  readonly members: Members
  readonly links: () => readonly Link[]
  readonly announce: () => void
  /** In a closed mesh time ends badges. */
  readonly look: () => void
}

const sessionMs = 1_000
/** Whoever seems to be equal is compared with only so often. */
const compareMs = 10_000
/** A session that did not end by then is not waited for. */
const sessionEndMs = 10_000
const tickMs = 1_000
const collectMs = 60_000
const forgetMs = 3_600_000
const presenceMs = 10_000
/**
 * A peer says soon that it took something, and not again at once: all hear what all say, so both
 * times grow with the square of the members.
 */
const presenceSoonMs = { perPair: 0.5, atLeast: 20, atMost: 5_000 }
const presenceGapMs = { perPair: 1, atLeast: 100, atMost: 5_000 }

export function keepHabits(options: HabitsOptions): Habits {
  const { clock, interpreter, members } = options
  const sessions = openSessions(options)
  let cancelSoon: (() => void) | undefined
  let announcedAt = -Infinity

  const stops = [
    every(options, sessionMs, () => sessions.next()),
    every(options, presenceMs, announce),
    every(options, tickMs, () => interpreter.handle({ type: 'tick' })),
    every(options, tickMs, () => options.look()),
    every(options, collectMs, () => interpreter.handle({ type: 'collect' })),
    every(options, forgetMs, () => members.forgetLongGone()),
  ]

  function announce(): void {
    cancelSoon?.()
    cancelSoon = undefined
    announcedAt = clock.now()
    options.announce()
  }

  return {
    linked: (peer) => sessions.linked(peer),
    unlinked: (peer) => sessions.unlinked(peer),
    synced: (peer) => sessions.synced(peer),
    syncAll: () => sessions.all(),
    moved() {
      const size = members.ids().size
      const gapMs = perPairs(presenceGapMs, size) - Math.abs(clock.now() - announcedAt)
      cancelSoon ??= clock.after(Math.max(perPairs(presenceSoonMs, size), gapMs), announce)
    },
    stop() {
      cancelSoon?.()
      // Whatever moves from here on is told to nobody.
      cancelSoon = () => {}
      for (const stop of stops) stop()
    },
  }
}

const perPairs = ({ perPair, atLeast, atMost }: typeof presenceSoonMs, members: number): number =>
  Math.min(atMost, Math.max(atLeast, members ** 2 * perPair))

interface Sessions {
  next(): void
  all(): void
  linked(peer: PeerId): void
  unlinked(peer: PeerId): void
  synced(peer: PeerId): void
}

function openSessions({ clock, random, interpreter, links }: HabitsOptions): Sessions {
  /** With whom one is under way, and since when. */
  const open = new Map<PeerId, number>()
  let comparedAt = -Infinity

  function start(peer: PeerId): void {
    open.set(peer, clock.now())
    interpreter.handle({ type: 'sync', with: peer })
  }

  const isIdle = ({ peer }: Link): boolean => {
    const since = open.get(peer)
    return since === undefined || clock.now() - since > sessionEndMs || since > clock.now()
  }

  return {
    next() {
      const idle = links().filter(isIdle)
      const elsewhere = elsewhereOf(interpreter.replica, idle)
      const isDue = Math.abs(clock.now() - comparedAt) > compareMs
      const partner = pick(elsewhere.length > 0 || !isDue ? elsewhere : idle, random)
      if (partner === undefined) return
      if (elsewhere.length === 0) comparedAt = clock.now()
      start(partner.peer)
    },
    all() {
      for (const { peer } of links()) start(peer)
    },
    linked(peer) {
      if (interpreter.replica.peer < peer) start(peer)
    },
    unlinked: (peer) => void open.delete(peer),
    synced: (peer) => void open.delete(peer),
  }
}

/** Who stands elsewhere by its last presence. Who moved since then knows by ours that we differ. */
function elsewhereOf(replica: Replica, links: readonly Link[]): readonly Link[] {
  const [presences, own] = [replica.presences(), replica.hashes()]
  return links.filter(({ peer }) => {
    const presence = presences.get(peer)
    return presence === undefined || !isSame(presence.hashes, own)
  })
}

/** A newcomer states no state of its own yet; with equal clocks there is nothing to give it. */
const isSame = (a: Hashes, b: Hashes): boolean =>
  equals(a.clock, b.clock) && equals(a.statements, b.statements)

function pick<T>(from: readonly T[], random: () => number): T | undefined {
  return from[Math.floor(random() * from.length)]
}

/** Again and again, each time a little earlier or later, so that peers do not fall into step. */
function every({ clock, random }: HabitsOptions, meanMs: number, act: () => void): () => void {
  let cancel = (): void => {}
  const again = (): void => {
    cancel = clock.after(meanMs * (0.75 + 0.5 * random()), () => {
      // First, so that what it sets off can stop it.
      again()
      act()
    })
  }
  again()
  return () => cancel()
}
