import * as dagCbor from '@ipld/dag-cbor'
import { admin, linksOf, write as mayWrite } from '../badges.js'
import {
  expectConflict,
  expectConverged,
  expectStatus,
  expectThrows,
  expectValues,
  expectVerdict,
  typeOf,
} from '../expectations.js'
import { type Scenario, type Step } from '../scenario.js'
import {
  comeThrough,
  crash,
  cut,
  deliver,
  deliverLastFirst,
  deliverOnlyTo,
  heal,
  playFair,
  put,
  rest,
} from '../steps.js'
import {
  badgesOf,
  enter,
  expectFault,
  expectToldRevoked,
  give,
  revoke,
  revokeAside,
  want,
  wear,
  withCrashes,
} from '../trust-steps.js'
import { peerOf } from '../stub-crypto.js'
import { type Frame, type World, type WorldOptions } from '../world.js'
import { closed } from './trust.js'

const names = ['alice', 'bob', 'carol', 'dave']
const [lesser, greater] = ['alice', 'dave'].sort((a, b) => (peerOf(a) < peerOf(b) ? -1 : 1)) as [
  string,
  string,
]
const [low, high] = ['erin', 'frank', 'grace', 'heidi'].sort((a, b) =>
  peerOf(a) < peerOf(b) ? -1 : 1,
) as [string, string]

const twoAdmins: WorldOptions = {
  names,
  closed: {
    alice: [admin('')],
    bob: [mayWrite('bob')],
    carol: [mayWrite('carol')],
    dave: [admin('')],
  },
}

/** Two revoke each other over a cut network, and both write before they hear of it. */
const eachOther = (...steps: readonly Step[]): readonly Step[] => [
  put('alice', { a: 1 }),
  put('dave', { d: 1 }),
  rest(),
  cut(['alice', 'bob'], ['carol', 'dave']),
  revoke('alice', 'dave'),
  revoke('dave', 'alice'),
  deliver(),
  put('alice', { a: 2 }),
  put('dave', { d: 2 }),
  deliver(),
  ...steps,
  rest(),
  expectFault('bob', lesser, undefined),
  expectFault('carol', greater, /was revoked/),
  expectValues('bob', { [lesser[0]!]: 2, [greater[0]!]: 1 }),
  expectThrows('NOT_ALLOWED', put(greater, { x: 1 })),
  put(lesser, { x: 1 }),
  rest(),
  expectValues(greater, { x: 1 }),
  expectConverged(),
]

/** From now on statements come with these links beside them. */
const withLinks = (linksIn: (world: World) => readonly Uint8Array[]): Step => ({
  says: 'the badges of statements are exchanged on their way',
  run: ({ world }) => void (world.intercept = bendLinks(linksIn(world))),
})

const bendLinks =
  (links: readonly Uint8Array[]) =>
  (frame: Frame): Frame => {
    if (typeOf(frame.bytes) !== 'statements') return frame
    const [type, statements, ...others] = dagCbor.decode<[number, Uint8Array[], ...unknown[]]>(
      frame.bytes,
    )
    const bent = statements.map((bytes) => {
      const [body, signature] = dagCbor.decode<[Uint8Array, Uint8Array]>(bytes)
      return dagCbor.encode([body, signature, links])
    })
    return { ...frame, bytes: dagCbor.encode([type, bent, ...others]) }
  }

