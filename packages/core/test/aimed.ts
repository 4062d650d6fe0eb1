import {
  expectConflict,
  expectConverged,
  expectEqual,
  expectKeys,
  expectSent,
  expectStatus,
  expectValues,
  expectWaitingFor,
  typeOf,
} from './expectations.js'
import { type Scenario, type Step } from './scenario.js'
import {
  announce,
  clone,
  collect,
  cut,
  days,
  deliver,
  deliverOnlyTo,
  drop,
  forgetCold,
  heal,
  join,
  playFair,
  put,
  putEach,
  remove,
  rest,
  seal,
  seconds,
  settle,
  sync,
  tick,
} from './steps.js'
import { type Frame, dayMs, startMs } from './world.js'

const three = ['alice', 'bob', 'carol']

/** Many keys at once, so that some of them share a bucket of the state hash. */
const keysOf = (owner: string): Readonly<Record<string, number>> =>
  Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`${owner}${index}`, index]))

/** Somebody writes while a snapshot of its state is on its way, between two pages. */
const writeBetweenPages = (name: string): Step => ({
  says: `${name} writes between two pages of its snapshot`,
  run({ world }) {
    let isWritten = false
    world.intercept = (frame: Frame) => {
      if (isWritten || typeOf(frame.bytes) !== 'snapshot') return frame
      isWritten = true
      world.put(name, { late: 1 })
      return frame
    }
  },
})

const grantEndsAt = startMs + dayMs

/** What random runs hardly ever meet: each was aimed at a bug that they missed. */
export const aimed: readonly Scenario[] = [
  {
    rule: 'hashes equal keys alike, in whatever order they came',
    world: { names: ['alice', 'bob'] },
    steps: [
      cut(['alice'], ['bob']),
      put('alice', keysOf('alice')),
      put('bob', keysOf('bob')),
      drop(),
      heal(),
      rest(),
      expectEqual(),
    ],
  },
  {
    rule: 'shows in a snapshot the state of one instant, whatever is written meanwhile',
    world: { names: ['alice', 'bob'], revocable: false },
    steps: [
      putEach('alice', 60, 10, 'old'),
      putEach('alice', 60, 2048),
      ...settle(),
      ...forgetCold(),
      join('carol'),
      writeBetweenPages('alice'),
      sync('carol', 'alice'),
      expectSent('alice', 'snapshot', { atLeast: 2 }),
      expectValues('carol', { key60: 'x'.repeat(2048) }),
      playFair(),
      rest(),
      expectValues('carol', { late: 1 }),
      expectEqual(),
    ],
  },
  {
    rule: 'does not bring back by snapshot what was settled here and not there',
    world: { names: three, revocable: false },
    steps: [
      put('alice', { k: 1 }),
      put('bob', { j: 1 }),
      deliver(),
      // Alice and carol settle the remove of k, of which bob hears nothing.
      cut(['bob'], ['alice', 'carol']),
      remove('alice', 'k'),
      deliver(),
      tick(days(31)),
      announce('alice', 'carol'),
      collect('alice', 'carol'),
      expectStatus('alice', { unsettled: 1 }),
      heal(),
      // Bob and carol settle the remove of i, of which alice hears nothing.
      cut(['alice'], ['bob', 'carol']),
      put('bob', { i: 1 }),
      deliverOnlyTo('carol'),
      remove('bob', 'i'),
      deliverOnlyTo('carol'),
      tick(days(31)),
      announce('bob', 'carol'),
      collect('bob', 'carol'),
      ...forgetCold(),
      expectStatus('bob', { unsettled: 2 }),
      heal(),
      sync('alice', 'bob'),
      expectSent('bob', 'snapshot', { atLeast: 1 }),
      expectKeys('alice', 'j'),
      rest(),
      expectKeys('bob', 'j'),
      expectEqual(),
    ],
  },
  {
    rule: 'lets who joined by snapshot know what a collected remove had seen',
    world: { names: three, revocable: false },
    steps: [
      put('alice', { k: 1 }),
      deliver(),
      cut(['alice', 'carol'], ['bob']),
      remove('alice', 'k'),
      deliver(),
      put('alice', { j: 1 }),
      deliver(),
      tick(days(31)),
      announce('alice', 'carol'),
      collect('alice', 'carol'),
      ...forgetCold(),
      join('dave'),
      cut(['dave'], ['bob']),
      announce('carol'),
      sync('dave', 'alice'),
      expectSent('alice', 'snapshot', { atLeast: 1 }),
      expectKeys('dave', 'j'),
      heal(),
      put('dave', { k: 2 }),
      deliverOnlyTo('bob'),
      expectWaitingFor('bob', 'dave·1', 'alice·2'),
      expectConflict('bob', 'k', 1),
      rest(),
      expectConflict('bob', 'k', 2),
      expectEqual(),
    ],
  },
  {
    rule: 'judges a right by the time of writing, however late a release arrives',
    world: {
      names: three,
      writeFault: (_author, key, ms) =>
        key === 'granted' && ms > grantEndsAt ? 'the grant has ended' : undefined,
    },
    steps: [
      cut(['carol'], ['alice', 'bob']),
      put('bob', { granted: 1 }),
      deliver(),
      tick(days(2)),
      heal(),
      sync('carol', 'alice'),
      expectValues('carol', { granted: 1 }),
      rest(),
      expectConverged(),
    ],
  },
  {
    rule: 'hides nothing of the sealed branch of a fork when the other is written again',
    world: { names: three, admins: ['alice'] },
    steps: [
      put('bob', { a: 1 }),
      deliver(),
      clone('bob'),
      cut(["bob'"], three),
      put('bob', { k: 'sealed' }),
      deliver(),
      tick(seconds(1)),
      put("bob'", { k: 'first' }),
      put("bob'", { k: 'second' }),
      deliver(),
      tick(days(31)),
      announce(),
      seal('alice'),
      deliver(),
      heal(),
      rest(),
      expectConflict('carol', 'k', 'second', 'sealed'),
      expectConverged(),
    ],
  },
]
