import * as dagCbor from '@ipld/dag-cbor'
import { write as mayWrite } from '../badges.js'
import {
  expectConflict,
  expectConverged,
  expectEqual,
  expectKeys,
  expectSent,
  expectStatus,
  expectThrows,
  expectValues,
  expectVerdict,
} from '../expectations.js'
import { type Scenario } from '../scenario.js'
import {
  collect,
  crash,
  cut,
  days,
  deliver,
  drop,
  heal,
  minutes,
  playFair,
  put,
  rest,
  sync,
  tamper,
  tick,
} from '../steps.js'
import {
  enter,
  expectAuthor,
  give,
  lieTo,
  revoke,
  sayGone,
  sealAs,
  show,
  want,
} from '../trust-steps.js'
import { peerOf, sha256, stubSign, text } from '../stub-crypto.js'
import { startMs } from '../world.js'
import { givenByCarol } from './lies.js'
import { type Item, changesItem } from './snapshots.js'
import { closed } from './trust.js'

const pat = give('root', 'pat', [mayWrite('shop')])

type Tree = Uint8Array | readonly Tree[]

/** Carol signs again whatever her releases show by now: her own signature is no obstacle to her. */
const bendCarols =
  (how: (leaf: unknown[]) => unknown[]) =>
  (items: Item[]): Item[] =>
    items.map((item) => {
      if (item[0] !== changesItem) return item
      const [header, , tree] = dagCbor.decode<[Uint8Array, Uint8Array, Tree]>(item[1] as Uint8Array)
      const bend = (part: Tree): Tree =>
        part instanceof Uint8Array
          ? dagCbor.encode(how(dagCbor.decode(part)))
          : part.length === 1
            ? part
            : part.map(bend)
      const bent = bend(tree)
      const signature = stubSign(peerOf('carol'), signedByPeer(header, bent))
      return [changesItem, dagCbor.encode([header, signature, bent])]
    })

const mesh = sha256(text.encode('genesis'))

/** What a peer signs: its header, and the first of two hashes of each part that is not shown. */
function signedByPeer(header: Uint8Array, tree: Tree): Uint8Array {
  const rootOf = (part: Tree): Uint8Array => {
    if (part instanceof Uint8Array) return sha256(new Uint8Array([0]), part)
    const [left, right] = part as readonly [Tree, Tree?]
    if (right === undefined) return (left as Uint8Array).subarray(0, 32)
    return sha256(new Uint8Array([1]), rootOf(left), rootOf(right))
  }
  return new Uint8Array([
    ...text.encode('grapevine/release/1\n'),
    ...mesh,
    ...header,
    ...rootOf(tree),
  ])
}

