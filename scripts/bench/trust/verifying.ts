import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { openMesh, openReplica, signBadge } from '@grapevine/core'
import type { Crypto, Effect, MeshRules, PeerId, Replica } from '@grapevine/core'
import { median, nanoseconds } from '../../measure.ts'
import type { Figure } from '../../measure.ts'

const rounds = 9
const perRound = 1_000
const yearMs = 365 * 24 * 3_600_000

/** What a delivery costs the replica that takes it, and how much of that is looking at signatures. */
export function* verifying(): Generator<Figure> {
  const floor = median(series(() => bareChecks()))
  for (const isClosed of [false, true]) {
    yield {
      what: `a replica takes a release of one key, ${isClosed ? 'closed' : 'open'} mesh (floor: one check of its signature)`,
      unit: 'µs',
      rounds: series(() => deliveries(isClosed)),
      floor,
    }
  }
}

/** Processor time of one of them. */
const microsecondsEach = (work: () => void): number => nanoseconds(work) / 1000 / perRound

const series = (measure: () => number): readonly number[] => Array.from({ length: rounds }, measure)

function bareChecks(): number {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const bytes = Buffer.alloc(250, 1)
  const signature = sign(null, bytes, privateKey)
  return microsecondsEach(() => {
    for (let index = 0; index < perRound; index++) verify(null, bytes, publicKey, signature)
  })
}

function deliveries(isClosed: boolean): number {
  const [root, writer, reader] = [keyOf(), keyOf(), keyOf()]
  const rules: MeshRules = {
    id: new Uint8Array(32).fill(1),
    admins: new Set([root.peer]),
    revocable: true,
    closed: isClosed,
  }
  const replicaOf = ({ peer, crypto }: Key): Replica => {
    const { replica } = openReplica({ mesh: rules, crypto, peer })
    if (isClosed) replica.handle({ type: 'badge', links: [badgeFor(rules, root, peer)] }, now)
    return replica
  }
  const now = Date.now()
  const [from, to] = [replicaOf(writer), replicaOf(reader)]
  const frames: Uint8Array[] = []
  for (let index = 0; index < perRound; index++) {
    const put = new Map([[`bench/${index}`, index]])
    frames.push(...gossiped(from.handle({ type: 'write', put }, now + index)))
  }
  return microsecondsEach(() => {
    for (const bytes of frames) {
      to.handle({ type: 'received', from: writer.peer, bytes }, now + perRound)
    }
  })
}

const gossiped = (effects: readonly Effect[]): readonly Uint8Array[] =>
  effects.flatMap((effect) => (effect.type === 'gossip' ? [effect.bytes] : []))

interface Key {
  readonly peer: PeerId
  readonly crypto: Crypto
}

function keyOf(): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const peer = publicKey
    .export({ format: 'der', type: 'spki' })
    .subarray(-32)
    .toString('hex') as PeerId
  return {
    peer,
    crypto: {
      hash: (bytes) => createHash('sha256').update(bytes).digest(),
      sign: (bytes) => sign(null, bytes, privateKey),
      verify: (signer, bytes, signature) => verify(null, bytes, publicKeyOf(signer), signature),
      random: (count) => new Uint8Array(count).fill(count),
    },
  }
}

const spkiHeader = Buffer.from('302a300506032b6570032100', 'hex')
const parsed = new Map<PeerId, KeyObject>()

function publicKeyOf(peer: PeerId): KeyObject {
  const known = parsed.get(peer)
  if (known !== undefined) return known
  const key = Buffer.concat([spkiHeader, Buffer.from(peer, 'hex')])
  const made = createPublicKey({ key, format: 'der', type: 'spki' })
  parsed.set(peer, made)
  return made
}

function badgeFor(rules: MeshRules, root: Key, subject: PeerId): Uint8Array {
  const mesh = openMesh(rules, root.crypto)
  const draft = {
    parent: null,
    issuer: root.peer,
    subject,
    name: 'bench',
    labels: new Map<string, string>(),
    grants: [{ prefix: '', can: 'write' } as const],
    notBefore: 0,
    notAfter: Date.now() + yearMs,
    invite: null,
  }
  return signBadge(mesh, draft, root.crypto.sign).bytes
}
