import * as dagCbor from '@ipld/dag-cbor'
import {
  expectConflict,
  expectEqual,
  expectKeys,
  expectNoNotice,
  expectNotice,
  expectSent,
  expectValues,
  expectVerdict,
  typeOf,
} from '../expectations.js'
import { forgeRelease, forgerId } from '../forge.js'
import { type Scenario, type Step } from '../scenario.js'
import {
  announce,
  crash,
  cut,
  damage,
  deliver,
  forgetCold,
  heal,
  join,
  playFair,
  put,
  putEach,
  remove,
  repaired,
  rest,
  settle,
  sync,
  tamper,
  write,
} from '../steps.js'
import { type Frame, type WorldOptions, startMs } from '../world.js'
import { sha256, unhex } from '../stub-crypto.js'

const three = ['alice', 'bob', 'carol']
const kibibyte = 1024

/** Two members whose logs no longer hold everything that a third one lacks. */
const past: readonly Step[] = [
  put('alice', { k: 1, gone: 1 }),
  write('alice', { put: { k: 2, j: 2 }, remove: ['gone'] }),
  put('bob', { b: 1 }),
  ...settle(),
  ...forgetCold(),
  rest(),
]

export type Item = [kind: number, ...parts: unknown[]]
type SnapshotFrame = [
  type: number,
  id: Uint8Array,
  page: number,
  isLast: boolean,
  items: Uint8Array[],
]

/** Changes the items of every snapshot page that passes. */
export const change =
  (how: (items: Item[]) => Item[]) =>
  (frame: Frame): Frame => {
    if (typeOf(frame.bytes) !== 'snapshot') return frame
    const [type, id, page, isLast, items] = dagCbor.decode<SnapshotFrame>(frame.bytes)
    const changed = how(items.map((item) => dagCbor.decode<Item>(item)))
    const bytes = dagCbor.encode([
      type,
      id,
      page,
      isLast,
      changed.map((item) => dagCbor.encode(item)),
    ])
    return { ...frame, bytes }
  }

export const [headItem, tipItem, changesItem] = [0, 3, 5]

const spoilSignature = ([kind, ...parts]: Item): Item => {
  if (kind !== changesItem) return [kind, ...parts]
  const [header, signature, tree] = dagCbor.decode<[Uint8Array, Uint8Array, unknown]>(
    parts[0] as Uint8Array,
  )
  signature[0]! ^= 1
  return [kind, dagCbor.encode([header, signature, tree])]
}

const raiseTip = (item: Item): Item =>
  item[0] === tipItem ? [item[0], item[1], (item[2] as number) + 1, item[3], item[4]] : item

/** A change by mallory that has seen what nobody wrote, with the tip that belongs to it. */
function addFalseSeen(items: Item[]): Item[] {
  const mesh = sha256(new TextEncoder().encode('genesis'))
  const seen = new Map([['ff'.repeat(16), 9]])
  const lie = forgeRelease(mesh, { by: 'mallory', seq: 1, ms: startMs, key: 'k', seen, put: 'lie' })
  const [header, , leaf] = dagCbor.decode<[Uint8Array, Uint8Array, Uint8Array]>(lie)
  const root = sha256(new Uint8Array([0]), leaf)
  const id = sha256(new TextEncoder().encode('grapevine/release/1\n'), mesh, header, root)
  return [...items, [tipItem, unhex(forgerId(mesh, 'mallory')), 1, id, lie], [changesItem, lie]]
}

/** A snapshot with such a fault is refused as a whole; an honest one is taken afterwards. */
export const refusal = (
  fault: string,
  reason: RegExp,
  how: (items: Item[]) => Item[],
  world: Partial<WorldOptions> = {},
): Scenario => ({
  rule: `refuses a snapshot ${fault}, and takes nothing of it`,
  world: { names: ['alice', 'bob'], revocable: false, ...world },
  steps: [
    ...past,
    join('carol'),
    announce('bob'),
    tamper(`alice shows a snapshot ${fault}`, change(how)),
    sync('carol', 'alice'),
    expectSent('alice', 'snapshot', { atLeast: 1 }),
    expectVerdict('carol', 'refused', reason),
    expectKeys('carol'),
    playFair(),
    rest(),
    expectKeys('carol', 'b', 'j', 'k'),
    expectEqual(),
  ],
})

