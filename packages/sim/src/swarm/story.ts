import { between, spread, without } from './draw.js'
import { shuffled } from '../random.js'
import { isOnFirstSide, placesOf } from '../world/partition.js'
import { unsyncedFates } from '../plan.js'
import type { Deed, PlannedDeed, PlannedEvent } from '../plan.js'
import type { Random } from '../random.js'
import type { Mesh } from './swarm-mesh.js'

export const dayMs = 24 * 3_600_000

type Written = Partial<Omit<PlannedDeed<'write'>, 'at' | 'who' | 'do' | 'put' | 'remove'>>

/** Ends what was begun, now. */
type End = () => void

interface Month {
  /** Whether admins seal; if not said, they mostly do. */
  readonly isSealed?: boolean
  /** Who lets go; if not said, all that are present. */
  readonly collectors?: readonly number[]
}

interface Halves {
  readonly here: readonly number[]
  readonly there: readonly number[]
}

/** The hand that writes a theme down: what happens, to whom, and a time that only moves on. */
export interface Story {
  readonly random: Random
  readonly mesh: Mesh
  readonly admins: readonly number[]
  /** Honest, and no admins; in an order of chance. */
  readonly people: readonly number[]
  readonly honest: readonly number[]
  readonly hostile: readonly number[]
  /** What this story is about, two or more. */
  readonly keys: readonly string[]

  happen(who: number, deed: Deed): void
  put(who: number, keys: readonly string[], how?: Written): void
  remove(who: number, keys: readonly string[]): void
  sync(who: number, partner: number): void
  crash(who: number): void

  wait(lowMs: number, highMs: number): void
  /** Until gossip has gone round. */
  spread(): void
  /** Until sessions have brought everything everywhere, mostly. */
  settle(): void

  /** Out of everybody's reach. */
  away(who: number): End
  apart(a: number, b: number): End
  /** The honest in two parts, with these in the first one, such that a cut can part them. */
  halves(...these: readonly number[]): Halves
  split(halves: Halves): End

  /**
   * A month goes by: whoever is present says where it stands, admins seal, and all collect. What
   * was replaced is settled by one month, and leaves the logs by a second one.
   */
  month(present: readonly number[], month?: Month): void
  /** Somebody who was not named appears with an empty disk. */
  newcomer(...named: readonly number[]): number
  /** Whose store was neither set back nor copied yet: each is at most once. */
  copyable(): number | undefined
  /** A copy of a store goes live; answers its index. */
  clone(who: number): number
}

/** What several stories of one plan share. */
interface Stage {
  readonly random: Random
  readonly mesh: Mesh
  readonly keys: readonly string[]
  readonly events: PlannedEvent[]
  at: number
  /** Whose store was set back or copied. */
  readonly copied: Set<number>
  clones: number
  /** Who is there for the first time only when it joins. */
  readonly joined: Set<number>
}

/** Where sessions are rarer than this a story opens its own: to wait for them would take too long. */
const rareSessionsMs = 2_500

const rangeOf = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)

export function openStory(stage: Stage): Story {
  const { random, mesh, events } = stage
  const honest = rangeOf(0, mesh.peers - mesh.hostile)
  const people = shuffled(random, honest.slice(mesh.admins))
  const latencyMs = mesh.weather.delayMinMs + mesh.weather.delayMeanMs + mesh.disk.syncMs

  const wait = (lowMs: number, highMs: number): void => {
    stage.at += between(random, Math.round(lowMs), Math.round(highMs))
  }
  const happen = (who: number, deed: Deed): void => {
    events.push({ at: stage.at, who, ...deed })
  }
  const lasting = (who: number, deedFor: (forMs: number) => Deed): End => {
    const begun = stage.at
    stage.at += 1
    return () => void events.push({ at: begun, who, ...deedFor(Math.max(1, stage.at - begun)) })
  }
  const write = (put: readonly string[], remove: readonly string[], how?: Written): Deed => ({
    do: 'write',
    put,
    remove,
    valueBytes: 0,
    ...how,
  })

  const story: Story = {
    random,
    mesh,
    admins: rangeOf(0, mesh.admins),
    people,
    honest,
    hostile: rangeOf(honest.length, mesh.peers),
    keys: stage.keys,
    happen,
    put: (who, keys, how) => happen(who, write(keys, [], how)),
    remove: (who, keys) => happen(who, write([], keys)),
    sync: (who, partner) => happen(who, { do: 'session', with: partner }),
    crash: (who) => happen(who, { do: 'crash', ...deathOf(random) }),
    wait,
    spread: () => wait(latencyMs * 3 + 10, latencyMs * 6 + 200),
    settle: () => settle(story, stage, latencyMs),
    away: (who) => lasting(who, (forMs) => ({ do: 'away', forMs })),
    apart: (who, to) => lasting(who, (forMs) => ({ do: 'link', to, trouble: 'down', forMs })),
    halves(...these) {
      const rest = shuffled(random, without(honest, ...these))
      const fill = Math.max(1, (honest.length >> 1) - these.length)
      const here = [...these, ...rest.slice(0, fill)]
      return { here, there: without(honest, ...here) }
    },
    split(halves) {
      const dealt = dealOf(mesh.peers, halves, random)
      if (dealt === undefined) return awayAll(story, halves)
      return lasting(dealt.who, (forMs) => ({ do: 'partition', shape: 'halves', forMs, ...dealt }))
    },
    month: (present, month) => passMonth(story, present, month ?? {}),
    newcomer: (...named) => appear(story, stage, named),
    copyable() {
      const who = people.find((one) => !stage.copied.has(one))
      if (who !== undefined) stage.copied.add(who)
      return who
    },
    clone(who) {
      happen(who, { do: 'clone' })
      stage.clones += 1
      return mesh.peers + stage.clones - 1
    },
  }
  return story
}

