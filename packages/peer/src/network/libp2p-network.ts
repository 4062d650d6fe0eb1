import type { Budgets } from './budget.js'
import type { Mesh } from './mesh.js'
import type { Network, NetworkOptions, OpenNetwork } from './network.js'
import type { Transports } from './libp2p.js'
import type { Timing } from './timing.js'
import { ensureWithResolvers } from './with-resolvers.js'

export interface Libp2pExtra {
  /** Instead of TCP. */
  readonly transports?: Transports
  readonly timing?: Partial<Timing>
  readonly budgets?: Partial<Budgets>
}

/**
 * The network of real peers. libp2p is loaded when it starts, and not before: a peer opens from its
 * disk, and serves reads, without waiting for that.
 */
export const libp2pNetwork =
  (extra: Libp2pExtra = {}): OpenNetwork =>
  (options) =>
    lazyNetwork(options, extra)

function lazyNetwork(options: NetworkOptions, extra: Libp2pExtra): Network {
  const state: { mesh?: Mesh | undefined; isClosed: boolean } = { isClosed: false }
  let starting: Promise<void> | undefined

  const start = async (): Promise<void> => {
    ensureWithResolvers()
    const { startMesh } = await import('./mesh.js')
    const started = await startMesh(options, extra)
    // It may have been closed meanwhile.
    if (state.isClosed) await started.close()
    else state.mesh = started
  }

  return {
    start() {
      starting ??= start().catch((error: unknown) => {
        // Whoever waits for the port to become free may try again.
        starting = undefined
        throw error
      })
      return starting
    },
    addresses: () => state.mesh?.addresses() ?? [],
    publish: (bytes) => state.mesh?.publish(bytes),
    send: (to, bytes) => state.mesh?.send(to, bytes) ?? false,
    recheck: () => state.mesh?.recheck(),
    tellKeys: () => state.mesh?.tellKeys(),
    bringBadge: (to, badge) => state.mesh?.bringBadge(to, badge) ?? false,
    links: () => state.mesh?.links() ?? [],
    counters: () => state.mesh?.counters() ?? {},
    async close() {
      state.isClosed = true
      const opened = state.mesh
      state.mesh = undefined
      await starting?.catch(() => {})
      await opened?.close()
    },
  }
}
