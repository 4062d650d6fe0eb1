import { describe } from 'vitest'
import * as lib from '../src/index.js'
import { type Node, cbor } from './cbor.js'
import { forgerId } from './forge.js'
import { canonical, digits, mallory, refuses } from './refuses.js'
import { type Sketch, change, releaseFrame, resign, signedRelease } from './signed.js'
import { type World, startMs } from './world.js'
import { unhex } from './stub-crypto.js'

/** Whoever has a key can sign anything: the form is checked all the same. */

/** A release signed by mallory; what is not said of it is in order. */
const release =
  (tree: Node, sketch: Partial<Sketch> = {}) =>
  (world: World): Uint8Array =>
    releaseFrame(signedRelease(world.meshId, { peer: mallory, ms: startMs, ...sketch }, tree))

/** A change of one key, with these seen and this value. */
const seeing = (...seen: Node[]): Node =>
  cbor.wrapped(cbor.list(cbor.text('k'), cbor.list(...seen), cbor.int(1)))
const value = (node: Node) => release(change('k', node))

/** A header with one field replaced. */
const header =
  (field: number, by: Node) =>
  (world: World): Uint8Array => {
    const good = signedRelease(
      world.meshId,
      { peer: mallory, ms: startMs },
      change('k', cbor.int(1)),
    )
    const [wrapped, ...rest] = good.children as [Node, ...Node[]]
    const fields = wrapped.children[0]!.children.map((child, index) =>
      index === field ? by : child,
    )
    const bent = { ...good, children: [cbor.wrapped(cbor.list(...fields)), ...rest] }
    return releaseFrame(resign(world.meshId, bent))
  }

const nested = (levels: number, node: Node): Node =>
  levels === 0 ? node : nested(levels - 1, cbor.list(node))

/** The change of k to a null in so many lists. */
const nestedLeaf = (levels: number): Node => {
  const bytes = new Uint8Array(levels + 5).fill(0x81)
  bytes.set(digits('83 61 6b 80'))
  bytes[bytes.length - 1] = 0xf6
  return cbor.bytes(bytes)
}
const replicaId = (byte: number): Node => cbor.bytes(new Uint8Array(16).fill(byte))
const zeroHash = cbor.bytes(new Uint8Array(32))
const leaf = (key: string): Node => change(key, cbor.int(1))
const pruned = cbor.list(zeroHash)

describe('a signed release with a value that has no place in JSON', () => {
  refuses([
    ['invalid UTF-8', value(cbor.text(digits('ff fe'))), canonical],
    ['a lone surrogate', value(cbor.text(digits('ed a0 80'))), canonical],
    [
      'a key twice in a map',
      value(cbor.map(cbor.text('a'), cbor.int(1), cbor.text('a'), cbor.int(2))),
      canonical,
    ],
    [
      'a key twice that would clear the terminal',
      value(
        cbor.map(...['\u001b[2J', '\u001b[2J'].flatMap((name) => [cbor.text(name), cbor.int(1)])),
      ),
      canonical,
    ],
    [
      'a key twice that is as long as a book',
      value(
        cbor.map(...['x', 'x'].flatMap((name) => [cbor.text(name.repeat(100_000)), cbor.null])),
      ),
      canonical,
    ],
    [
      'a map out of order',
      value(cbor.map(cbor.text('b'), cbor.int(1), cbor.text('a'), cbor.int(2))),
      canonical,
    ],
    ['a map keyed by a number', value(cbor.map(cbor.int(1), cbor.int(1))), canonical],
    [
      'a member named __proto__',
      value(cbor.map(cbor.text('__proto__'), cbor.map())),
      /"__proto__"|canonical/,
    ],
    ['infinity', value(cbor.float(Infinity)), canonical],
    ['minus infinity', value(cbor.float(-Infinity)), canonical],
    ['NaN', value(cbor.float(Number.NaN)), canonical],
    ['-0', value(cbor.float(-0)), canonical],
    ['a float that is a whole number', value(cbor.float(3)), canonical],
    ['a short float', value({ ...cbor.float(0), form: 'short', argument: 0xf900n }), canonical],
    ['2^53 + 1', value(cbor.int(2n ** 53n + 1n)), /bigint/],
    ['2^64 - 1', value(cbor.int(2n ** 64n - 1n)), /bigint/],
    ['-2^64', value(cbor.int(-(2n ** 64n))), /bigint|canonical/],
    ['undefined', value(cbor.undefined), canonical],
    [
      'a link',
      value(cbor.link(digits(`00 01 71 12 20 ${'00'.repeat(32)}`))),
      /neither plain JSON nor bytes/,
    ],
    ['a tag of a big number', value(cbor.tag(2, cbor.bytes(new Uint8Array(9)))), canonical],
    ['nesting beyond the limit', value(nested(33, cbor.null)), /nested deeper than 32/],
    ['nesting three thousand deep', release(nestedLeaf(3000)), /nested deeper than/],
    ['nesting a million deep', release(nestedLeaf(1_000_000)), canonical],
  ])
})

