import type { Ground } from './ground.ts'
import type { Judgement } from './ledger.ts'
import { areLinked, settle, startMesh } from './mesh.ts'
import type { Mesh } from './mesh.ts'
import { until } from './until.ts'

export interface Trial<G extends Pick<Ground, 'place'>> {
  readonly count: number
  readonly ground: G
  readonly gossip?: boolean
  readonly seed: number
  /** What the mesh has to live through; it is over when this resolves. */
  readonly trouble: (ground: G, mesh: Mesh) => Promise<void>
}

export interface Endured {
  readonly lastedMs: number
  /** From the end of the trouble until everybody showed the same, and all of it. */
  readonly healMs: number
  readonly judgement: Judgement
  readonly conflicts: number
}

const keys = Array.from({ length: 100 }, (_, index) => `shop/key${index}`)

/** Everybody writes all the time, whatever happens. */
export async function endure<G extends Pick<Ground, 'place'>>(trial: Trial<G>): Promise<Endured> {
  const { count, ground, gossip = true, seed, trouble } = trial
  await using mesh = await startMesh({ count, ground, opening: { gossip } })
  const { peers, ledger } = mesh
  await until(areLinked(peers), 60_000)
  for (const { name, ask } of peers) {
    await ask.write({ name: `${name}/`, keys, seed, removes: 0.05, everyMs: 50 })
  }
  const began = performance.now()
  await trouble(ground, mesh)
  const lastedMs = performance.now() - began
  const over = performance.now()
  await Promise.all(peers.map(({ ask }) => ask.stopWriting()))
  const { judgement } = await settle(peers, ledger, 120_000)
  const healMs = performance.now() - over
  const { conflicts } = await peers[0]!.ask.digest()
  return { lastedMs, healMs, judgement, conflicts }
}