/** Whose word counts where admins disagree. */
export const trustAdmins: readonly Scenario[] = [
  {
    rule: 'lets the lesser key count where two admins of one rank revoke each other',
    world: twoAdmins,
    steps: eachOther(heal()),
  },
  {
    rule: 'lets the same one count in the other order of arrival, and over restarts',
    world: twoAdmins,
    steps: withCrashes(names, eachOther(heal(), deliverLastFirst())),
  },
  {
    rule: 'lets the shorter badge count where two admins revoke each other',
    world: twoAdmins,
    steps: [
      // The one further from the root has the lesser key.
      give('alice', low, [admin('')]),
      give('root', high, [admin('')]),
      enter(low),
      enter(high),
      put(low, { low: 1 }),
      put(high, { high: 1 }),
      rest(),
      cut([low, 'bob'], [high, 'alice', 'carol', 'dave']),
      revoke(low, high),
      revoke(high, low),
      deliver(),
      put(low, { low: 2 }),
      put(high, { high: 2 }),
      deliver(),
      expectFault('bob', high, /was revoked/),
      expectFault('carol', low, /was revoked/),
      heal(),
      rest(),
      expectFault('bob', high, undefined),
      expectFault('bob', low, /was revoked/),
      expectValues('bob', { high: 2, low: 1 }),
      expectConverged(),
    ],
  },
  {
    rule: 'lets the word of the root count above all others',
    world: twoAdmins,
    steps: [
      put('bob', { 'bob/x': 1 }),
      rest(),
      cut(['alice', 'bob'], ['carol', 'dave']),
      revoke('alice', 'bob'),
      revoke('alice', 'dave'),
      deliver(),
      expectThrows('NOT_ALLOWED', put('bob', { 'bob/x': 2 })),
      revoke('carol', 'alice', { by: 'root' }),
      deliver(),
      heal(),
      rest(),
      expectFault('bob', 'bob', undefined),
      expectFault('alice', 'dave', undefined),
      expectToldRevoked('bob', 'alice'),
      put('bob', { 'bob/x': 3 }),
      rest(),
      expectConflict('dave', 'bob/x', 3),
      expectConverged(),
    ],
  },
  {
    rule: 'keeps what an admin had revoked when it is itself revoked later, and nothing of after',
    world: twoAdmins,
    steps: [
      put('bob', { 'bob/x': 1 }),
      put('carol', { 'carol/x': 1 }),
      rest(),
      revoke('alice', 'bob'),
      rest(),
      cut(['alice'], ['bob', 'carol', 'dave']),
      revoke('alice', 'carol'),
      revoke('dave', 'alice', { by: 'root' }),
      deliver(),
      heal(),
      rest(),
      expectFault('dave', 'bob', /was revoked/),
      expectFault('alice', 'carol', undefined),
      expectThrows('NOT_ALLOWED', put('bob', { 'bob/x': 2 })),
      put('carol', { 'carol/x': 2 }),
      rest(),
      expectValues('alice', { 'carol/x': 2 }),
      expectConverged(),
    ],
  },
  {
    rule: 'gives back what a revocation voided where it turns out void, to everybody',
    world: twoAdmins,
    steps: [
      put('bob', { 'bob/x': 1, 'bob/y': 1 }),
      rest(),
      cut(['alice'], ['bob', 'carol', 'dave']),
      put('bob', { 'bob/x': 2, 'bob/y': 2 }),
      deliver(),
      put('dave', { 'bob/y': 3 }),
      deliver(),
      revokeAside('carol', 'alice', 'root'),
      revoke('alice', 'bob'),
      heal(),
      rest(),
      expectConflict('dave', 'bob/x', 1),
      expectConflict('dave', 'bob/y', 3),
      crash('dave'),
      // The root had spoken before it knew of the word of alice.
      comeThrough(),
      rest(),
      expectConflict('alice', 'bob/x', 2),
      expectConflict('alice', 'bob/y', 3),
      expectStatus('alice', { waiting: 0 }),
      put('bob', { 'bob/x': 4 }),
      rest(),
      expectConflict('carol', 'bob/x', 4),
      expectConverged(),
    ],
  },
  {
    rule: 'ends with an admin also the word of admins that it made',
    world: twoAdmins,
    steps: [
      give('alice', 'erin', [admin('')]),
      enter('erin'),
      put('carol', { 'carol/x': 1 }),
      rest(),
      cut(['erin', 'bob'], ['alice', 'carol', 'dave']),
      revoke('erin', 'carol'),
      revoke('dave', 'alice', { by: 'root' }),
      deliver(),
      expectFault('bob', 'carol', /was revoked/),
      heal(),
      rest(),
      expectFault('bob', 'carol', undefined),
      expectFault('dave', 'erin', /by which erin came in, was revoked/),
      put('carol', { 'carol/x': 2 }),
      rest(),
      expectValues('erin', { 'carol/x': 2 }),
      expectConverged(),
    ],
  },
  {
    rule: 'takes a revocation only with the very badge that its issuer named',
    world: twoAdmins,
    steps: [
      put('bob', { 'bob/x': 1 }),
      rest(),
      give('alice', 'dave', [admin('')]),
      withLinks((world) => linksOf(badgesOf(world).of('dave'))),
      revoke('dave', 'bob'),
      deliver(),
      expectVerdict('carol', 'refused', /another badge than it names/),
      expectFault('carol', 'bob', undefined),
      withLinks(() => []),
      rest(),
      playFair(),
      rest(),
      expectFault('carol', 'bob', /was revoked/),
      expectConverged(),
    ],
  },
  {
    rule: 'voids no more than one key when a person is revoked that had written through many peers',
    world: closed,
    steps: [
      give('root', 'pat', [mayWrite('shop')]),
      give('root', 'quinn', [mayWrite('shop')]),
      want('pat', 'carol', { 'shop/a': 'pat' }),
      deliver(),
      want('quinn', 'carol', { 'shop/b': 'quinn' }),
      deliver(),
      want('pat', 'dave', { 'shop/b': 'pat' }),
      deliver(),
      cut(['alice'], ['bob', 'carol', 'dave']),
      want('pat', 'carol', { 'shop/a': 'late' }),
      want('quinn', 'carol', { 'shop/c': 'quinn' }),
      deliver(),
      revoke('alice', 'pat'),
      deliverOnlyTo('alice'),
      heal(),
      rest(),
      expectValues('bob', { 'shop/a': 'pat', 'shop/b': 'pat', 'shop/c': 'quinn' }),
      wear('carol'),
      want('quinn', 'carol', { 'shop/a': 'quinn' }),
      rest(),
      expectConflict('dave', 'shop/a', 'quinn'),
      expectConverged(),
    ],
  },
]