/** What a person wants is written by whichever peer numbers it, and stays what the person signed. */
export const trustIntents: readonly Scenario[] = [
  {
    rule: 'writes what a person signed through a peer that may write nothing, and names the person',
    world: closed,
    steps: [
      pat,
      put('alice', { 'shop/a': 1, 'shop/b': 1 }),
      deliver(),
      want('pat', 'carol', { 'shop/a': 5, 'shop/c': 6 }),
      want('pat', 'carol', {}, { remove: ['shop/b'] }),
      deliver(),
      expectValues('dave', { 'shop/a': 5, 'shop/b': undefined, 'shop/c': 6 }),
      expectAuthor('dave', 'shop/a', 'pat'),
      expectAuthor('carol', 'shop/c', 'pat'),
      expectThrows('NOT_ALLOWED', put('carol', { 'shop/a': 7 })),
      rest(),
      expectEqual(),
    ],
  },
  {
    rule: 'lets a person write by an intent no more than its badge says, whoever numbers it',
    world: closed,
    steps: [
      pat,
      expectThrows('NOT_ALLOWED', want('pat', 'alice', { 'bob/x': 1 })),
      expectThrows('NOT_ALLOWED', want('pat', 'alice', { 'shop/x': 1, other: 1 })),
      put('alice', { k: 1 }),
      rest(),
      show('dave', 'pat'),
      lieTo({ by: 'alice', seq: 1, key: 'bob/x', put: 1, will: { author: 'pat', put: 1 } }, 'dave'),
      expectVerdict('dave', 'refused', /pat may not write bob\/x/),
      rest(),
      expectEqual(),
    ],
  },
  {
    rule: 'numbers an intent only within the time that its author gave it',
    world: closed,
    steps: [
      pat,
      want('pat', 'carol', { 'shop/x': 1 }, { untilMs: startMs + minutes(5) }),
      tick(minutes(5) + 1),
      expectThrows(
        'NOT_ALLOWED',
        want('pat', 'carol', { 'shop/x': 2 }, { untilMs: startMs + minutes(5) }),
      ),
      expectThrows(
        'NOT_ALLOWED',
        want('pat', 'carol', { 'shop/x': 3 }, { atMs: startMs + minutes(6) + 2 }),
      ),
      want('pat', 'carol', { 'shop/x': 4 }, { atMs: startMs + minutes(6) + 1 }),
      deliver(),
      expectValues('dave', { 'shop/x': 4 }),
      lieTo(
        {
          by: 'carol',
          seq: 1,
          key: 'shop/x',
          put: 5,
          will: { author: 'pat', put: 5, untilMs: startMs + minutes(5) },
        },
        'dave',
      ),
      expectVerdict('dave', 'refused', /not stamped within the time that its author gave it/),
      rest(),
      expectEqual(),
    ],
  },
  {
    rule: 'refuses what a relay made of an intent, and shows the intent as it was signed',
    world: closed,
    steps: [
      pat,
      want('pat', 'dave', { 'shop/x': 'mine' }),
      put('bob', { 'bob/x': 1 }),
      rest(),
      lieTo(
        {
          by: 'bob',
          seq: 1,
          key: 'shop/x',
          put: 'bent',
          will: { author: 'pat', put: 'mine' },
        },
        'carol',
      ),
      expectVerdict('carol', 'refused', /its signature does not hold/),
      expectConflict('carol', 'shop/x', 'mine'),
      rest(),
      expectEqual(),
    ],
  },
  {
    rule: 'lets an intent wait until the badge of its author is known',
    world: closed,
    steps: [
      pat,
      put('bob', { 'bob/x': 1 }),
      rest(),
      lieTo({ by: 'bob', seq: 1, key: 'shop/x', put: 1, will: { author: 'pat', put: 1 } }, 'dave'),
      expectVerdict('dave', 'waiting'),
      expectKeys('dave', 'bob/x'),
      show('dave', 'pat'),
      expectValues('dave', { 'shop/x': 1 }),
      expectStatus('dave', { waiting: 0 }),
      crash('dave'),
      rest(),
      expectValues('alice', { 'shop/x': 1 }),
      expectEqual(),
    ],
  },
  {
    rule: 'proves an intent by a part of its release too: in a snapshot, however little is left of it',
    world: closed,
    steps: [
      pat,
      want('pat', 'carol', { 'shop/a': 1, 'shop/b': 1, 'shop/c': 1, 'shop/d': 1, 'shop/e': 1 }),
      deliver(),
      put('alice', { 'shop/a': 2, 'shop/c': 2, 'shop/d': 2 }),
      rest(),
      tick(days(1)),
      tick(days(31)),
      rest(),
      sealAs('alice', 'root'),
      rest(),
      collect(),
      // Two of the five are left.
      expectStatus('carol', { unsettled: 5 }),
      give('root', 'erin', []),
      enter('erin'),
      sayGone('carol', 'erin'),
      deliver(),
      expectSent('carol', 'snapshot', { atLeast: 1 }),
      expectAuthor('erin', 'shop/b', 'pat'),
      crash('erin'),
      expectAuthor('erin', 'shop/e', 'pat'),
      rest(),
      expectEqual(),
    ],
  },
  {
    rule: 'refuses a snapshot in which a relay bent what a person had signed, and takes nothing of it',
    world: closed,
    steps: [
      pat,
      want('pat', 'carol', { 'shop/a': 1, 'shop/b': 1 }),
      deliver(),
      give('root', 'erin', []),
      tamper(
        'carol bends the intent in her snapshot',
        givenByCarol(bendCarols(([key, seen]) => [key, seen, 'bent'])),
      ),
      enter('erin'),
      sync('erin', 'carol'),
      expectSent('carol', 'snapshot', { atLeast: 1 }),
      expectVerdict('erin', 'refused', /a signature in the snapshot does not hold/),
      expectKeys('erin'),
      playFair(),
      rest(),
      expectValues('erin', { 'shop/a': 1, 'shop/b': 1 }),
      expectEqual(),
    ],
  },
  {
    rule: 'ends with a revoked relay also what honest people had written through it since',
    world: closed,
    steps: [
      pat,
      want('pat', 'carol', { 'shop/a': 'before' }),
      rest(),
      cut(['alice', 'bob'], ['carol', 'dave']),
      want('pat', 'carol', { 'shop/a': 'after' }),
      deliver(),
      revoke('alice', 'carol'),
      deliver(),
      expectValues('dave', { 'shop/a': 'after' }),
      heal(),
      rest(),
      expectConflict('dave', 'shop/a', 'before'),
      expectThrows('NOT_ALLOWED', want('pat', 'carol', { 'shop/a': 'again' })),
      want('pat', 'dave', { 'shop/a': 'again' }),
      rest(),
      expectConflict('alice', 'shop/a', 'again'),
      expectConverged(),
    ],
  },
  {
    rule: 'brings an intent by whichever way: gossip, session, or after it was lost',
    world: closed,
    steps: [
      pat,
      want('pat', 'carol', { 'shop/a': 1 }),
      drop(),
      want('pat', 'carol', { 'shop/b': 2 }),
      deliver(),
      expectValues('dave', { 'shop/a': 1, 'shop/b': 2 }),
      rest(),
      expectEqual(),
    ],
  },
]
