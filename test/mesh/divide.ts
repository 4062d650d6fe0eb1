import type { Ground } from './ground.ts'
import type { Judgement } from './ledger.ts'
import { areLinked, settle, startMesh } from './mesh.ts'
import type { Mesh } from './mesh.ts'
import type { PeerProcess } from './process.ts'
import { until } from './until.ts'
import type { Pending } from './until.ts'

export interface Division {
  readonly ground: Ground
  readonly groups: readonly (readonly number[])[]
  readonly seed: number
  /** Resolves when the cut has lasted long enough. */
  readonly lasts: (mesh: Mesh) => Promise<void>
  readonly gossip?: boolean
}

export interface Divided {
  readonly lastedMs: number
  /** From the heal until everybody showed the same, and all of it. */
  readonly healMs: number
  readonly judgement: Judgement
  /** Writes on each side that were acknowledged during the cut. */
  readonly writtenApart: readonly number[]
  readonly conflicts: number
}

const keys = Array.from({ length: 40 }, (_, index) => `shop/key${index}`)
const writesEach = 50

/** Cuts a mesh, writes on every side, and heals it. */
export async function divide(division: Division): Promise<Divided> {
  const { ground, groups, seed, gossip = true } = division
  const count = groups.flat().length
  await using mesh = await startMesh({ count, ground, opening: { gossip } })
  const { peers, ledger } = mesh
  for (const { ask } of peers) await ask.watch('shop/')
  await until(areLinked(peers), 30_000)
  await write(peers, 'before', seed)
  await settle(peers, ledger, 30_000)

  await ground.cut(...groups)
  const cutAt = performance.now()
  const writtenBefore = ledger.acknowledged()
  const writtenApart: number[] = []
  for (const group of groups) {
    await write(
      group.map((index) => peers[index]!),
      'apart',
      seed,
    )
    writtenApart.push(ledger.acknowledged() - writtenBefore - sum(writtenApart))
  }
  await division.lasts(mesh)
  const lastedMs = performance.now() - cutAt

  await ground.heal()
  const { tookMs, judgement } = await settle(peers, ledger, 60_000)
  await until(areWatched(peers), 5_000)
  const { conflicts } = await peers[0]!.ask.digest()
  return { lastedMs, healMs: tookMs, judgement, writtenApart, conflicts }
}

/** Whether those who only followed what changed have come to what is shown. */
const areWatched =
  (peers: readonly PeerProcess[]): Pending =>
  async () => {
    for (const { name, ask } of peers) {
      const [shown, watched] = [await ask.shown('shop/'), await ask.watched()]
      const missed = keys.find((key) => watched.get(key) !== shown.get(key)?.[0])
      if (missed !== undefined) return `who watched ${name} was not told how ${missed} ended`
    }
    return undefined
  }

async function write(peers: readonly PeerProcess[], when: string, seed: number): Promise<void> {
  for (const { name, ask } of peers) {
    await ask.write({ name: `${name}/${when}/`, keys, seed, count: writesEach, removes: 0.1 })
  }
  await Promise.all(peers.map(({ ask }) => ask.written()))
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
