import * as dagCbor from '@ipld/dag-cbor'
import { decodeMessage } from '../src/message.js'
import { type Mesh, openMesh } from '../src/mesh.js'
import { type Announcement, type Presence, decodePresence } from '../src/presence.js'
import * as lib from '../src/index.js'
import { limits } from '../src/limits.js'
import { type Node, cbor, write } from './cbor.js'
import { typesOnWire } from './corpus.js'
import { forgerId } from './forge.js'
import { type Sketch, releaseFrame, resign, signedRelease } from './signed.js'
import { World, type WorldOptions, startMs } from './world.js'
import { peerOf, stubCrypto, unhex } from './stub-crypto.js'

/** Mallory has a key of her own, and signs with it whatever serves her. */

const mallory = peerOf('mallory')

/** Alice alone, an admin, so that nothing waits for anybody else. */
export const alone = (options: Partial<WorldOptions> = {}): World =>
  new World(lib, { names: ['alice'], admins: ['alice'], ...options })

export const pair = (): World => new World(lib, { names: ['alice', 'bob'], admins: ['alice'] })

export const meshOf = (world: World): Mesh => openMesh(world.rules, stubCrypto(mallory, 1))

export const give = (world: World, bytes: Uint8Array): readonly lib.Effect[] =>
  world.handle('alice', { type: 'received', from: mallory, bytes })

/** A verdict, or why it was refused. */
export function verdictOf(effects: readonly lib.Effect[]): string {
  const effect = effects.find(({ type }) => type === 'verdict')
  if (effect?.type !== 'verdict') return 'none'
  return effect.verdict === 'refused' ? effect.reason : effect.verdict
}

export const noticesIn = (effects: readonly lib.Effect[]): readonly string[] =>
  effects.flatMap((effect) => (effect.type === 'notice' ? [effect.notice] : []))

export const release = (world: World, tree: Node, sketch: Partial<Sketch> = {}): Uint8Array =>
  releaseFrame(signedRelease(world.meshId, { peer: mallory, ms: startMs, ...sketch }, tree))

/** The release in a frame. */
export const releaseIn = (frame: Uint8Array): Uint8Array =>
  dagCbor.decode<[number, Uint8Array]>(frame)[1]

/** The one shape of a tree for so many leaves. */
export function grow(leaves: readonly Node[]): Node {
  if (leaves.length === 1) return leaves[0]!
  const left = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return cbor.list(grow(leaves.slice(0, left)), grow(leaves.slice(left)))
}

/** A release of exactly so many bytes, whose changes have seen those of the one before. */
export function sized(world: World, bytes: number, sketch: Partial<Sketch> = {}): Uint8Array {
  const seq = sketch.seq ?? 1
  const seen =
    seq === 1 ? [] : [cbor.bytes(unhex(forgerId(world.meshId, 'mallory'))), cbor.int(seq - 1)]
  const leaf = (key: string, size: number): Node =>
    cbor.bytes(
      write(cbor.list(cbor.text(key), cbor.list(...seen), cbor.bytes(new Uint8Array(size)))),
    )
  const keys = Math.ceil(bytes / limits.valueBytesMax)
  const make = (size: number, last: number): Uint8Array => {
    const leaves = Array.from({ length: keys }, (_, key) =>
      leaf(`k${key}`, key === keys - 1 ? last : size),
    )
    return release(world, grow(leaves), sketch)
  }
  // From 64 KiB on every value has a head of the same size, so a small release tells the overhead.
  const small = 2 ** 16
  const overhead = releaseIn(make(small, small)).length - keys * small
  const size = Math.floor((bytes - overhead) / keys)
  return make(size, bytes - overhead - (keys - 1) * size)
}

/** Sixteen bytes each, ascending. */
export function idsOf(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const id = new Uint8Array(16)
    new DataView(id.buffer).setUint32(0, index + 1)
    return id
  })
}

export function cutBytes(world: World, ...marks: Node[]): Uint8Array {
  const issuer = cbor.bytes(unhex(mallory))
  const body = cbor.list(
    cbor.int(1),
    cbor.int(0),
    issuer,
    cbor.int(1),
    cbor.null,
    cbor.list(...marks),
    cbor.null,
  )
  return write(resign(world.meshId, cbor.list(cbor.wrapped(body), cbor.bytes(new Uint8Array(64)))))
}

export function presenceBytes(
  world: World,
  {
    refusals = cbor.list(),
    labels = cbor.list(),
    software = cbor.text(''),
  }: Partial<Record<'refusals' | 'labels' | 'software', Node>>,
): Uint8Array {
  const hash = cbor.bytes(new Uint8Array(32))
  const hashes = cbor.list(hash, hash, hash)
  const body = cbor.list(
    cbor.int(1),
    cbor.bytes(unhex(mallory)),
    cbor.int(1),
    hashes,
    cbor.list(),
    refusals,
    labels,
    software,
  )
  return write(resign(world.meshId, cbor.list(cbor.wrapped(body), cbor.bytes(new Uint8Array(64)))))
}

/** What alice says of herself. */
export function presenceOf(world: World, announcement: Announcement = {}): Presence {
  const effects = world.handle('alice', { type: 'announce', ...announcement })
  const gossip = effects.find(({ type }) => type === 'gossip') as { readonly bytes: Uint8Array }
  const { bytes } = decodeMessage(gossip.bytes) as { readonly bytes: Uint8Array }
  return decodePresence(meshOf(world), bytes)!
}

/** What alice tells everybody when she writes so many bytes. */
export function gossipOf(world: World, bytes: number): Uint8Array {
  const effects = world.handle('alice', {
    type: 'write',
    put: new Map([['k', new Uint8Array(bytes)]]),
  })
  return (effects.find(({ type }) => type === 'gossip') as { readonly bytes: Uint8Array }).bytes
}

/** The first page of everything that alice wrote. */
export function wantAll(world: World): {
  readonly releases: readonly Uint8Array[]
  readonly rest: readonly unknown[]
} {
  const [[replica, seq]] = [...world.replica('alice').clock()] as [[lib.ReplicaId, number]]
  const want = dagCbor.encode([typesOnWire.indexOf('want'), [[unhex(replica), 0, null, seq]]])
  const [delta] = give(world, want) as unknown as [{ readonly bytes: Uint8Array }]
  return decodeMessage(delta.bytes) as Extract<ReturnType<typeof decodeMessage>, { type: 'delta' }>
}

/** Alice's code cannot take these keys. */
export function refuse(world: World, from: number, count: number): void {
  const keys = Array.from({ length: count }, (_, index) => lib.checkKey(`refused/${from + index}`))
  world.write('alice', { put: new Map(keys.map((key) => [key, 1])), force: true })
  for (const key of keys) world.handle('alice', { type: 'refuse', key, reason: 'not a text' })
}

const snapshotWant = (id: Uint8Array | null): Uint8Array =>
  dagCbor.encode([typesOnWire.indexOf('snapshot-want'), id, 0])

/** Opens a snapshot; its id. */
export function snapshotId(world: World): Uint8Array {
  const [page] = give(world, snapshotWant(null)) as unknown as [{ readonly bytes: Uint8Array }]
  return (decodeMessage(page.bytes) as { readonly id: Uint8Array }).id
}

export const isOpen = (world: World, id: Uint8Array): boolean =>
  give(world, snapshotWant(id)).length > 0

export const seal = (world: World): readonly lib.Effect[] =>
  world.handle('alice', { type: 'issue', statement: { kind: 'seal' } })

export const giveGone = (world: World): readonly lib.Effect[] =>
  give(world, dagCbor.encode([typesOnWire.indexOf('delta'), [], [], true]))
