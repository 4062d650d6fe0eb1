import * as fc from 'fast-check'
import { type Law, hand, hold, releaseMessage, releasesOf, seeds, shuffled } from './law.js'
import { encodeMessage } from '../src/message.js'
import { type Play } from './play.js'
import { type TrustStep, actInTrust, beginClosed, peers } from './trust-doings.js'
import { type World } from './world.js'
import { checkAgreement, checkAll, checkConverged } from './invariants.js'

const stepsOf = (
  kinds: readonly TrustStep['do'][],
  maxLength: number,
): fc.Arbitrary<readonly TrustStep[]> =>
  fc.array(
    fc.record({
      do: fc.constantFrom(...kinds),
      who: fc.nat(3),
      other: fc.nat(3),
      much: fc.nat(255),
    }),
    { minLength: Math.floor(maxLength / 3), maxLength, size: 'max' },
  )

const writing = ['put', 'put', 'remove', 'intent', 'intent', 'deliver', 'deliver'] as const

const playClosed = (
  lib: Parameters<Law>[0],
  steps: readonly TrustStep[],
  after: (play: Play) => void = () => undefined,
): World => {
  const started = beginClosed(lib)
  for (const step of steps) {
    actInTrust(started, step)
    after(started)
  }
  return started.world
}

/** Nothing hidden, nothing on its way: sessions until nothing moves. */
function settle(world: World): void {
  world.heal()
  world.now += 1_000
  world.rest()
  checkConverged(world)
}

export const revocationsConverge: Law = (lib, options) =>
  hold(
    options,
    [
      stepsOf(
        [
          ...writing,
          ...writing,
          'revoke',
          'rebadge',
          'reincarnate',
          'sync',
          'drop',
          'crash',
          'isolate',
          'heal',
        ],
        16,
      ),
    ],
    (steps) => {
      const world = playClosed(lib, steps, ({ world: played }) => checkAgreement(played))
      checkAll(world)
      settle(world)
    },
  )

export const revocationsSurviveStores: Law = (lib, options) =>
  hold(
    options,
    [
      stepsOf(
        [
          ...writing,
          'revoke',
          'revoke',
          'snapshot',
          'snapshot',
          'crash',
          'lose',
          'sync',
          'isolate',
          'heal',
          'reincarnate',
        ],
        14,
      ),
    ],
    (steps) => settle(playClosed(lib, steps)),
  )

export const sealsAreFloors: Law = (lib, options) =>
  hold(
    options,
    [
      stepsOf(
        [...writing, 'sync', 'pass', 'pass', 'seal', 'seal', 'revoke', 'crash', 'isolate', 'heal'],
        14,
      ),
    ],
    (steps) => settle(playClosed(lib, steps)),
  )

/** Statements of one issuer in their order, everything else in any. */
export const trustCommutes: Law = (lib, options) =>
  hold(
    options,
    [
      stepsOf([...writing, 'revoke', 'rebadge', 'reincarnate', 'sync', 'isolate', 'heal'], 14),
      seeds,
    ],
    (steps, seed) => {
      const world = playClosed(lib, steps)
      world.frames.length = 0
      const frames = [
        ...releasesOf(world).map(releaseMessage),
        ...badgesOf(world),
        ...statementsOf(world),
      ]
      for (const name of peers) world.nodes.delete(name)
      const readers = ['erin', 'frank', 'grace']
      for (const [index, name] of readers.entries()) {
        world.open(name)
        const order = shuffled(frames, seed + index)
        for (const frame of [...order, ...order]) hand(world, name, frame)
        checkAll(world, [name])
      }
      world.meet(readers)
      settle(world)
    },
  )

function badgesOf(world: World): readonly Uint8Array[] {
  const { badges } = world
  return ['alice', 'bob', 'carol', 'dave', 'pat', 'quinn'].map((name) =>
    encodeMessage({ type: 'badges', chains: [badges!.of(name).map(({ bytes }) => bytes)] }),
  )
}

function statementsOf(world: World): readonly Uint8Array[] {
  const longest = [...world.nodes.values()]
    .map(({ replica }) => replica.statements())
    .sort((a, b) => b.length - a.length)[0]!
  const issuers = [...new Set(longest.map(({ issuer }) => issuer))]
  return issuers.map((issuer) => {
    const statements = longest.filter((one) => one.issuer === issuer).map(({ bytes }) => bytes)
    return encodeMessage({ type: 'statements', statements, pairs: [], standing: undefined })
  })
}
