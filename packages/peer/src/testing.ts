/**
 * Peers for tests, in memory: the code that runs in production, without a disk and without a network.
 *
 * ```ts
 * import { testMesh, testPeer } from '@grapevine/peer/testing'
 *
 * const peer = await testPeer({ values: { 'payments/limits': { daily: 500 } } })
 * const service = createService(peer)
 * await peer.set('payments/limits', { daily: 800 }) // and see what your service does
 * await peer.close()
 *
 * const mesh = await testMesh(['alice', 'bob'])
 * const [alice, bob] = mesh.peers
 * mesh.cut(['alice'], ['bob']) // both write on, then:
 * mesh.heal()
 * await mesh.settle()
 * await mesh.close()
 * ```
 */
import { randomBytes } from 'node:crypto'
import { MeshError } from '@grapevine/core'
import type { Value } from '@grapevine/core'
import { assemblePeer } from './running/assemble.js'
import { systemClock } from './clock.js'
import type { Clock } from './clock.js'
import { identityOf } from './running/identity.js'
import { memoryHub } from './network/memory.js'
import type { OpenNetwork } from './network/network.js'
import { settingsOf } from './options.js'
import type { Notice, Peer } from './peer.js'
import { memoryStore } from './store/memory-store.js'
import type { OpenStore } from './store/store.js'
import { foundingRecords } from './trust/found.js'
import type { Can } from './trust/grants.js'
import { makeOwnBadge } from './trust/join.js'
import { newIdentity, signerOf } from './trust/signer.js'
import type { Signer } from './trust/signer.js'
import { parseToken } from './trust/token.js'
import { waitFor } from './api/waiting.js'

export { manualClock } from './manual-clock.js'
export { memoryHub } from './network/memory.js'
export { memoryStore } from './store/memory-store.js'

export type { ManualClock } from './manual-clock.js'
export type { MemoryHub } from './network/memory.js'
export type { MemoryStoreOptions } from './store/memory-store.js'

export interface TestOptions {
  /** Written before the peer is handed out. */
  readonly values?: Readonly<Record<string, Value>> | undefined
  readonly mesh?: string | undefined
  /** Time, where a test wants to move it itself: see `manualClock`. */
  readonly clock?: Clock | undefined
  readonly onNotice?: ((notice: Notice) => unknown) | undefined
}

export interface TestPeerOptions extends Omit<TestOptions, 'mesh'> {
  /** null: that of its disk. A closed one is named by the token to `join`. */
  readonly mesh?: string | null | undefined
  readonly name?: string | undefined
  /** The 32 bytes its key grows from: who opens a disk again must be the same peer. */
  readonly seed?: Uint8Array | undefined
  /** One that fails, for instance; the default is a new one in memory. */
  readonly store?: OpenStore | undefined
  /** That of a `memoryHub`, where several peers shall meet; the default is one without others. */
  readonly network?: OpenNetwork | undefined
  /** A token of a closed mesh. */
  readonly join?: string | undefined
  /** A new badge, in a closed mesh. */
  readonly badge?: string | undefined
}

/** A peer of its own, in memory. */
export async function testPeer(options: TestPeerOptions = {}): Promise<Peer> {
  const { values = {}, name = 'alice', clock = systemClock } = options
  const { seed = randomBytes(32), join, badge, onNotice } = options
  const isNamed = options.mesh !== null && join === undefined && badge === undefined
  const mesh = isNamed ? (options.mesh ?? 'test') : undefined
  const disk = new Map<string, Uint8Array>()
  const peer = await assemblePeer({
    openIdentity: async () => identityOf(seed),
    settings: settingsOf({ dataDir: '.', name, mesh, join, badge, clock, onNotice }),
    openStore: options.store ?? (async () => memoryStore({ disk })),
    openNetwork: options.network ?? memoryHub(clock).network,
  })
  if (Object.keys(values).length > 0) await peer.publish({ set: values })
  return peer
}

export interface TestMeshOptions extends TestOptions {
  /**
   * A mesh with badges: its root is in memory, its first peer is an admin of everything, and the others
   * came in with its invites.
   */
  readonly closed?: boolean | undefined
  /** What others may write there, by the names of peers: `{ bob: { 'payments/**': 'write' } }`. */
  readonly can?: Readonly<Record<string, Can>> | undefined
}