function settle(story: Story, stage: Stage, latencyMs: number): void {
  const { honest, mesh } = story
  const { sessionMs } = mesh.habits
  if (sessionMs < rareSessionsMs) {
    return story.wait(sessionMs + latencyMs * 8, sessionMs * 2.5 + latencyMs * 12)
  }
  const stepMs = Math.round(Math.min(latencyMs * 8 + 20, 4_000 / honest.length))
  for (const order of [honest, honest.toReversed()]) {
    for (const [place, who] of order.entries()) {
      if (place > 0) story.sync(who, order[place - 1]!)
      stage.at += stepMs
    }
  }
}

export const deathOf = (random: Random): Omit<PlannedDeed<'crash'>, 'at' | 'who' | 'do'> => ({
  unsynced: random.pick(unsyncedFates),
  downMs: spread(random, 20, 3_000),
})

function passMonth(story: Story, present: readonly number[], month: Month): void {
  const { random, admins } = story
  const [speaker] = present
  if (speaker === undefined) return
  story.happen(speaker, { do: 'skip', ms: (31 + random.below(5)) * dayMs })
  story.wait(1, 100)
  story.happen(speaker, { do: 'announce' })
  story.spread()
  const sealers = admins.filter((admin) => present.includes(admin))
  if (sealers.length > 0 && (month.isSealed ?? random.chance(0.9))) {
    for (const admin of sealers) story.happen(admin, { do: 'seal' })
    story.spread()
  }
  for (const who of month.collectors ?? present) story.happen(who, { do: 'collect' })
  story.wait(1, 100)
}

/** Joins for the first time, comes back after it had left, or has lost its disk. */
function appear(story: Story, stage: Stage, named: readonly number[]): number {
  const { random, people } = story
  const free = people.filter((one) => !named.includes(one))
  const fresh = free.find(
    (one) => !stage.joined.has(one) && stage.events.every(({ who }) => who !== one),
  )
  const who = fresh ?? (free.length > 0 ? random.pick(free) : random.pick(people))
  if (fresh !== undefined && random.chance(0.7)) story.happen(who, { do: 'join' })
  else story.happen(who, { do: 'lose-disk' })
  stage.joined.add(who)
  return who
}

/** How chance must deal out the halves for these to be here and those to be there. */
function dealOf(
  peers: number,
  { here, there }: Halves,
  random: Random,
): { readonly who: number; readonly salt: number } | undefined {
  const room = Math.max(1, peers >> 1)
  const [first, second] = here.length <= room ? [here, there] : [there, here]
  const [who] = first
  if (who === undefined || first.length > room) return undefined
  for (let tries = 0; tries < 300; tries++) {
    const salt = random.below(1_000_000)
    const places = placesOf(peers, who, salt)
    const isHere = (index: number): boolean => isOnFirstSide(places[index]!, peers)
    if (first.every(isHere) && !second.some(isHere)) return { who, salt }
  }
  return undefined
}

/** Where no cut parts them so: all of the smaller part are alone. */
function awayAll(story: Story, { here, there }: Halves): End {
  const ends = (here.length < there.length ? here : there).map((who) => story.away(who))
  return () => ends.forEach((end) => end())
}
