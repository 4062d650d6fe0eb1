import { describe, expect, it } from 'vitest'
import { ed25519Crypto } from '../test/ed25519.js'
import { hex, peerOf, sha256, stubCrypto } from '../test/stub-crypto.js'
import { startMs } from '../test/world.js'
import { decode, encode } from './codec.js'
import { type Key, type PeerId, type ReleaseId, type ReplicaId } from './ids.js'
import { type Crypto, type Mesh, openMesh } from './mesh.js'
import {
  type Change,
  decodeEvidence,
  isSigned,
  showOnly,
  signRelease,
  vectorFromWire,
  vectorToWire,
} from './release.js'

const rules = { id: sha256(new Uint8Array()), admins: new Set<PeerId>(), revocable: true }
const incarnation = new Uint8Array(8).fill(1)
const other = 'ab'.repeat(16) as ReplicaId
const someId = 'cd'.repeat(32) as ReleaseId

const change = (key: string, value: number, seen = new Map<ReplicaId, number>()): Change => ({
  key: key as Key,
  seen,
  put: { value },
})

const sign = (mesh: Mesh, peer: PeerId, changes: readonly Change[]): Uint8Array =>
  signRelease(mesh, {
    peer,
    incarnation,
    seq: 2,
    prev: someId,
    stamp: { ms: startMs, counter: 3 },
    message: 'why',
    changes,
  })

const people: [string, { peer: PeerId; crypto: Crypto }][] = [
  ['a stub signature', { peer: peerOf('alice'), crypto: stubCrypto(peerOf('alice'), 1) }],
  ['Ed25519', ed25519Crypto('alice')],
]

describe.each(people)('release with %s', (_name, { peer, crypto }) => {
  const mesh = openMesh(rules, crypto)
  const bytes = sign(mesh, peer, [change('a', 1), change('b', 2), change('c', 3)])

  it('reads back as what was signed', () => {
    const evidence = decodeEvidence(mesh, bytes)
    expect(isSigned(mesh, evidence)).toBe(true)
    expect(evidence.whole).toBe(true)
    expect(evidence.changes).toEqual([change('a', 1), change('b', 2), change('c', 3)])
    expect(evidence.release).toMatchObject({
      peer,
      seq: 2,
      prev: someId,
      stamp: { ms: startMs, counter: 3 },
      message: 'why',
      requestId: undefined,
    })
    expect(evidence.release.replica).toBe(mesh.writerOf(peer, incarnation).replica)
    expect(evidence.release.id).toBe(hex(sha256(evidence.signedBytes)))
  })

  it('is the same release, signed alike, however little of it is shown', () => {
    const { release } = decodeEvidence(mesh, bytes)
    for (const shown of ['', 'a', 'ac', 'abc']) {
      const part = showOnly(mesh, bytes, (key) => shown.includes(key))
      const evidence = decodeEvidence(mesh, part)
      expect(evidence.release).toEqual(release)
      expect(isSigned(mesh, evidence)).toBe(true)
      expect(evidence.changes.map(({ key }) => key).join('')).toBe(shown)
      expect(evidence.whole).toBe(shown === 'abc')
    }
  })

  it('is not signed once any bit of it is another', () => {
    for (let index = 0; index < bytes.length; index++) {
      const bent = new Uint8Array(bytes)
      bent[index]! ^= 1
      expect(holds(mesh, bent), `byte ${index}`).toBe(false)
    }
  })

  it('is not signed for another mesh', () => {
    const elsewhere = openMesh({ ...rules, id: new Uint8Array(32) }, crypto)
    expect(isSigned(elsewhere, decodeEvidence(elsewhere, bytes))).toBe(false)
  })

  it('adds at most 200 bytes to the key and the value of one change that has seen one other', () => {
    const key = 'shop/max-items'
    const value = 12
    const signed = signRelease(mesh, {
      peer,
      incarnation,
      seq: 1000,
      prev: someId,
      stamp: { ms: startMs, counter: 0 },
      changes: [change(key, value, new Map([[other, 1000]]))],
    })
    const overheadBytes = signed.length - key.length - encode(value).length
    expect(overheadBytes).toBeLessThanOrEqual(200)
  })
})

function holds(mesh: Mesh, bytes: Uint8Array): boolean {
  try {
    return isSigned(mesh, decodeEvidence(mesh, bytes))
  } catch {
    return false
  }
}

describe('vector on the wire', () => {
  it('has one encoding, whatever the order in which it was made', () => {
    const low = '00'.repeat(16) as ReplicaId
    const vector = new Map([
      [other, 2],
      [low, 1],
    ])
    const again = new Map([
      [low, 1],
      [other, 2],
    ])
    expect(encode(vectorToWire(vector))).toEqual(encode(vectorToWire(again)))
    expect(vectorFromWire(decode(encode(vectorToWire(vector))))).toEqual(vector)
  })
})
