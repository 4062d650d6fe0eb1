import { setTimeout as pause } from 'node:timers/promises'
import type { Peer } from '@grapevine/peer'
import { median, quantile } from '../../measure.ts'
import type { Figure } from '../../measure.ts'
import { openFanOut } from './fan-out.ts'
import { counted, openMesh } from './mesh.ts'
import { lastSeen } from './waiting.ts'

/** About what a release of one small key is on its way. */
export const frame = new Uint8Array(230).fill(7)
export const rounds = 5
export const perRound = 40
/** Between two releases, so that none of them meets what the last one has set off. */
export const restMs = 100

/** One release at a time, until the last of ten peers shows it; all of them have stored it by then. */
async function* oneByOne(): AsyncGenerator<Figure> {
  const floor = await rawOneByOne()
  await using mesh = await openMesh(10)
  const [writer, ...others] = mesh.peers as [Peer, ...Peer[]]
  const spread = await sampled(async (name) => {
    const seen = lastSeen(others, name)
    await writer.set(name, 1)
    return seen
  })
  yield* latencies('in one process', spread, floor)
  yield {
    what: 'processor time per delivery, receipts included (floor: raw TCP)',
    unit: 'µs',
    rounds: spread.map(({ processorMs }) => (processorMs * 1000) / (perRound * 9)),
    floor: median(floor.map(({ processorMs }) => (processorMs * 1000) / (perRound * 9))),
  }
}

async function rawOneByOne(): Promise<readonly CostedSample[]> {
  await using least = await openFanOut(9)
  return await sampled(() => least.send(frame))
}

/** How long each of some releases took until the last peer had it. */
export interface Sample {
  readonly tookMs: readonly number[]
}

interface CostedSample extends Sample {
  readonly processorMs: number
}

async function sampled(send: (name: string) => Promise<number>): Promise<readonly CostedSample[]> {
  const samples: CostedSample[] = []
  for (let round = -1; round < rounds; round++) {
    const tookMs: number[] = []
    const before = process.cpuUsage()
    for (let done = 0; done < perRound; done++) {
      const began = performance.now()
      tookMs.push((await send(`spread/${round}-${done}`)) - began)
      await pause(restMs)
    }
    const { user, system } = process.cpuUsage(before)
    // The first round is for warming up.
    if (round >= 0) samples.push({ tookMs, processorMs: (user + system) / 1000 })
  }
  return samples
}

export function* latencies(
  where: string,
  spread: readonly Sample[],
  floor: readonly Sample[],
): Generator<Figure> {
  const quantiles = [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const
  for (const [name, share] of quantiles) {
    const of = ({ tookMs }: Sample): number => quantile(tookMs, share)
    yield {
      what: `set until the last of 10 peers shows it, ${where}, ${name} (floor: raw TCP)`,
      unit: 'ms',
      rounds: spread.map(of),
      floor: median(floor.map(of)),
    }
  }
}

const burstCount = 1_000

/** All at once: nobody waits for anything before the next write. */
async function* burst(): AsyncGenerator<Figure> {
  const floor = await rawBursts()
  await using mesh = await openMesh(10)
  const [writer] = mesh.peers as [Peer]
  const tookMs: number[] = []
  const processorUs: number[] = []
  for (let round = -1; round < rounds; round++) {
    const before = process.cpuUsage()
    const began = performance.now()
    const seen = lastSeen(mesh.peers, `burst-${round}/`, burstCount)
    for (let key = 0; key < burstCount; key++) {
      void writer.set(`burst-${round}/${key}`, key, { ack: 'accepted' })
    }
    const burstMs = (await seen) - began
    const { user, system } = process.cpuUsage(before)
    // The first round is for warming up.
    if (round < 0) continue
    tookMs.push(burstMs)
    processorUs.push((user + system) / (burstCount * 9))
  }
  yield {
    what: '1,000 releases at once until the last of 10 peers shows all (floor: raw TCP)',
    unit: 'ms',
    rounds: tookMs,
    floor: median(floor),
  }
  yield { what: 'processor time per delivery in that burst', unit: 'µs', rounds: processorUs }
}

async function rawBursts(): Promise<readonly number[]> {
  await using least = await openFanOut(9)
  const tookMs: number[] = []
  for (let round = -1; round < rounds; round++) {
    const began = performance.now()
    const burstMs = (await least.send(frame, burstCount)) - began
    if (round >= 0) tookMs.push(burstMs)
  }
  return tookMs
}

/** Every copy that arrives anywhere, for each that had to. */
export async function* copies(): AsyncGenerator<Figure> {
  for (const count of [2, 10, 32]) {
    await using mesh = await openMesh(count)
    const [writer, ...others] = mesh.peers as [Peer, ...Peer[]]
    const perPeer: number[] = []
    for (let round = 0; round < rounds; round++) {
      const [allBefore, newBefore] = gossiped(mesh.peers)
      for (let done = 0; done < copiedPerRound; done++) {
        const name = `copies/${round}-${done}`
        const seen = lastSeen(others, name)
        await writer.set(name, 1)
        await seen
        await pause(settleMs)
      }
      const [all, fresh] = gossiped(mesh.peers)
      perPeer.push((all - allBefore) / (fresh - newBefore))
    }
    yield {
      what: `copies of a message that reach each of ${count} peers`,
      unit: 'copies',
      rounds: perPeer,
      goal: { of: 'median', atMost: 1.2 },
    }
  }
}

const copiedPerRound = 10
/** What is forwarded late has arrived by then. */
const settleMs = 250

const gossiped = (peers: readonly Peer[]): readonly [all: number, fresh: number] => [
  counted(peers, 'gossipCopiesIn'),
  counted(peers, 'gossipMessagesIn'),
]

export async function* spreading(): AsyncGenerator<Figure> {
  yield* oneByOne()
  yield* burst()
}
