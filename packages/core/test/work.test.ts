import * as dagCbor from '@ipld/dag-cbor'
import { describe, expect, it } from 'vitest'
import * as lib from '../src/index.js'
import { createBadges } from './badges.js'
import { type Node, cbor, write } from './cbor.js'
import { typesOnWire } from './corpus.js'
import { change, resign, signedRelease } from './signed.js'
import { idsOf } from './mallory.js'
import { peerOf, sha256, stubCrypto, unhex } from './stub-crypto.js'
import { startMs } from './world.js'

/** A signature check takes a tenth of a millisecond: this many keep a replica busy for a moment. */
const checksMax = 2048

const meshId = sha256(new Uint8Array())
const mallory = peerOf('mallory')

/** How many signatures alice checks for one frame. */
function checksOf(type: (typeof typesOnWire)[number], ...parts: unknown[]): number {
  let checks = 0
  const crypto = stubCrypto(peerOf('alice'), 1)
  const counting: lib.Crypto = {
    ...crypto,
    verify(...given) {
      checks += 1
      return crypto.verify(...given)
    },
  }
  const mesh = { id: meshId, admins: new Set([mallory]), revocable: true }
  const { replica } = lib.openReplica({ mesh, crypto: counting, peer: peerOf('alice') })
  const bytes = dagCbor.encode([typesOnWire.indexOf(type), ...parts])
  expect(bytes.length).toBeLessThan(lib.limits.frameBytesMax)
  replica.handle({ type: 'received', from: mallory, bytes }, startMs)
  return checks
}

const unsigned = cbor.bytes(new Uint8Array(64))

/** A cut of nothing in particular. */
const statement = (): Uint8Array => {
  const [id] = idsOf(1)
  const marks = cbor.list(cbor.list(cbor.bytes(id!), cbor.int(0), cbor.null))
  const issuer = cbor.bytes(unhex(mallory))
  const body = cbor.list(cbor.int(1), cbor.int(0), issuer, cbor.int(1), cbor.null, marks, cbor.null)
  return write(resign(meshId, cbor.list(cbor.wrapped(body), unsigned)))
}

/** The first release of a replica id of its own. */
const first = (index: number, value: number): Uint8Array => {
  const incarnation = new Uint8Array(8)
  new DataView(incarnation.buffer).setUint32(0, index)
  const tree: Node = change(`k${index}`, cbor.int(value))
  return write(signedRelease(meshId, { peer: mallory, incarnation, ms: startMs }, tree))
}

describe('one frame', () => {
  it('has few signatures checked when it repeats a statement', () => {
    const repeated = Array.from({ length: 20_000 }, statement)
    expect(checksOf('statements', repeated, [], null)).toBeLessThanOrEqual(checksMax)
  })

  it('has few signatures checked when it repeats a fork proof', () => {
    const pairs = Array.from({ length: 8000 }, () => [first(1, 1), first(1, 2)])
    expect(checksOf('statements', [], pairs, null)).toBeLessThanOrEqual(checksMax)
  })

  it('has few signatures checked when it holds releases without end', () => {
    const releases = Array.from({ length: 16_000 }, (_, index) => first(index, 1))
    expect(checksOf('delta', releases, [], false)).toBeLessThanOrEqual(checksMax)
  })

  it('has few signatures checked when it holds badges without end', () => {
    const rules = { id: meshId, admins: new Set([mallory]), revocable: true, closed: true }
    const badges = createBadges(lib, rules)
    const chains = Array.from({ length: 500 }, (_, index) => {
      badges.give('root', `m${index}`, [], { issuer: mallory })
      return badges.of(`m${index}`).map(({ bytes }) => bytes)
    })
    expect(checksOf('badges', chains)).toBeLessThanOrEqual(checksMax)
    const repeated = Array.from({ length: 500 }, () => chains[0])
    expect(checksOf('badges', repeated)).toBeLessThanOrEqual(checksMax)
  })
})
