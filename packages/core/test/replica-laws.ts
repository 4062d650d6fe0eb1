import * as fc from 'fast-check'
import type * as Core from '../src/index.js'
import { runCampaign } from './campaign.js'
import { type Doing, act, namesOf } from './doings.js'
import {
  type Law,
  checkKept,
  demand,
  hand,
  hold,
  play,
  releaseMessage,
  releasesOf,
  sameEverywhere,
  seeds,
  stepsOf,
  trio,
} from './law.js'
import { begin, checkTruth } from './play.js'
import { World, dayMs } from './world.js'
import {
  checkAgainstOracle,
  checkAll,
  checkConverged,
  checkDurable,
  checkNothingLost,
} from './invariants.js'

/** What somebody sees who only ever listens to `changed`. */
type Watched = Map<string, string>

const seesAll = (
  name: string,
  seen: Watched,
  effects: readonly Core.Effect[],
  replica: Core.Replica,
): void => {
  const told = effects.filter(({ type }) => type === 'changed')
  demand(told.length <= 1, () => `${name} showed one step in ${told.length} parts`)
  const first = effects.findIndex(({ type }) => type === 'persist')
  demand(first <= 0, () => `${name} told of something before it was stored`)
  for (const effect of effects) {
    if (effect.type !== 'changed') continue
    for (const { key, now } of effect.changes) {
      if (now === undefined) seen.delete(key)
      else seen.set(key, now.release.id)
    }
  }
  const shown = replica.keys().map((key) => `${key} ${replica.read(key)!.release.id}`)
  const watched = [...seen].map(([key, id]) => `${key} ${id}`).sort()
  demand(
    shown.join() === watched.join(),
    () => `${name} shows ${shown.join()}, its watchers saw ${watched.join()}`,
  )
}

export const releasesAreWhole: Law = (lib, options) =>
  hold(
    options,
    [
      stepsOf(
        ['put', 'put', 'put', 'remove', 'open', 'deliver', 'deliver', 'deliver', 'drop', 'age'],
        10,
      ),
    ],
    (steps) => {
      const started = begin(new World(lib, { names: trio, revocable: false }))
      const { world } = started
      const watchers = new Map<string, Watched>(trio.map((name) => [name, new Map()]))
      const handle = world.handle.bind(world)
      // Between any two lists of effects: what is shown is whole, and so is what a crash would leave.
      world.handle = (name, input) => {
        const effects = handle(name, input)
        seesAll(name, watchers.get(name)!, effects, world.replica(name))
        checkAgainstOracle(world, name)
        if (effects.some(({ type }) => type === 'persist')) checkDurable(world, name)
        return effects
      }
      for (const step of steps) act(started, step)
      world.rest()
      checkConverged(world)
    },
  )

export const stampsGrow: Law = (lib, options) =>
  hold(
    options,
    [
      stepsOf([
        'put',
        'put',
        'put',
        'remove',
        'remove',
        'sync',
        'skew',
        'skew',
        'crash',
        'crash',
        'winter',
        'winter',
      ]),
    ],
    (steps) => {
      // Every write is held against all stamps before it: see `write` in doings.ts.
      const { world } = play(lib, steps, { revocable: false })
      for (const name of trio) world.node(name).skewMs = 0
      world.now += 3651 * dayMs
      world.tick(0)
      world.rest()
      checkConverged(world)
      checkNothingLost(world)
    },
  )

export const snapshotEqualsDelta: Law = (lib, options) => {
  let snapshots = 0
  const kinds: readonly Doing[] = [
    'put',
    'put',
    'put',
    'remove',
    'remove',
    'sync',
    'age',
    'age',
    'collect',
    'isolate',
    'heal',
    'crash',
  ]
  hold(
    options,
    [stepsOf(kinds, 10), stepsOf(['put', 'remove', 'sync'], 4), fc.nat(2)],
    (steps, later, host) => {
      const started = play(lib, steps, { revocable: false })
      const { world } = started
      world.heal()
      world.rest()
      act(started, { do: 'age', who: 0, other: 0, much: 2 })
      world.open('dave')
      world.open('erin')
      for (const bytes of releasesOf(world)) hand(world, 'erin', releaseMessage(bytes))
      const before = world.log.length
      world.sync('dave', trio[host]!)
      if (
        world.log
          .slice(before)
          .some(({ effect }) => effect.type === 'send' && effect.bytes[1] === 10)
      )
        snapshots += 1
      sameEverywhere(world, ['erin', 'dave', ...trio])
      checkAll(world)
      world.meet(namesOf(world))
      for (const step of later) act(started, step)
      for (const name of namesOf(world)) checkTruth(started, name)
      world.rest()
      checkConverged(world)
      checkNothingLost(world)
    },
  )
  demand(
    snapshots * 5 > options.runs,
    () => `only ${snapshots} of ${options.runs} joins needed a snapshot`,
  )
}

export const absentReturn: Law = (lib, options) => {
  const kinds: readonly Doing[] = [
    'put',
    'put',
    'put',
    'remove',
    'sync',
    'sync',
    'deliver',
    'winter',
    'winter',
    'age',
    'gather',
  ]
  hold(options, [stepsOf(kinds, 9)], (steps) => {
    const started = begin(new World(lib, { names: trio, revocable: false }))
    const { world } = started
    for (const step of steps) {
      act(started, step)
      for (const name of trio) checkTruth(started, name)
    }
    world.rest()
    checkConverged(world)
    checkKept(started)
  })
}

export const sameInputsSameBytes: Law = (lib, options) =>
  hold(options, [seeds], (seed) => {
    const [one, two] = [1, 2].map(
      () => runCampaign(lib, { seed, steps: 12, isChecked: false }).transcript,
    )
    demand(one === two, () => `seed ${seed} gave ${one}, then ${two}`)
  })
