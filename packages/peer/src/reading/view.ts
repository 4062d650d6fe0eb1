import type { Key, KeyChange, Release, Replica, Value } from '@grapevine/core'
import type { Change, Entry, ReleaseInfo } from '../peer.js'
import { releaseInfo, releaseInfos } from '../api/release-info.js'
import type { Badges } from '../api/release-info.js'
import { sortedKeys } from './sorted-keys.js'

/**
 * What readers see: exactly what this disk holds. The replica may run ahead of the disk; this moves
 * only when something has become durable, and stays as it is while the disk fails.
 */
export interface View {
  get(this: void, key: string): Value | undefined
  has(this: void, key: string): boolean
  entry(this: void, key: string): Entry | undefined
  entries(this: void, prefix?: string): readonly Entry[]
  /** Keys that show a value, ascending. */
  keys(prefix: string): readonly Key[]
  conflicts(this: void): readonly Entry[]
  counts(): { readonly keys: number; readonly conflicts: number }
  /** Whether a key still shows what the disk held when it was opened. */
  isFromDisk(key: string): boolean
  /** Takes what has become durable, all of it at once. */
  apply(changes: readonly KeyChange[], replica: Replica): readonly Change[]
  /** Takes what a replica shows that was opened again from the disk. */
  replace(replica: Replica): readonly Change[]
  /** Called with all steps of a move, before anybody outside hears of it. It must not throw. */
  follow(follower: (steps: readonly Step[]) => void): () => void
  /** Runs at once; during a move, when all followers have taken it: nobody outside sees half of it. */
  afterwards(this: void, run: () => void): void
}

/** A change, and the version that it ended. */
export interface Step {
  readonly change: Change
  readonly before: string | null
}

interface Other {
  readonly value: Value
  readonly release: Release
}

interface Shown extends Other {
  readonly version: string
  readonly others: readonly Other[]
  readonly isFromDisk: boolean
}

/** What a key shows from now on, and what made it so. */
interface Move {
  readonly shown: Shown | undefined
  readonly release: Release | undefined
}

export function openView(replica: Replica): View {
  const held = readAll(replica)
  const sorted = sortedKeys(held.keys())
  const conflicting = new Set<Key>()
  const followers = new Set<(steps: readonly Step[]) => void>()
  let afterwards: (() => void)[] | undefined
  /** After a disk that failed it is another one. */
  let badges: Badges = replica
  for (const [key, { others }] of held) if (others.length > 0) conflicting.add(key)

  /** The one place where what is shown changes. */
  function move(moves: ReadonlyMap<Key, Move>): readonly Change[] {
    const steps = stepsOf(held, moves, badges)
    const came = [...moves.keys()].filter((key) => !held.has(key) && moves.get(key)?.shown)
    const went = new Set<Key>()
    for (const [key, { shown }] of moves) {
      if (shown !== undefined) held.set(key, shown)
      else if (held.delete(key)) went.add(key)
      if (shown !== undefined && shown.others.length > 0) conflicting.add(key)
      else conflicting.delete(key)
    }
    sorted.update(came, went)
    const later: (() => void)[] = (afterwards = [])
    try {
      for (const follower of Array.from(followers)) if (followers.has(follower)) follower(steps)
    } finally {
      afterwards = undefined
    }
    for (const run of later) run()
    return steps.map(({ change }) => change)
  }

  return {
    get: (key) => held.get(key as Key)?.value,
    has: (key) => held.has(key as Key),
    entry: (key) =>
      entryOf(key as Key, held.get(key as Key), (release) => releaseInfo(release, badges)),
    entries: (prefix = '') =>
      typeof prefix === 'string' ? entriesOf(held, sorted.under(prefix), badges) : [],
    keys: (prefix) => sorted.under(prefix),
    conflicts: () => entriesOf(held, [...conflicting].sort(), badges),
    counts: () => ({ keys: held.size, conflicts: conflicting.size }),
    isFromDisk: (key) => held.get(key as Key)?.isFromDisk === true,
    apply: (changes, at) =>
      move(new Map(changes.map((change) => [change.key, moveBy(change, at)]))),
    replace(at) {
      badges = at
      return move(differences(held, readAll(at)))
    },
    follow(follower) {
      followers.add(follower)
      return () => void followers.delete(follower)
    },
    afterwards(run) {
      if (afterwards === undefined) run()
      else afterwards.push(run)
    },
  }
}

