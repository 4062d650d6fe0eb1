import { admin, write as mayWrite } from './badges.js'
import { revoke } from './trust-steps.js'
import {
  announce,
  clone,
  cut,
  cutReplica,
  deliver,
  drop,
  forgetCold,
  heal,
  join,
  put,
  remove,
  seconds,
  settle,
  sync,
  tick,
} from './steps.js'
import { type Transcript } from './transcript.js'

const two = ['alice', 'bob']
const long = (letter: string): string => letter.repeat(30_000)

/** File name → the conversation that it holds. */
export const transcripts: ReadonlyMap<string, Transcript> = new Map([
  [
    'equal',
    {
      title: 'A session between equals: three hashes there and back',
      world: { names: two },
      before: [put('alice', { k: 1 }), deliver()],
      steps: [sync('alice', 'bob')],
    },
  ],
  [
    'both-ways',
    {
      title: 'Each lacks what the other wrote while the network was cut',
      world: { names: two },
      before: [
        put('alice', { k: 0 }),
        deliver(),
        put('alice', { k: 1 }),
        put('alice', { a: 1 }),
        drop(),
        tick(seconds(1)),
        put('bob', { k: 2 }),
        drop(),
      ],
      steps: [sync('alice', 'bob')],
    },
  ],
  [
    'pages',
    {
      title: 'More than a page holds, in both directions',
      world: { names: two },
      before: [
        cut(['alice'], ['bob']),
        ...['a', 'b', 'c', 'd', 'e'].map((key) => put('alice', { [key]: long(key) })),
        ...['x', 'y', 'z'].map((key) => put('bob', { [key]: long(key) })),
        deliver(),
        heal(),
      ],
      steps: [sync('bob', 'alice')],
    },
  ],
  [
    'statements',
    {
      title: 'Statements go first: what a cut has voided is neither sent nor asked for',
      world: { names: two, admins: ['alice'] },
      before: [
        put('bob', { k: 1 }),
        deliver(),
        put('bob', { k: 2, j: 2 }),
        drop(),
        cutReplica('alice', 'bob·1'),
        drop(),
        put('alice', { a: 1 }),
        drop(),
      ],
      steps: [sync('bob', 'alice')],
    },
  ],
  [
    'hole',
    {
      title: 'Gossip shows a hole, and whoever sent it is asked at once',
      world: { names: two },
      before: [put('alice', { k: 1 }), drop()],
      steps: [put('alice', { k: 2, j: 2 }), deliver()],
    },
  ],
  [
    'large',
    {
      title: 'Too large for gossip: announced, fetched, and held once',
      world: { names: two },
      before: [],
      steps: [put('alice', { large: long('xy') }), deliver()],
    },
  ],
  [
    'fork',
    {
      title: 'A store was copied and both copies wrote: the clocks show it',
      world: { names: two },
      before: [
        put('bob', { k: 1 }),
        deliver(),
        clone('bob'),
        cut(['alice', 'bob'], ["bob'"]),
        put('bob', { k: 'original' }),
        tick(seconds(1)),
        put("bob'", { k: 'copy' }),
        deliver(),
        heal(),
        cut(['bob'], ['alice', "bob'"]),
      ],
      steps: [sync("bob'", 'alice')],
    },
  ],
  [
    'snapshot-join',
    {
      title: 'A fresh member joins where the log no longer reaches back',
      world: { names: two, revocable: false },
      before: [
        put('alice', { k: 1, gone: 1 }),
        put('alice', { k: 2 }),
        deliver(),
        remove('bob', 'gone'),
        ...settle(),
        ...forgetCold(),
        put('alice', { after: 1 }),
        deliver(),
        join('carol'),
        announce('bob'),
      ],
      steps: [sync('carol', 'alice')],
    },
  ],
  [
    'badge',
    {
      title: 'A release by somebody whose badge is not known: it waits, and the badge is asked for',
      world: { names: two, closed: { alice: [admin('')], bob: [mayWrite('bob')] } },
      before: [put('bob', { 'bob/x': 1 }), drop()],
      steps: [put('bob', { 'bob/x': 2 }), deliver()],
    },
  ],
  [
    'revocation',
    {
      title:
        'What was written over a replica id that a revocation did not know reaches who revoked',
      world: {
        names: [...two, 'carol'],
        closed: { alice: [admin('')], bob: [mayWrite('')], carol: [mayWrite('')] },
      },
      before: [
        put('alice', { k: 1 }),
        deliver(),
        cut(['alice'], ['bob', 'carol']),
        put('bob', { k: 2 }),
        deliver(),
        put('carol', { k: 3 }),
        deliver(),
        revoke('alice', 'bob'),
        drop(),
        heal(),
      ],
      steps: [sync('alice', 'carol')],
    },
  ],
])
