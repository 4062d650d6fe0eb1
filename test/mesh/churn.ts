import { randomOf } from '../../packages/sim/src/random.ts'
import type { Judgement } from './ledger.ts'
import { areLinked, settle, startMesh } from './mesh.ts'
import type { Mesh } from './mesh.ts'
import { proxies } from './proxies.ts'
import type { Proxies } from './proxies.ts'
import type { PeerProcess } from './process.ts'
import { passed, until } from './until.ts'
import type { Usage } from './usage.ts'

export interface ChurnPlan {
  readonly forMs: number
  readonly sampleEveryMs: number
  readonly seed: number
  readonly onSample?: (sample: Sample) => void
}

/** Of the peer that stays, while all around it come and go. */
export interface Sample extends Usage {
  readonly atMs: number
  readonly keys: number
}

export interface Churned {
  readonly samples: readonly Sample[]
  readonly events: ReadonlyMap<string, number>
  readonly judgement: Judgement
}

/** Days fly by, so that what a mesh lets go of after a month is let go of here. */
const haste = { aheadMs: 0, timersFaster: 60 }
const monthMs = 31 * 24 * 3_600_000
const monthEveryMs = 6_000
const keys = Array.from({ length: 50 }, (_, index) => `shop/key${index}`)

/**
 * Connections are cut, peers die and come back, watchers come and go and values change all the time;
 * one peer lives through it all.
 */
export async function churn(plan: ChurnPlan): Promise<Churned> {
  const ground = await proxies(3)
  await using _ = ground
  const opening = { haste, countsTimers: true }
  await using mesh = await startMesh({ count: 3, ground, opening })
  await until(areLinked(mesh.peers), 30_000)
  const events = new Map<string, number>()
  const samples: Sample[] = []
  const began = performance.now()
  const elapsed = (): number => performance.now() - began
  const stayer = mesh.peers[0]!
  await Promise.all(mesh.peers.map((peer) => startWriting(peer, 0)))

  let aheadMs = 0
  let nextMonthAt = monthEveryMs
  let nextSampleAt = plan.sampleEveryMs
  for (let round = 1; elapsed() < plan.forMs; round++) {
    const deed = await disturb(mesh, ground, round, plan.seed, { ...haste, aheadMs })
    events.set(deed, (events.get(deed) ?? 0) + 1)
    await passed(200)
    if (elapsed() > nextMonthAt) {
      nextMonthAt += monthEveryMs
      aheadMs += monthMs
      await Promise.all(mesh.peers.map(({ ask }) => ask.jump(monthMs)))
    }
    if (elapsed() < nextSampleAt) continue
    nextSampleAt += plan.sampleEveryMs
    const { keys: count } = await stayer.ask.digest()
    const sample = { ...(await stayer.ask.usage()), atMs: elapsed(), keys: count }
    samples.push(sample)
    plan.onSample?.(sample)
  }
  await Promise.all(mesh.peers.map(({ ask }) => ask.stopWriting()))
  const { judgement } = await settle(mesh.peers, mesh.ledger, 60_000)
  return { samples, events, judgement }
}

const startWriting = ({ name, ask }: PeerProcess, life: number): Promise<void> =>
  ask.write({ name: `${name}/${life}/`, keys, seed: life, removes: 0.1, everyMs: 20 })

type Deed = 'cut' | 'killed' | 'closed' | 'glance'
const deeds: readonly Deed[] = ['cut', 'glance', 'glance', 'cut', 'killed', 'glance', 'closed']

async function disturb(
  mesh: Mesh,
  ground: Proxies,
  round: number,
  seed: number,
  hasteNow: typeof haste,
): Promise<Deed> {
  const random = randomOf(seed, 'churn', round)
  const deed = random.pick(deeds)
  const index = 1 + random.below(2)
  const peer = mesh.peers[index]!
  switch (deed) {
    case 'cut':
      for (const proxy of ground.proxies) proxy.cut(() => random.chance(0.5))
      return deed
    case 'glance':
      await mesh.peers[0]!.ask.glance('shop/')
      return deed
    case 'killed':
      await peer.kill()
      break
    case 'closed':
      await peer.ask.close()
      await peer.kill()
  }
  await startWriting(await mesh.start(index, { haste: hasteNow }), round)
  return deed
}

/** Growth per hour, by least squares. */
export function growthPerHour(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const hours = samples.map(({ atMs }) => atMs / 3_600_000)
  const values = samples.map(of)
  const [meanHour, meanValue] = [mean(hours), mean(values)]
  const spread = hours.reduce((sum, hour) => sum + (hour - meanHour) ** 2, 0)
  const common = hours.reduce(
    (sum, hour, index) => sum + (hour - meanHour) * (values[index]! - meanValue),
    0,
  )
  return spread === 0 ? 0 : common / spread
}
