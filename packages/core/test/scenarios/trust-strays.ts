import { admin, foreverMs, invite, write as mayWrite } from '../badges.js'
import {
  expectConflict,
  expectConverged,
  expectLimit,
  expectSent,
  expectStatus,
  expectThrows,
  expectValues,
  expectVerdict,
} from '../expectations.js'
import { type Scenario, type Step } from '../scenario.js'
import { crash, cut, days, deliver, heal, put, reincarnate, rest, sync } from '../steps.js'
import { bareOf, evidenceFrame, releaseFrame } from '../forge.js'
import { readFact } from '../oracle.js'
import { peerOf } from '../stub-crypto.js'
import {
  type Lie,
  enter,
  expectFault,
  give,
  lieIn,
  lieTo,
  revoke,
  sayGone,
  show,
  wear,
} from '../trust-steps.js'
import { startMs } from '../world.js'
import { closed } from './trust.js'

/** erin came in through bob, and frank through erin. */
const descendants: readonly Step[] = [
  give('root', 'bob', [admin('bob')]),
  wear('bob'),
  give('bob', 'erin', [mayWrite('bob/erin'), invite('bob/erin')]),
  enter('erin'),
  give('erin', 'frank', [mayWrite('bob/erin')]),
  enter('frank'),
]

const chain = [1, 2, 3].map((seq): Lie => ({
  by: 'bob',
  seq,
  key: 'bob/x',
  put: seq,
  spentBytes: seq * 521,
}))

/** Bob signs three releases, and to dave he shows that he wrote the second as carol. */
const bobIsInTwoMinds: readonly Step[] = [
  {
    says: 'bob shows dave his third release, and a second one that names the badge of carol',
    run(stage) {
      const { world } = stage
      let prev: string | undefined
      const releases = chain.map((lie) => {
        const release = lieIn(stage, { ...lie, ...(prev !== undefined && { prev }) })
        prev = readFact(world.meshId, release).id
        return release
      })
      const from = peerOf('bob')
      const tell = (name: string, bytes: Uint8Array): unknown =>
        world.handle(name, { type: 'received', from, bytes })
      const frames = releases.map(releaseFrame)
      tell('dave', frames[0]!)
      tell('dave', frames[2]!)
      const second = readFact(world.meshId, releases[1]!)
      const asCarol = lieIn(stage, { ...chain[1]!, badgeOf: 'carol', prev: second.prev! })
      tell('dave', evidenceFrame(bareOf(asCarol)))
      for (const name of ['alice', 'carol', 'dave']) {
        for (const frame of frames) tell(name, frame)
      }
    },
  },
]

