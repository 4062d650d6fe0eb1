import { createStateHash } from '../../src/state-hash.js'
import * as dagCbor from '@ipld/dag-cbor'
import {
  expectConverged,
  expectEqual,
  expectNoNotice,
  expectNotice,
  expectNoticeCount,
  expectSent,
  expectStatus,
  expectValues,
  expectVerdict,
  expectWritten,
  typeOf,
} from '../expectations.js'
import { forgeRelease } from '../forge.js'
import { type Scenario, type Step } from '../scenario.js'
import {
  announce,
  collect,
  crash,
  cut,
  cutReplica,
  damage,
  days,
  deliver,
  deliverOnlyTo,
  drop,
  echo,
  forgetCold,
  heal,
  leave,
  minutes,
  playFair,
  put,
  reincarnate,
  remove,
  repaired,
  rest,
  restore,
  settle,
  skew,
  sync,
  takeImage,
  tamper,
  tick,
} from '../steps.js'
import { type Fact, oracleView, readFact } from '../oracle.js'
import { type Frame, dayMs, startMs } from '../world.js'
import { peerOf, sha256, unhex } from '../stub-crypto.js'
import { type Item, change, changesItem, headItem, refusal, tipItem } from './snapshots.js'

const three = ['alice', 'bob', 'carol']
const four = [...three, 'dave']

const mesh = sha256(new TextEncoder().encode('genesis'))

const factIn = ([, bytes]: Item): Fact => readFact(mesh, bytes as Uint8Array)

/** The items under a head that states what they really show. */
function restated(items: Item[]): Item[] {
  const facts = items.filter(([kind]) => kind === changesItem).map(factIn)
  const tips = items
    .filter(([kind]) => kind === tipItem)
    .map(([, ...tip]) => tip.slice(0, 3) as [Uint8Array, number, Uint8Array])
    .sort(([a], [b]) => Buffer.compare(a, b))
  const hash = createStateHash(sha256)
  const everything = new Map(facts.map(({ replica }) => [replica, Infinity]))
  for (const [key, { heads }] of oracleView(facts, everything)) {
    hash.set(key as Parameters<typeof hash.set>[0], heads.toSorted().join('+'))
  }
  const clock = sha256(dagCbor.encode(tips))
  return items.map((item) => (item[0] === headItem ? [0, item[1], clock, hash.root()] : item))
}

/** In all else a faultless snapshot, with one more release in it. */
const withLie =
  (ms: number) =>
  (items: Item[]): Item[] => {
    const lie = forgeRelease(mesh, { by: 'mallory', seq: 1, ms, key: 'x', put: 'lie' })
    const { replica, seq, id } = readFact(mesh, lie)
    const tip: Item = [tipItem, unhex(replica), seq, unhex(id), lie]
    return restated([...items, tip, [changesItem, lie]])
  }

/** The clock of now, under the head and with the values of when one release was not there. */
function hideFresh(items: Item[]): Item[] {
  const isFresh = (item: Item): boolean =>
    item[0] === changesItem && factIn(item).changes.some(({ key }) => key === 'fresh')
  const { replica } = factIn(items.find(isFresh)!)
  const isItsTip = (item: Item): boolean =>
    item[0] === tipItem && Buffer.compare(item[1] as Uint8Array, unhex(replica)) === 0
  const before = restated(items.filter((item) => !isFresh(item) && !isItsTip(item)))
  return [...before, ...items.filter(isItsTip)]
}

/** A snapshot without what somebody put. */
export const without =
  (key: string, value: unknown) =>
  (items: Item[]): Item[] =>
    restated(
      items.filter(
        (item) =>
          item[0] !== changesItem ||
          !factIn(item).changes.some((one) => one.key === key && one.put?.value === value),
      ),
    )

/** Carol says that what she is asked for has left her log, and gives such a snapshot instead. */
export const givenByCarol =
  (how: (items: Item[]) => Item[]) =>
  (frame: Frame): Frame => {
    if (frame.from !== 'carol') return frame
    if (typeOf(frame.bytes) !== 'delta') return change(how)(frame)
    const [type] = dagCbor.decode<[number]>(frame.bytes)
    return { ...frame, bytes: dagCbor.encode([type, [], [], true]) }
  }

/** dave was away while the others settled, and forgot, what he lacks. */
const daveLags: readonly Step[] = [
  put('alice', { k: 1, gone: 1 }),
  rest(),
  cut(['dave'], three),
  remove('alice', 'gone'),
  put('bob', { z: 1 }),
  deliver(),
  tick(days(31)),
  announce(),
  collect(),
  tick(days(31)),
  announce(),
  collect(),
  heal(),
]

