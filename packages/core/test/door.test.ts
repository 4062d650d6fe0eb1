import { describe } from 'vitest'
import * as lib from '../src/index.js'
import { type Node, cbor, write } from './cbor.js'
import { typesOnWire } from './corpus.js'
import { canonical, digits, refuses } from './refuses.js'
import { unhex } from './stub-crypto.js'

/** Bytes that each broke some decoder somewhere. */

const message =
  (type: (typeof typesOnWire)[number], ...parts: Node[]) =>
  (): Uint8Array =>
    write(cbor.list(cbor.int(typesOnWire.indexOf(type)), ...parts))

/** One head a million times over, and a null at the bottom. */
const bomb = (head: string) => (): Uint8Array => {
  const bytes = new Uint8Array(1_000_000 * (head.length / 2) + 1)
  bytes.set(unhex(head.repeat(1_000_000)))
  bytes[bytes.length - 1] = 0xf6
  return bytes
}

const replicaId = (byte: number): Node => cbor.bytes(new Uint8Array(16).fill(byte))
const zeroHash = cbor.bytes(new Uint8Array(32))

describe('a frame that is not canonical CBOR', () => {
  refuses([
    ['nothing at all', () => new Uint8Array(), canonical],
    [
      'a frame over the limit',
      () => new Uint8Array(lib.limits.frameBytesMax + 1),
      /bytes long, the limit is/,
    ],
    ['a million lists in each other', bomb('81'), canonical],
    ['a million maps in each other', bomb('a16161'), canonical],
    ['a million tags in each other', bomb('d82a'), canonical],
    ['a million lists of indefinite length', bomb('9f'), canonical],
    ['bytes of 2^32', () => digits('82 00 5b 0000000100000000'), canonical],
    ['bytes of 2^53', () => digits('82 00 5b 0020000000000000'), canonical],
    ['bytes of 2^64 - 1', () => digits('82 00 5b ffffffffffffffff'), canonical],
    ['a text of 2^32', () => digits('82 00 7b 0000000100000000'), canonical],
    ['a list of 2^32', () => digits('82 00 9b 0000000100000000'), canonical],
    ['a list of 2^53', () => digits('9b 0020000000000000 00'), canonical],
    ['a list of 2^64 - 1', () => digits('9b ffffffffffffffff 00'), canonical],
    ['a map of 2^32', () => digits('82 00 bb 0000000100000000'), canonical],
    ['a number in long form', () => digits('82 1800 41 00'), canonical],
    ['a length in long form', () => digits('9802 00 41 00'), canonical],
    ['bytes of indefinite length', () => digits('82 00 5f 41 00 ff'), canonical],
    ['a list of indefinite length', () => digits('9f 00 41 00 ff'), canonical],
    ['a break alone', () => digits('ff'), canonical],
    ['two things in a row', () => digits('82 00 41 00 00'), canonical],
    ['a tag', () => digits('c1 82 00 41 00'), canonical],
    ['a reserved head', () => digits('1c'), canonical],
  ])
})

describe('a message of the wrong shape', () => {
  refuses([
    ['a number', () => digits('00'), /message is not a list/],
    ['an empty list', () => digits('80'), /message type/],
    ['an unknown type', () => write(cbor.list(cbor.int(14), cbor.null)), /message type/],
    ['a type below zero', () => write(cbor.list(cbor.int(-1), cbor.null)), /message type/],
    [
      'a type that is a fraction',
      () => write(cbor.list(cbor.float(0.5), cbor.null)),
      /message type/,
    ],
    [
      'a type that is a float of a whole number',
      () => write(cbor.list(cbor.float(1), cbor.null)),
      canonical,
    ],
    [
      'a type beyond all safe numbers',
      () => write(cbor.list(cbor.int(2n ** 53n + 1n), cbor.null)),
      /message type/,
    ],
    [
      'a release of two parts',
      message('release', cbor.bytes(new Uint8Array(1)), cbor.null),
      /2 parts, not 1/,
    ],
    ['a release that is a text', message('release', cbor.text('x')), /not bytes/],
    [
      'a release that is a link',
      message('release', cbor.link(digits(`00 01 71 12 20 ${'00'.repeat(32)}`))),
      /not bytes/,
    ],
    [
      'an announcement of seq 0 with an id',
      message('announce', cbor.list(replicaId(1), cbor.int(0), zeroHash)),
      /exactly above seq 0/,
    ],
    [
      'an announcement of a short id',
      message('announce', cbor.list(replicaId(1), cbor.int(1), cbor.bytes(new Uint8Array(31)))),
      /31 bytes, not 32/,
    ],
    [
      'a summary of short hashes',
      message('summary', zeroHash, zeroHash, cbor.bytes(new Uint8Array(1)), cbor.int(0)),
      /1 bytes, not 32/,
    ],
    [
      'a summary with an unknown step',
      message('summary', zeroHash, zeroHash, zeroHash, cbor.int(6)),
      /step/,
    ],
    [
      'a standing of two parts',
      message('standing', cbor.list(cbor.list(), cbor.list())),
      /2 parts, not 5/,
    ],
    [
      'statements that are numbers',
      message('statements', cbor.list(cbor.int(1)), cbor.list(), cbor.null),
      /not bytes/,
    ],
    [
      'a pair of one',
      message('statements', cbor.list(), cbor.list(cbor.list(zeroHash)), cbor.null),
      /1 parts, not 2/,
    ],
    [
      'a page of a clock with a map',
      message('clock', cbor.null, cbor.null, cbor.map()),
      /not a list/,
    ],
    [
      'a range to a fraction',
      message('want', cbor.list(cbor.list(replicaId(1), cbor.int(0), cbor.null, cbor.float(1.5)))),
      /whole number/,
    ],
    [
      'a delta that may be gone or not',
      message('delta', cbor.list(), cbor.list(), cbor.null),
      /neither true nor false/,
    ],
    [
      'evidence of nothing known',
      message('evidence', cbor.list(cbor.bytes(new Uint8Array(3)))),
      canonical,
    ],
    ['a page before the first', message('snapshot-want', cbor.null, cbor.int(-1)), /whole number/],
    [
      'a presence that is not one',
      message('presence', cbor.bytes(new Uint8Array(1))),
      /not a list/,
    ],
  ])
})