function readAll(replica: Replica): Map<Key, Shown> {
  const all = new Map<Key, Shown>()
  for (const key of replica.keys()) {
    const reading = replica.read(key)
    if (reading === undefined) continue
    // Named one by one: a spread would give each of a hundred thousand keys a shape of its own.
    const { value, version, release, others } = reading
    all.set(key, { value, version, release, others, isFromDisk: true })
  }
  return all
}

function differences(
  held: ReadonlyMap<Key, Shown>,
  now: ReadonlyMap<Key, Shown>,
): ReadonlyMap<Key, Move> {
  const moves = new Map<Key, Move>()
  for (const [key, shown] of now) {
    if (held.get(key)?.version !== shown.version) moves.set(key, { shown, release: shown.release })
  }
  for (const key of held.keys()) {
    if (!now.has(key)) moves.set(key, { shown: undefined, release: undefined })
  }
  return moves
}

function moveBy({ key, now, before, version }: KeyChange, replica: Replica): Move {
  if (now?.change.put === undefined || version === null) {
    const release = before === undefined ? undefined : removerOf(replica, key, before.release)
    return { shown: undefined, release }
  }
  const { release } = now
  const others = version === release.id ? [] : othersOf(replica, key, version, release)
  const shown = { value: now.change.put.value, version, release, others, isFromDisk: false }
  return { shown, release }
}

/** A version names all put heads. The replica may have gone on since, but it still knows these. */
function othersOf(replica: Replica, key: Key, version: string, shown: Release): readonly Other[] {
  const wanted = new Set(version.split('+'))
  wanted.delete(shown.id)
  const reading = replica.read(key)
  const known: Other[] = reading === undefined ? [] : [reading, ...reading.others]
  for (const { release, change } of replica.history(key).toReversed()) {
    if (change.put !== undefined) known.push({ release, value: change.put.value })
  }
  return known.filter(({ release }) => wanted.delete(release.id))
}

/**
 * What took a value away; undefined: nothing did, it merely stopped counting. The first that did: later
 * ones may not be durable yet.
 */
const removerOf = (
  replica: Replica,
  key: Key,
  { replica: by, seq }: Release,
): Release | undefined =>
  replica
    .history(key)
    .find(({ change }) => change.put === undefined && (change.seen.get(by) ?? 0) >= seq)?.release

function stepsOf(
  held: ReadonlyMap<Key, Shown>,
  moves: ReadonlyMap<Key, Move>,
  badges: Badges,
): readonly Step[] {
  const infoOf = releaseInfos(badges)
  return [...moves].map(([key, { shown, release }]) => ({
    before: held.get(key)?.version ?? null,
    change: {
      key,
      value: shown?.value,
      previous: held.get(key)?.value,
      version: shown?.version ?? null,
      release: release && infoOf(release),
    },
  }))
}

function entryOf(
  key: Key,
  shown: Shown | undefined,
  infoOf: (release: Release) => ReleaseInfo,
): Entry | undefined {
  if (shown === undefined) return undefined
  const { value, version, release, others } = shown
  return {
    key,
    value,
    version,
    release: infoOf(release),
    others: others.map((other) => ({ value: other.value, release: infoOf(other.release) })),
  }
}

function entriesOf(
  held: ReadonlyMap<Key, Shown>,
  keys: readonly Key[],
  badges: Badges,
): readonly Entry[] {
  const infoOf = releaseInfos(badges)
  return keys.flatMap((key) => entryOf(key, held.get(key), infoOf) ?? [])
}
