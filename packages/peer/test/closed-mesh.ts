import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach } from 'vitest'
import { systemClock } from '../src/clock.js'
import type { Clock } from '../src/clock.js'
import type { Peer, PeerEvents } from '../src/peer.js'
import { testMesh, testPeer } from '../src/testing.js'
import type { TestMesh, TestMeshOptions, TestPeerOptions } from '../src/testing.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each.close()))
})

interface NamedMesh extends TestMesh {
  readonly alice: Peer
  readonly bob: Peer
  readonly carol: Peer
}

/** Closed when the test is over. The first peer is an admin of everything. */
export async function closedMesh(
  names: readonly string[],
  options: TestMeshOptions = {},
): Promise<NamedMesh> {
  const mesh = await testMesh(names, { closed: true, onNotice() {}, ...options })
  open.push(mesh)
  const [alice, bob, carol] = mesh.peers as [Peer, Peer, Peer]
  return { ...mesh, alice, bob, carol }
}

/** Alone, in an open mesh. */
export async function openMeshPeer(options: TestPeerOptions = {}): Promise<Peer> {
  const peer = await testPeer(options)
  open.push(peer)
  return peer
}

/** One more peer; it is linked as soon as the others have let it in. */
export async function joining(mesh: TestMesh, options: TestPeerOptions): Promise<Peer> {
  const peer = await openMeshPeer({ ...options, network: mesh.network })
  await nextTurn()
  return peer
}

/** The first of these that tells what is waited for; listened for before it is caused. */
export const until = async <E extends keyof PeerEvents>(
  peer: Peer,
  event: E,
  isIt: (detail: PeerEvents[E]) => boolean = () => true,
): Promise<PeerEvents[E]> =>
  new Promise((resolve) => {
    const stop = peer.on(event, (detail) => {
      if (!isIt(detail)) return
      stop()
      resolve(detail)
    })
  })

/** Runs as ever, and jumps where a test says so. */
export function jumpingClock(
  startMs: number = Date.UTC(2026, 0, 1),
): Clock & { jump(byMs: number): void } {
  let now = startMs
  return { ...systemClock, now: () => now, jump: (byMs) => void (now += byMs) }
}

export const shop = { 'shop/**': 'write' } as const
