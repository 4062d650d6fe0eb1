import * as fc from 'fast-check'
import type * as Core from '../src/index.js'
import { type Doing, act, namesOf } from './doings.js'
import { type Law, checkKept, demand, hold, play, stepsOf, trio } from './law.js'
import { type Play, begin, checkTruth } from './play.js'
import { World } from './world.js'
import { checkAgreement, checkAll, checkConverged } from './invariants.js'

export const forksConverge: Law = (lib, options) =>
  hold(
    options,
    [
      stepsOf(['put', 'put', 'remove', 'sync', 'deliver', 'deliver', 'drop', 'pass'], 4),
      fc.nat(2),
      stepsOf(['put', 'put', 'put', 'remove', 'sync', 'sync', 'deliver', 'crash'], 8),
    ],
    (before, who, after) => {
      const started = play(lib, before)
      const { world } = started
      act(started, { do: 'clone', who, other: 0, much: 0 })
      for (const step of after) {
        act(started, step)
        checkAgreement(world)
      }
      world.rest()
      checkConverged(world)
      checkReissued(started)
    },
  )

/** A fork voids dots, never what was said: each acknowledged value still stands in a release that counts. */
function checkReissued({ world, lost }: Play): void {
  const [name] = namesOf(world)
  const clock: ReadonlyMap<string, number> = world.replica(name!).clock()
  const covered = [...world.facts.values()].filter(
    ({ replica, seq }) => (clock.get(replica) ?? 0) >= seq,
  )
  for (const { release } of world.acknowledged) {
    if (lost.has(release.id)) continue
    for (const { key, put } of world.facts.get(release.id)!.changes) {
      if (put === undefined) continue
      const stands = covered.some(({ changes }) =>
        changes.some((one) => one.key === key && one.put?.value === put.value),
      )
      demand(
        stands,
        () => `${key}=${String(put.value)} of ${release.replica}·${release.seq} is gone`,
      )
    }
  }
}

export const statementsCommute: Law = (lib, options) => {
  const before: readonly Doing[] = ['put', 'put', 'remove', 'sync', 'gather']
  const after: readonly Doing[] = [
    'cut',
    'cut',
    'cut',
    'cut',
    'put',
    'put',
    'deliver',
    'deliver',
    'drop',
    'sync',
    'seal',
    'gather',
    'age',
  ]
  hold(options, [stepsOf(before, 6), stepsOf(after, 9)], (steps, statements) => {
    const started = begin(new World(lib, { names: trio, admins: ['alice', 'bob'] }))
    const { world } = started
    for (const step of [...steps, ...statements]) {
      act(started, step)
      checkAgreement(world)
    }
    checkAll(world)
    world.rest()
    checkConverged(world)
    for (const name of trio) checkLimits(world, name)
  })
}

/** limit = max(what every admin has sealed, the lowest cut), from the statements alone. */
function checkLimits(world: World, name: string): void {
  const replica = world.replica(name)
  const statements = replica.statements()
  const sealedBy = (admin: Core.PeerId, id: string): number =>
    Math.max(
      0,
      ...statements.flatMap(({ kind, issuer, marks }) =>
        kind === 'seal' && issuer === admin
          ? marks.filter((mark) => mark.replica === id).map(({ seq }) => seq)
          : [],
      ),
    )
  const cuts = statements.filter(({ kind }) => kind !== 'seal').flatMap(({ marks }) => marks)
  const expected = new Map<string, number>()
  for (const id of new Set(cuts.map((mark) => mark.replica))) {
    const lowest = Math.min(...cuts.filter((mark) => mark.replica === id).map(({ seq }) => seq))
    expected.set(
      id,
      Math.max(lowest, Math.min(...[...world.rules.admins].map((admin) => sealedBy(admin, id)))),
    )
  }
  const print = (limits: ReadonlyMap<string, number>): string =>
    JSON.stringify([...limits].sort(([a], [b]) => (a < b ? -1 : 1)))
  const { limits } = replica.status()
  demand(
    print(limits) === print(expected),
    () => `${name} has limits ${print(limits)}, stated are ${print(expected)}`,
  )
}

export const disksAreReplaced: Law = (lib, options) =>
  hold(
    options,
    [
      stepsOf([
        'put',
        'put',
        'put',
        'remove',
        'sync',
        'deliver',
        'crash',
        'lose',
        'image',
        'image',
        'restore',
        'restore',
        'age',
      ]),
    ],
    (steps) => {
      const started = play(lib, steps, { revocable: false })
      const { world } = started
      checkAll(world)
      for (const name of namesOf(world)) checkTruth(started, name)
      world.rest()
      checkConverged(world)
      checkKept(started)
    },
  )

export const restoredStoresNotice: Law = (lib, options) => {
  const before: readonly Doing[] = ['put', 'put', 'remove', 'sync', 'deliver']
  hold(
    options,
    [
      stepsOf(before, 8),
      fc.nat(2),
      fc.nat(6),
      fc.nat(1),
      stepsOf(['put', 'put', 'remove', 'sync'], 6),
    ],
    (steps, who, when, host, after) => {
      const started = begin(new World(lib, { names: trio }))
      const { world } = started
      for (const [index, step] of steps.entries()) {
        if (index === when) act(started, { do: 'image', who, other: 0, much: 0 })
        act(started, step)
      }
      if (!started.images.has(trio[who]!)) return
      world.frames.length = 0
      act(started, { do: 'revert', who, other: 0, much: 0 })
      // Nobody told the store. If its first session brings what it wrote itself, it knows.
      const { replica } = world.node(trio[who]!)
      const id = replica.id()
      const held = replica.clock().get(id) ?? 0
      act(started, { do: 'sync', who, other: host, much: 0 })
      if ((replica.clock().get(id) ?? 0) === held) return
      demand(replica.id() !== id, () => `${trio[who]} goes on as ${id} after a restore`)
      for (const step of after) act(started, step)
      world.rest()
      checkConverged(world)
      checkKept(started)
      demand(replica.status().forked.length === 0, () => 'a restored store forked')
    },
  )
}