/** Whole states, where the log does not reach back; and the alarm when two states differ. */
export const snapshots: readonly Scenario[] = [
  {
    rule: 'brings a fresh member in by bounded pages when the log no longer reaches back',
    world: { names: ['alice', 'bob'], revocable: false },
    steps: [
      putEach('alice', 60, 10, 'old'),
      putEach('alice', 60, 2 * kibibyte),
      ...settle(),
      ...forgetCold(),
      join('carol'),
      rest(),
      expectSent('alice', 'snapshot', { atLeast: 3, bytesMax: 66 * kibibyte }),
      expectValues('carol', { key1: 'x'.repeat(2048), key60: 'x'.repeat(2048) }),
      crash('carol'),
      put('carol', { key1: 'new' }),
      rest(),
      expectConflict('alice', 'key1', 'new'),
      expectEqual(),
    ],
  },
  {
    rule: 'asks for a snapshot only where the log no longer reaches back',
    world: { names: ['alice', 'bob'], revocable: false },
    steps: [
      put('alice', { k: 1 }),
      remove('alice', 'k'),
      ...settle(),
      join('carol'),
      rest(),
      expectSent('carol', 'snapshot-want', { atMost: 0 }),
      expectEqual(),
    ],
  },
  {
    rule: 'carries no half of a snapshot over a crash',
    world: { names: ['alice', 'bob'], revocable: false },
    steps: [
      putEach('alice', 60, 10, 'old'),
      putEach('alice', 60, 2 * kibibyte),
      ...settle(),
      ...forgetCold(),
      join('carol'),
      tamper('the last page gets lost', (frame: Frame) => {
        if (typeOf(frame.bytes) !== 'snapshot') return frame
        return dagCbor.decode<SnapshotFrame>(frame.bytes)[3] ? undefined : frame
      }),
      sync('carol', 'alice'),
      expectSent('alice', 'snapshot', { atLeast: 3 }),
      expectKeys('carol'),
      crash('carol'),
      playFair(),
      rest(),
      expectEqual(),
    ],
  },
  refusal('with a signature that does not hold', /signature/, (items) => items.map(spoilSignature)),
  refusal('with a tip that is not proven', /tip .* is not proven/, (items) => items.map(raiseTip)),
  refusal('with a change that has seen more than its clock covers', /seen more/, addFalseSeen),
  {
    rule: 'raises the alarm at equal clocks with other values and repairs from a third member',
    world: { names: three },
    steps: [
      put('alice', { k: 1 }),
      put('alice', { k: 2, j: 2 }),
      rest(),
      expectNoNotice('diverged'),
      damage('bob', 'alice·2'),
      expectValues('bob', { k: 1, j: undefined }),
      announce('carol'),
      sync('bob', 'alice'),
      expectNotice('bob', 'diverged', /third member/),
      expectNotice('alice', 'diverged'),
      expectValues('bob', { k: 2, j: 2 }),
      repaired('bob'),
      crash('bob'),
      rest(),
      expectEqual(),
    ],
  },
  {
    rule: 'raises the alarm and changes nothing while no third member decides',
    world: { names: three },
    steps: [
      put('alice', { k: 1 }),
      put('alice', { k: 2 }),
      rest(),
      damage('bob', 'alice·2'),
      cut(['carol'], ['alice', 'bob']),
      crash('alice'),
      sync('alice', 'bob'),
      expectNotice('alice', 'diverged'),
      expectNotice('bob', 'diverged'),
      expectValues('alice', { k: 2 }),
      expectValues('bob', { k: 1 }),
      heal(),
      announce('carol'),
      sync('bob', 'alice'),
      deliver(),
      expectValues('bob', { k: 2 }),
      repaired('bob'),
      rest(),
      expectEqual(),
    ],
  },
]
