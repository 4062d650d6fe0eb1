import type { InviteOptions, Peer, PeerOptions } from '@grapevine/peer'
import { until } from '../mesh/until.ts'
import { addressOf, openClosedMesh, shownAt } from './closed-mesh.ts'
import type { ClosedMesh, Insider } from './closed-mesh.ts'
import { startVillain } from './villain.ts'
import type { Villain } from './villain.ts'

/** Honest peers of a closed mesh, and a hostile process that the test leads. */
export interface Stage extends AsyncDisposable {
  readonly mesh: ClosedMesh
  readonly villain: Villain
  /** A link of somebody with a good badge to a peer; it takes part in gossip. */
  link(this: void, insider: Insider, to: Peer): Promise<number>
  /** Somebody who does no more than listen. */
  ear(this: void, at: Peer): Promise<number>
  /** The same, with a right. */
  intruder(to: Peer, can: InviteOptions['can']): Promise<Insider & { readonly line: number }>
  /** All honest peers show the same. */
  converged(): Promise<number>
  gone(line: number, withinMs?: number): Promise<number>
}

/** What comes at all comes within this time; nothing waits for it. */
export const soonMs = 15_000

export async function openStage(count: number, options: Partial<PeerOptions> = {}): Promise<Stage> {
  const villain = await startVillain()
  const mesh = await openClosedMesh(count, options)
  const link = async ({ identity, badge }: Insider, to: Peer): Promise<number> => {
    const node = await villain.appear({ seed: identity.seed, keys: [mesh.networkKey] })
    return villain.link(node, addressOf(to), { meshId: mesh.meshId, badge, gossips: true })
  }
  return {
    mesh,
    villain,
    link,
    ear: async (at) => link(await mesh.insider(undefined, 'ear'), at),
    async intruder(to, can) {
      const insider = await mesh.insider(can)
      return { ...insider, line: await link(insider, to) }
    },
    converged: () =>
      until(() => {
        const [first, ...others] = mesh.peers.map(shownAt)
        return others.every((shown) => shown === first) ? undefined : 'peers show different values'
      }, soonMs),
    gone: (line, withinMs = soonMs) =>
      until(
        async () => ((await villain.isOpen(line)) ? 'it is still connected' : undefined),
        withinMs,
      ),
    async [Symbol.asyncDispose]() {
      await villain[Symbol.asyncDispose]()
      await mesh[Symbol.asyncDispose]()
    },
  }
}

export const has = (frames: readonly Uint8Array[], part: Uint8Array | string): boolean =>
  frames.some((bytes) =>
    Buffer.from(bytes).includes(typeof part === 'string' ? part : Buffer.from(part)),
  )

export const counted = (peer: Peer, name: string): number => peer.status().counters[name] ?? 0

/** Until all of them show a value. */
export const shownBy = (peers: readonly Peer[], key: string, value: unknown): Promise<number> =>
  until(() => {
    const lacking = peers.find((peer) => peer.get(key) !== value)
    return lacking && `${lacking.name} shows ${JSON.stringify(lacking.get(key))} for ${key}`
  }, soonMs)