describe('a signed release with a header that cannot be', () => {
  refuses([
    ['another format', header(0, cbor.int(2)), /format/],
    [
      'a format that cannot be printed',
      header(0, cbor.map(cbor.text('toString'), cbor.int(0))),
      /format/,
    ],
    ['a format as long as a book', header(0, cbor.text('x'.repeat(100_000))), /format/],
    ['a short peer', header(1, cbor.bytes(new Uint8Array(31))), /peer is 31 bytes/],
    ['a long incarnation', header(2, cbor.bytes(new Uint8Array(9))), /incarnation is 9 bytes/],
    ['seq 0', header(3, cbor.int(0)), /seq/],
    ['a seq below zero', header(3, cbor.int(-1)), /seq/],
    ['a seq beyond all safe numbers', header(3, cbor.int(2n ** 53n)), /seq/],
    ['seq 2 without prev', header(3, cbor.int(2)), /seq and prev disagree/],
    ['seq 1 with prev', header(4, zeroHash), /seq and prev disagree/],
    ['a stamp that is a float', header(5, cbor.float(1.5)), /stamp/],
    ['a stamp below zero', header(5, cbor.int(-1)), /stamp/],
    [
      'a stamp counter over the limit',
      header(6, cbor.int(lib.limits.stampCounterMax + 1)),
      /stamp counter/,
    ],
    [
      'a message too long',
      header(7, cbor.text('é'.repeat(lib.limits.releaseMessageBytesMax / 2 + 1))),
      /message is longer/,
    ],
    ['a message that is bytes', header(7, cbor.bytes(new Uint8Array(1))), /message is not a text/],
    ['a request id too long', header(8, cbor.text('x'.repeat(65))), /request id is longer/],
  ])
})

describe('a signed release with changes that cannot be', () => {
  const ordered = (...keys: string[]): Node =>
    keys.map(leaf).reduce((left, right) => cbor.list(left, right))
  refuses([
    ['keys out of order', release(ordered('b', 'a')), /ascending order/],
    ['a key twice', release(ordered('a', 'a')), /ascending order/],
    ['an empty key', release(leaf('')), /key cannot be used: it is empty/],
    ['a key with a segment ..', release(leaf('a/../b')), /segment/],
    ['a key that turns the text around', release(leaf('a\u202eb')), /direction/],
    ['a key with a control character', release(leaf('a\nb')), /control/],
    ['a key over the limit', release(leaf('x'.repeat(513))), /key is longer than 512 bytes/],
    [
      'a key over the limit in UTF-8 only',
      release(leaf('é'.repeat(257))),
      /key is longer than 512 bytes/,
    ],
    [
      'a tree of the wrong shape',
      release(cbor.list(leaf('a'), cbor.list(leaf('b'), leaf('c')))),
      /one tree shape/,
    ],
    [
      'a tree nested too deep',
      release(ordered(...Array.from({ length: 20 }, (_, index) => `k${index + 10}`))),
      /not a tree/,
    ],
    ['a tree of branches of one', release(nested(200, leaf('a'))), /not a tree/],
    ['a branch of three', release(cbor.list(leaf('a'), leaf('b'), leaf('c'))), /not a tree/],
    [
      'a pruned hash of 31 bytes',
      release(cbor.list(cbor.bytes(new Uint8Array(31)))),
      /not a tree|not shown|changes/,
    ],
    ['no changes shown', release(pruned), /does not show all/],
    ['some changes not shown', release(cbor.list(leaf('a'), pruned)), /does not show all/],
    ['a change of one part', release(cbor.wrapped(cbor.list(cbor.text('k')))), /2 or 3 parts/],
    [
      'a change of four parts',
      release(cbor.wrapped(cbor.list(cbor.text('k'), cbor.list(), cbor.null, cbor.null))),
      /2 or 3 parts/,
    ],
    ['a change that is no CBOR', release(cbor.bytes(digits('ff'))), canonical],
    ['seen with seq 0', release(seeing(replicaId(1), cbor.int(0))), /not ascending/],
    [
      'seen unsorted',
      release(seeing(replicaId(2), cbor.int(1), replicaId(1), cbor.int(1))),
      /not ascending/,
    ],
    [
      'seen with one id twice',
      release(seeing(replicaId(1), cbor.int(1), replicaId(1), cbor.int(2))),
      /not ascending/,
    ],
    [
      'seen with an id of 15 bytes',
      release(seeing(cbor.bytes(new Uint8Array(15)), cbor.int(1))),
      /15 bytes, not 16/,
    ],
    ['seen with an id alone', release(seeing(replicaId(1))), /id without a seq/],
    [
      'seen with its own dot',
      (world) =>
        release(seeing(cbor.bytes(unhex(forgerId(world.meshId, 'mallory'))), cbor.int(1)))(world),
      /own|seen/,
    ],
    [
      'seen with its own future',
      (world) =>
        release(seeing(cbor.bytes(unhex(forgerId(world.meshId, 'mallory'))), cbor.int(7)))(world),
      /own|seen/,
    ],
  ])
})

describe('a release whose signature does not hold', () => {
  const signed = (world: World): Node =>
    signedRelease(world.meshId, { peer: mallory, ms: startMs }, leaf('k'))
  const instead =
    (index: number, by: Node) =>
    (world: World): Uint8Array => {
      const good = signed(world)
      return releaseFrame({
        ...good,
        children: good.children.map((child, at) => (at === index ? by : child)),
      })
    }
  refuses([
    ['a signature of zeros', instead(1, cbor.bytes(new Uint8Array(64))), /signature does not hold/],
    ['a signature of 63 bytes', instead(1, cbor.bytes(new Uint8Array(63))), /63 bytes, not 64/],
    [
      'another change under the same signature',
      instead(2, change('k', cbor.int(2))),
      /signature does not hold/,
    ],
    [
      'a signature for another mesh',
      () => release(leaf('k'))({ meshId: new Uint8Array(32) } as World),
      /signature does not hold/,
    ],
  ])
})