/** Several peers that are linked with each other, and lines that can be cut. */
export interface TestMesh extends AsyncDisposable {
  /** In the order of their names. */
  readonly peers: readonly Peer[]
  /** For peers that come later. */
  readonly network: OpenNetwork
  /** Of a closed mesh. */
  readonly root: Signer | undefined
  /** Somebody with a key of its own and a badge, in a closed mesh: for `as`. */
  person(name: string, can?: Can): Promise<Signer>
  /** From now on nothing passes between these groups of names; who is in none reaches everybody. */
  cut(...groups: readonly (readonly string[])[]): void
  heal(): void
  /** Resolves once all who reach each other hold the same. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** So many peers, or one for each name. */
export async function testMesh(
  names: number | readonly string[],
  { values, closed = false, can = {}, ...options }: TestMeshOptions = {},
): Promise<TestMesh> {
  const called =
    typeof names === 'number' ? Array.from({ length: names }, (_, at) => `peer-${at + 1}`) : names
  const hub = memoryHub(options.clock)
  const open = async (name: string, more: TestPeerOptions = {}): Promise<Peer> =>
    testPeer({ ...options, ...more, name, network: hub.network })
  const founding = closed ? foundInMemory(called[0] ?? 'alice', options) : undefined
  const first = founding && (await open(founding.name, founding.options))
  const openNext = async (name: string): Promise<Peer> =>
    first === undefined
      ? open(name)
      : open(name, { join: (await first.invite({ name, can: can[name] })).token })
  const others = await Promise.all(called.slice(first === undefined ? 0 : 1).map(openNext))
  const peers = first === undefined ? others : [first, ...others]
  const close = async (): Promise<void> => {
    await Promise.all(peers.map(async (peer) => peer.close()))
  }
  const stateOf = rememberStates(peers)
  const settle = async (): Promise<void> => until(peers, () => areEqual(peers, stateOf))
  await until(peers, () => peers.every((peer) => peer.status().links === peers.length - 1))
  if (values !== undefined) await peers[0]?.publish({ set: values })
  await settle()
  return {
    peers,
    network: hub.network,
    root: founding?.root,
    async person(name, may) {
      const { now } = options.clock ?? systemClock
      if (first !== undefined) return personOf(first, name, may, now())
      throw new MeshError(
        'NOT_ALLOWED',
        'in an open mesh nobody has a badge: pass { closed: true }',
      )
    },
    cut: hub.cut,
    heal: hub.heal,
    settle,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The disk of a first peer, and the root that it stands on. */
function foundInMemory(name: string, { mesh = 'test', clock = systemClock }: TestOptions) {
  const [root, peer] = [newIdentity(), newIdentity()]
  const genesis = { name: mesh, root: root.identity.peer }
  const nowMs = clock.now()
  const records = foundingRecords({
    genesis,
    root: root.identity,
    identity: peer.identity,
    name,
    nowMs,
  })
  const disk = new Map(records) as Map<string, Uint8Array>
  const store: OpenStore = async () => memoryStore({ disk })
  const options: TestPeerOptions = { seed: peer.seed, store, mesh: null }
  return { name, root: signerOf(root.identity, 'root'), options }
}

async function personOf(
  peer: Peer,
  name: string,
  can: Can | undefined,
  nowMs: number,
): Promise<Signer> {
  const { token } = await peer.invite({ name, can })
  const { identity } = newIdentity()
  const chain = makeOwnBadge(parseToken(token), { identity, name, labels: new Map(), nowMs })
  return signerOf(identity, name, chain)
}

/** In memory all of it is a matter of milliseconds. */
const settleMs = 20_000

/** Looks again, once in a turn, whenever anything has happened at any of the peers. */
async function until(peers: readonly Peer[], isThere: () => boolean): Promise<void> {
  const late = (): MeshError =>
    new MeshError('NOT_READY', `the peers are not equal after ${settleMs} ms: ${inWords(peers)}`)
  const patience = { clock: systemClock, ends: [], timeoutMs: settleMs, late }
  await waitFor<void>(patience, (resolve) => {
    let isDue = false
    const look = (): void => {
      isDue = false
      if (isThere()) resolve()
    }
    const lookSoon = (): void => {
      if (!isDue) setImmediate(look)
      isDue = true
    }
    const stops = peers.flatMap((peer) =>
      (['change', 'presence', 'linked', 'synced'] as const).map((event) =>
        peer.on(event, lookSoon),
      ),
    )
    look()
    return () => {
      for (const stop of stops) stop()
    }
  })
}

function areEqual(peers: readonly Peer[], stateOf: (peer: Peer) => string): boolean {
  const states = new Map(peers.map((peer) => [peer.id, stateOf(peer)]))
  return peers.every(
    (peer) =>
      peer.status().waiting.length === 0 &&
      peer.peers().every((other) => !other.link || states.get(other.peer) === states.get(peer.id)),
  )
}

/** What each shows, in words; worked out again only where something changed. */
function rememberStates(peers: readonly Peer[]): (peer: Peer) => string {
  const states = new Map<Peer, string>()
  for (const peer of peers) peer.on('change', () => states.delete(peer))
  return (peer) => {
    const known = states.get(peer)
    if (known !== undefined) return known
    const lines = peer.entries().map(({ key, version }) => `${key} ${version}`)
    const state = lines.join('\n')
    states.set(peer, state)
    return state
  }
}

const inWords = (peers: readonly Peer[]): string =>
  peers.map((peer) => `${peer.name} has ${peer.status().keys} keys`).join(', ')