/** What one snapshot can do to whoever takes it. */
export const lies: readonly Scenario[] = [
  refusal('with a release that its author may not write', /may write nothing/, withLie(startMs), {
    writeFault: (peer) => (peer === peerOf('mallory') ? 'mallory may write nothing' : undefined),
  }),
  (() => {
    const inAThousandDays = withLie(startMs + 1000 * dayMs)
    const scenario = refusal('stamped ahead of this clock', /ahead of this clock/, inAThousandDays)
    // A stamp that had been taken would leave carol behind it: she could not write.
    return {
      ...scenario,
      steps: [...scenario.steps, put('carol', { y: 1 }), rest(), expectEqual()],
    }
  })(),
  {
    rule: 'lets a stated word vouch only for a snapshot that shows the very clock of it',
    world: { names: four, revocable: false },
    steps: [
      ...daveLags,
      announce(),
      reincarnate('alice'),
      put('alice', { fresh: 'acknowledged' }),
      deliver(),
      tamper('bob hides a release that his clock counts', change(hideFresh)),
      sync('dave', 'bob'),
      expectSent('bob', 'snapshot', { atLeast: 1 }),
      expectVerdict('dave', 'refused', /clock that it claims/),
      expectValues('dave', { fresh: 'acknowledged' }),
      playFair(),
      rest(),
      expectValues('dave', { fresh: 'acknowledged', gone: undefined }),
      expectEqual(),
    ],
  },
  {
    rule: 'brings what other replica ids wrote while a snapshot is kept back, and says so once',
    world: { names: four, revocable: false },
    steps: [
      ...daveLags,
      put('bob', { q: 1 }),
      drop(),
      put('carol', { r: 1 }),
      drop(),
      sync('dave', 'alice'),
      expectNoticeCount('dave', 'unvouched', 1),
      tick(1000),
      announce('bob', 'carol'),
      tick(1000),
      announce('bob', 'carol'),
      expectNoticeCount('dave', 'unvouched', 1),
      sync('dave', 'bob'),
      sync('dave', 'carol'),
      expectValues('dave', { gone: 1, z: 1, q: 1, r: 1 }),
      rest(),
      expectValues('dave', { gone: undefined }),
      expectEqual(),
    ],
  },
  {
    rule: 'does not count the words of a member that has left',
    world: { names: four, revocable: false },
    steps: [
      ...daveLags,
      announce('bob'),
      leave('bob'),
      sync('dave', 'alice'),
      expectNotice('dave', 'unvouched'),
      announce('bob'),
      sync('bob', 'dave'),
      announce('alice'),
      expectValues('dave', { gone: 1 }),
      announce('carol'),
      expectValues('dave', { gone: undefined }),
      rest(),
      expectEqual(),
    ],
  },
  {
    rule: 'keeps what was replaced, and is not sealed, although a snapshot lacks it',
    world: { names: three, admins: ['alice'] },
    steps: [
      put('bob', { k: 'of bob' }),
      deliver(),
      put('carol', { k: 'of carol' }),
      deliver(),
      put('carol', { x: 1 }),
      drop(),
      tamper('carol gives bent snapshots', givenByCarol(without('k', 'of bob'))),
      sync('alice', 'carol'),
      expectSent('carol', 'snapshot', { atLeast: 1 }),
      expectValues('alice', { k: 'of carol', x: 1 }),
      playFair(),
      rest(),
      cutReplica('alice', 'carol·0'),
      rest(),
      expectValues('alice', { k: 'of bob' }),
      expectConverged(),
    ],
  },
  {
    rule: 'gives a restored store a new replica id when a snapshot shows that it is old',
    world: { names: three, revocable: false },
    steps: [
      put('bob', { k: 1 }),
      rest(),
      takeImage('bob', 'old'),
      put('bob', { k: 2 }),
      put('bob', { k: 3 }),
      rest(),
      ...settle(),
      ...forgetCold(),
      put('bob', { k: 'last' }),
      deliverOnlyTo('carol'),
      restore('bob', 'old'),
      sync('bob', 'alice'),
      expectNotice('bob', 'reincarnated', /snapshot/),
      put('bob', { k: 'after' }),
      expectWritten('bob2·1'),
      rest(),
      expectNoNotice('forked'),
      expectEqual(),
    ],
  },
  {
    rule: 'gives a restored store a new replica id when it hears a release of its own too early',
    world: { names: three },
    steps: [
      put('bob', { k: 1 }),
      rest(),
      takeImage('bob', 'old'),
      skew('bob', minutes(10)),
      put('bob', { k: 'ahead' }),
      drop(),
      restore('bob', 'old'),
      echo('bob·2', 'bob'),
      expectStatus('bob', { early: 1 }),
      expectNotice('bob', 'reincarnated'),
      put('bob', { j: 1 }),
      expectWritten('bob2·1'),
      echo('bob·2', 'alice'),
      tick(minutes(11)),
      rest(),
      expectNoNotice('forked'),
      expectEqual(),
    ],
  },
  {
    rule: 'keeps a change that a repair brought back to a release which was cold already',
    world: { names: three, revocable: false },
    steps: [
      put('alice', { k: 1 }),
      put('alice', { k: 2 }),
      rest(),
      damage('bob', 'alice·2'),
      announce(),
      collect('bob'),
      expectStatus('bob', { cold: 1 }),
      announce(),
      sync('bob', 'alice'),
      expectStatus('bob', { cold: 0 }),
      expectValues('bob', { k: 2 }),
      repaired('bob'),
      ...forgetCold(),
      ...forgetCold(),
      crash('bob'),
      expectValues('bob', { k: 2 }),
      rest(),
      expectEqual(),
    ],
  },
]
