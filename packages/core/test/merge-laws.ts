import { act } from './doings.js'
import {
  type Law,
  demand,
  emptyClockMessage,
  hand,
  hold,
  nothingWaits,
  play,
  portrait,
  releaseMessage,
  releasesOf,
  sameEverywhere,
  seeds,
  shuffled,
  spreading,
  stepsOf,
  trio,
} from './law.js'
import { begin } from './play.js'
import { World } from './world.js'
import { checkAll, checkConverged, checkNothingLost } from './invariants.js'
import { mulberry32 } from './stub-crypto.js'
import { oracleView } from './oracle.js'

export const ordersCommute: Law = (lib, options) =>
  hold(options, [stepsOf(spreading), seeds], (steps, seed) => {
    const { world } = play(lib, steps)
    const releases = releasesOf(world)
    const readers = ['dave', 'erin', 'frank']
    for (const [index, name] of readers.entries()) {
      world.open(name)
      const twice = [...releases, ...releases.slice(0, seed % 4)]
      for (const bytes of shuffled(twice, seed + index)) hand(world, name, releaseMessage(bytes))
      nothingWaits(world, name)
      for (const bytes of releases) {
        const effects = hand(world, name, releaseMessage(bytes))
        demand(
          effects.every(({ type }) => type === 'verdict'),
          () => `${name} moved on a duplicate`,
        )
      }
    }
    sameEverywhere(world, readers)
    checkAll(world)
  })

export const deltasCommute: Law = (lib, options) =>
  hold(options, [stepsOf(spreading)], (steps) => {
    const { world } = play(lib, steps)
    const deltas = trio.flatMap((name) =>
      hand(world, name, emptyClockMessage).flatMap((effect) =>
        effect.type === 'send' ? [effect.bytes] : [],
      ),
    )
    const [a, b, c] = [0, 1, 2].map((index) =>
      deltas.slice(index, index + 1).concat(deltas.slice(3)),
    )
    const orders = { dave: [a, b, c], erin: [c, b, a], frank: [a, b, a, c, b] }
    for (const [name, order] of Object.entries(orders)) {
      world.open(name)
      for (const bytes of order.flatMap((part) => part ?? [])) hand(world, name, bytes)
    }
    sameEverywhere(world, Object.keys(orders))
  })

export const sessionsCommute: Law = (lib, options) =>
  hold(options, [stepsOf(spreading), seeds], (steps, seed) => {
    const pairs = trio.flatMap((a) => trio.filter((b) => b !== a).map((b) => [a, b] as const))
    const ends = [seed, seed + 1].map((order) => {
      const { world } = play(lib, steps)
      world.frames.length = 0
      for (let round = 0; round < 2; round++) {
        for (const [a, b] of shuffled(pairs, order + round)) world.sync(a, b)
      }
      checkConverged(world)
      return portrait(world, 'alice')
    })
    demand(ends[0] === ends[1], () => `two orders of sessions:\n${ends[0]}\n${ends[1]}`)
  })

export const lossIsRepaired: Law = (lib, options) =>
  hold(
    options,
    [stepsOf([...spreading, 'open', 'drop', 'drop', 'repeat', 'pass']), seeds],
    (steps, seed) => {
      const { world } = play(lib, steps)
      const next = mulberry32(seed)
      const isLost = world.frames.map(() => next() < 0.5)
      world.frames.splice(
        0,
        world.frames.length,
        ...shuffled(
          world.frames.filter((_, index) => !isLost[index]),
          seed,
        ),
      )
      world.rest()
      checkConverged(world)
      checkNothingLost(world)
      world.open('dave')
      for (const bytes of shuffled(releasesOf(world), seed))
        hand(world, 'dave', releaseMessage(bytes))
      sameEverywhere(world, ['alice', 'dave'])
    },
  )

export const conflictsAreConcurrentPuts: Law = (lib, options) =>
  hold(
    options,
    [stepsOf(['put', 'put', 'put', 'remove', 'sync', 'deliver', 'deliver', 'pass'])],
    (steps) => {
      const started = begin(new World(lib, { names: trio }))
      for (const step of steps) {
        act(started, step)
        for (const name of trio) checkConflicts(started.world, name)
      }
    },
  )

function checkConflicts(world: World, name: string): void {
  const replica = world.replica(name)
  const expected = [...oracleView(world.facts.values(), replica.clock())]
    .filter(([, { heads }]) => heads.length > 1)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { value, heads }]) => [key, value, ...heads])
  const listed = replica
    .conflicts()
    .map(({ key, value, release, others }) => [
      key,
      value,
      release.id,
      ...others.map((one) => one.release.id),
    ])
  demand(
    JSON.stringify(expected) === JSON.stringify(listed),
    () => `${name} lists ${JSON.stringify(listed)}, concurrent are ${JSON.stringify(expected)}`,
  )
}
