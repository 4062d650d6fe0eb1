import { SmallWorlds } from './small-world-stores.js'
import { type Library } from './stub-crypto.js'
import { Violation } from './invariants.js'

/*
 * Every order of put, remove, pull, gossip of the newest release and collect, up to a depth, among
 * three replicas with one key; each state is then driven to rest and judged. Names are
 * interchangeable, so alice writes first and carol does nothing before bob has.
 */

/** Numbers of the three stores, and how many writes there were. */
interface SmallWorld {
  readonly stores: readonly [number, number, number]
  readonly writes: number
  readonly path: string
}

export interface SmallWorldsOptions {
  readonly depth: number
  readonly writesMax: number
  /** Concurrent writes get equal stamps; the replica id decides, so names count and are not exchanged. */
  readonly areTied?: boolean
}

export interface SmallWorldsReport {
  readonly states: number
  readonly stores: number
  /** States that could not come to rest because nobody vouches for a snapshot. */
  readonly stalled: number
  readonly collected: number
  /** Stores that dropped a remove and remember only what it had seen. */
  readonly contexts: number
  readonly snapshots: number
}

const others = [
  [1, 2],
  [2, 0],
  [0, 1],
] as const

/** Every state that one more step leads to. */
function* stepsFrom(
  worlds: SmallWorlds,
  world: SmallWorld,
  { writesMax, areTied = false }: SmallWorldsOptions,
): Generator<SmallWorld> {
  const { stores, writes, path } = world
  const put = (who: number, number: number): SmallWorld['stores'] =>
    stores.map((store, index) =>
      index === who ? number : store,
    ) as unknown as SmallWorld['stores']
  const after = (what: string, next: SmallWorld['stores'], more = 0): SmallWorld => ({
    stores: next,
    writes: writes + more,
    path: `${path} ${what}`,
  })
  const isFresh = (who: number): boolean =>
    worlds.store(stores[who]!).disk.size === 1 && worlds.store(stores[who]!).parked.length === 0

  for (const who of [0, 1, 2] as const) {
    // Names are interchangeable until they have done something.
    if (!areTied && isFresh(who) && ((who === 1 && isFresh(0)) || (who === 2 && isFresh(1))))
      continue
    const me = stores[who]
    const [one, two] = others[who]
    if (writes < writesMax) {
      yield after(`put${who}`, put(who, worlds.write(me, writes + 1, writes + 1)), 1)
      if (worlds.store(me).isShown)
        yield after(`remove${who}`, put(who, worlds.write(me, writes + 1, undefined)), 1)
    }
    for (const [from, third] of [
      [one, two],
      [two, one],
    ] as const) {
      const [mine, theirs, isKeptBack] = worlds.session(me, stores[from], undefined, true)
      yield after(`pull${who}<${from}`, replace(stores, who, mine, from, theirs))
      if (isKeptBack) {
        const [vouched, asked] = worlds.session(me, stores[from], stores[third], true)
        yield after(`pull${who}<${from}~${third}`, replace(stores, who, vouched, from, asked))
      }
      yield after(`gossip${who}<${from}`, put(who, worlds.gossip(stores[from], me)))
      yield after(`collect${who}~${from}`, put(who, worlds.collect(me, [stores[from]])))
    }
    yield after(`collect${who}~all`, put(who, worlds.collect(me, [stores[one], stores[two]])))
  }
}

function replace(
  stores: SmallWorld['stores'],
  a: number,
  storeOfA: number,
  b: number,
  storeOfB: number,
): SmallWorld['stores'] {
  return stores.map((store, index) =>
    index === a ? storeOfA : index === b ? storeOfB : store,
  ) as unknown as SmallWorld['stores']
}

/** Sessions among all, with the third as a witness where one is needed, until nothing moves. */
function rest(worlds: SmallWorlds, stores: SmallWorld['stores']): SmallWorld['stores'] {
  let now = stores
  for (let round = 0; round < 8; round++) {
    const before = now
    for (const [a, b, third] of [
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
    ] as const) {
      let [one, two, isKeptBack] = worlds.session(now[a], now[b], undefined, false)
      if (isKeptBack) [one, two, isKeptBack] = worlds.session(now[a], now[b], now[third], false)
      now = replace(now, a, one, b, two)
    }
    if (now.join() === before.join()) return now
  }
  throw new Violation('no rest after 8 rounds of sessions')
}

/** At rest all are equal and have everything; false: stalled for want of a witness. */
function checkAtRest(worlds: SmallWorlds, { stores, path }: SmallWorld): boolean {
  const end = rest(worlds, stores).map((number) => worlds.store(number))
  const [first] = end
  if (end.some(({ clockWord }) => clockWord !== first!.clockWord)) {
    const isKeptBack = (
      [
        [0, 1],
        [1, 2],
        [2, 0],
      ] as const
    ).some(([a, b]) => worlds.session(end[a]!.number, end[b]!.number, undefined, false)[2])
    if (isKeptBack) return false
    throw new Violation(
      `after${path}: no convergence: ${end.map(({ clock }) => JSON.stringify([...clock])).join(' ')}`,
    )
  }
  if (end.some(({ stateWord }) => stateWord !== first!.stateWord))
    throw new Violation(`after${path}: equal clocks, other heads`)
  for (const number of stores) {
    for (const [replica, seq] of worlds.store(number).clock) {
      if ((first!.clock.get(replica) ?? 0) < seq)
        throw new Violation(`after${path}: ${replica}·${seq} is lost`)
    }
  }
  return true
}

/** Visits every state up to the depth; throws at the first that is wrong. */
export function exploreSmallWorlds(lib: Library, options: SmallWorldsOptions): SmallWorldsReport {
  const worlds = new SmallWorlds(lib, options.areTied ?? false)
  const first: SmallWorld = { stores: worlds.first(), writes: 0, path: '' }
  const seen = new Set([wordOf(first)])
  let stalled = 0
  let level: readonly SmallWorld[] = [first]
  for (let depth = 0; depth < options.depth; depth++) {
    const nextLevel: SmallWorld[] = []
    for (const world of level) {
      for (const next of explained(world, () => [...stepsFrom(worlds, world, options)])) {
        const word = wordOf(next)
        if (seen.has(word)) continue
        seen.add(word)
        nextLevel.push(next)
        if (!explained(next, () => checkAtRest(worlds, next))) stalled += 1
      }
    }
    level = nextLevel
  }
  const { storeCount: stores, contextCount: contexts, collected, snapshots } = worlds
  return { states: seen.size, stores, stalled, collected, contexts, snapshots }
}

const wordOf = ({ stores, writes }: SmallWorld): string => `${stores.join()}/${writes}`

/** A violation says on which path it was found. */
function explained<T>({ path }: SmallWorld, carryOut: () => T): T {
  try {
    return carryOut()
  } catch (error) {
    throw new Violation(`after${path}: ${String(error)}`, { cause: error })
  }
}