/** What a revocation ends that it did not name: new replica ids, and whom the revoked had let in. */
export const trustStrays: readonly Scenario[] = [
  {
    rule: 'ends a replica id that its revoker did not know before its first release',
    world: { ...closed, closed: { ...closed.closed, dave: [admin('')] } },
    steps: [
      put('bob', { 'bob/x': 1 }),
      rest(),
      cut(['alice', 'carol'], ['bob', 'dave']),
      reincarnate('bob'),
      put('bob', { 'bob/x': 2, 'bob/y': 2 }),
      deliver(),
      put('dave', { 'bob/x': 'seen it', d: 1 }),
      deliver(),
      revoke('alice', 'bob'),
      deliver(),
      heal(),
      rest(),
      expectConflict('carol', 'bob/x', 'seen it'),
      expectValues('alice', { 'bob/y': undefined, d: 1 }),
      expectStatus('alice', { waiting: 0 }),
      expectStatus('carol', { waiting: 0 }),
      expectConverged(),
    ],
  },
  {
    rule: 'shows why a replica id has ended to whoever waits for it, also after a restart',
    world: { ...closed, closed: { ...closed.closed, dave: [admin('')] } },
    steps: [
      cut(['alice', 'carol'], ['bob', 'dave']),
      put('bob', { 'bob/x': 2 }),
      deliver(),
      put('dave', { 'bob/x': 'seen it' }),
      deliver(),
      revoke('alice', 'bob'),
      heal(),
      sync('dave', 'alice'),
      crash('dave'),
      expectValues('dave', { 'bob/x': 'seen it' }),
      expectStatus('alice', { waiting: 0 }),
      sync('carol', 'alice'),
      expectSent('alice', 'evidence', { atLeast: 1 }),
      crash('carol'),
      expectValues('carol', { 'bob/x': 'seen it' }),
      give('root', 'erin', []),
      enter('erin'),
      sayGone('carol', 'erin'),
      deliver(),
      expectSent('carol', 'snapshot', { atLeast: 1 }),
      expectValues('erin', { 'bob/x': 'seen it' }),
      rest(),
      expectConverged(),
    ],
  },
  {
    rule: 'ends with a revoked peer whom it let in, and whom those let in',
    world: closed,
    steps: [
      ...descendants,
      put('erin', { 'bob/erin/x': 1 }),
      put('frank', { 'bob/erin/y': 1 }),
      rest(),
      cut(['alice', 'bob', 'carol', 'dave'], ['erin', 'frank']),
      put('erin', { 'bob/erin/x': 2 }),
      put('frank', { 'bob/erin/y': 2 }),
      deliver(),
      revoke('alice', 'bob'),
      heal(),
      rest(),
      expectConflict('dave', 'bob/erin/x', 1),
      expectConflict('erin', 'bob/erin/y', 1),
      expectThrows('NOT_ALLOWED', put('frank', { 'bob/erin/y': 3 })),
      expectFault('carol', 'frank', /bob, by which frank came in, was revoked/),
      expectConverged(),
    ],
  },
  {
    rule: 'lets whoever was kept go on, with those below, when the peer that let it in is revoked',
    world: closed,
    steps: [
      ...descendants,
      put('erin', { 'bob/erin/x': 1 }),
      rest(),
      cut(['alice', 'bob', 'carol', 'dave'], ['erin', 'frank']),
      put('frank', { 'bob/erin/y': 2 }),
      deliver(),
      revoke('alice', 'bob', { kept: ['erin'] }),
      heal(),
      rest(),
      expectFault('dave', 'frank', undefined),
      expectFault('dave', 'erin', undefined),
      put('erin', { 'bob/erin/x': 3 }),
      put('frank', { 'bob/erin/y': 3 }),
      rest(),
      expectValues('dave', { 'bob/erin/x': 3, 'bob/erin/y': 3 }),
      expectThrows('NOT_ALLOWED', put('bob', { 'bob/x': 1 })),
      expectConverged(),
    ],
  },
  {
    rule: 'lets go on whoever had another badge when the peer that let it in was revoked',
    world: closed,
    steps: [
      ...descendants,
      put('erin', { 'bob/erin/x': 1 }),
      put('erin', { 'bob/erin/y': 1 }),
      rest(),
      give('alice', 'erin', [mayWrite('bob/erin')]),
      wear('erin'),
      put('erin', { 'bob/erin/x': 2 }),
      rest(),
      revoke('alice', 'bob'),
      rest(),
      expectConflict('dave', 'bob/erin/x', 2),
      expectConflict('dave', 'bob/erin/y', 1),
      expectLimit('dave', 'erin', undefined),
      crash('dave'),
      put('erin', { 'bob/erin/x': 3 }),
      rest(),
      expectConflict('dave', 'bob/erin/x', 3),
      expectConverged(),
    ],
  },
  {
    rule: 'ends no replica id by the word of a member that names the badge of a revoked one',
    world: closed,
    steps: [
      put('alice', { a: 1 }),
      show('dave', 'bob'),
      show('dave', 'carol'),
      rest(),
      revoke('alice', 'carol'),
      rest(),
      ...bobIsInTwoMinds,
      rest(),
      expectLimit('dave', 'bob', undefined),
      expectValues('dave', { 'bob/x': 3 }),
      expectConverged(),
    ],
  },
  {
    rule: 'ends with an invite whoever came in by it, and nobody else',
    world: closed,
    steps: [
      give('alice', 'token', [mayWrite('bob')], {
        invite: { uses: 'many', badgeMs: days(1), untilMs: foreverMs },
      }),
      give('token', 'erin', [mayWrite('bob')], {
        notBefore: startMs,
        notAfter: startMs + days(1),
      }),
      enter('erin'),
      put('erin', { 'bob/x': 1 }),
      rest(),
      revoke('alice', 'token'),
      deliver(),
      expectThrows('NOT_ALLOWED', put('erin', { 'bob/x': 2 })),
      expectValues('dave', { 'bob/x': 1 }),
      put('bob', { 'bob/x': 3 }),
      rest(),
      expectConflict('erin', 'bob/x', 3),
      expectConverged(),
    ],
  },
  {
    rule: 'keeps a revoked key out, whatever badge it is given afterwards',
    world: closed,
    steps: [
      put('bob', { 'bob/x': 1 }),
      rest(),
      revoke('alice', 'bob'),
      rest(),
      give('root', 'bob', [mayWrite('bob')]),
      wear('bob'),
      expectThrows('NOT_ALLOWED', put('bob', { 'bob/x': 2 })),
      show('dave', 'bob'),
      lieTo({ by: 'bob', seq: 1, key: 'bob/x', put: 2 }, 'dave'),
      expectVerdict('dave', 'void'),
      expectConverged(),
    ],
  },
]
