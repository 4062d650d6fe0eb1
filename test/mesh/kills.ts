import type { Random } from '../../packages/sim/src/random.ts'
import { randomOf } from '../../packages/sim/src/random.ts'
import { stepsOfOpening, stepsOfWriting } from './failpoint.ts'
import type { Failpoint, Step } from './failpoint.ts'
import type { Judgement, Write } from './ledger.ts'
import { loopback } from './loopback.ts'
import { settle, startMesh } from './mesh.ts'
import type { Mesh } from './mesh.ts'
import { Failed } from './process.ts'
import type { PeerProcess } from './process.ts'
import { until, within } from './until.ts'

export interface KillPlan {
  /** Deaths in all: some at random, some at each named point. */
  readonly cycles: number
  readonly seed: number
  readonly onCycle?: (done: number, missing: number) => void
}

export interface KillReport {
  readonly atRandom: number
  readonly atPoints: ReadonlyMap<string, number>
  /** Points that a process did not come by for a while, and what it was doing instead. */
  readonly unpassed: readonly string[]
  readonly allAtOnce: number
  /** Acknowledged, and not on the disk that acknowledged it when that was opened again. */
  readonly missing: readonly Write[]
  /** The slowest opening after a death. */
  readonly openMsMax: number
  readonly settledMs: number
  readonly judgement: Judgement
  readonly notices: readonly string[]
}

interface Counts {
  atRandom: number
  allAtOnce: number
  openMsMax: number
  readonly atPoints: Map<string, number>
  readonly unpassed: string[]
  readonly missing: Write[]
  readonly notices: Set<string>
}

const keys = Array.from({ length: 30 }, (_, index) => `shop/key${index}`)
const count = 3
const patienceMs = 20_000

/**
 * Three processes write, die and start again, each on its own. After each death its disk is looked at
 * before anybody else can repair it; in the end, all of them.
 */
export async function killAgainAndAgain(plan: KillPlan): Promise<KillReport> {
  const counts: Counts = {
    atRandom: 0,
    allAtOnce: 0,
    openMsMax: 0,
    atPoints: new Map(),
    unpassed: [],
    missing: [],
    notices: new Set(),
  }
  await using mesh = await startMesh({ count, ground: await loopback(count) })
  const alone = Math.floor(plan.cycles * 0.9)
  let done = 0
  const next = (): number | undefined => (done < alone ? done++ : undefined)
  const told = (): void => plan.onCycle?.(done, counts.missing.length)
  await Promise.all(
    mesh.peers.map(async (_, index) => {
      for (let cycle = next(); cycle !== undefined; cycle = next()) {
        await liveAndDie(mesh, index, cycle, plan.seed, counts)
        told()
      }
    }),
  )
  while (done < plan.cycles) {
    done += count
    await dieTogether(mesh, done, plan.seed, counts)
    told()
  }
  const { tookMs, judgement } = await settle(mesh.peers, mesh.ledger, 60_000)
  return { ...counts, notices: [...counts.notices], settledMs: tookMs, judgement }
}

async function liveAndDie(
  mesh: Mesh,
  index: number,
  cycle: number,
  seed: number,
  counts: Counts,
): Promise<void> {
  const random = randomOf(seed, 'kill', cycle)
  const point = failpointOf(random, cycle)
  if (point === undefined) {
    await writeAWhile(mesh, index, cycle, random)
    await mesh.peers[index]!.kill()
    counts.atRandom += 1
  } else {
    await mesh.peers[index]!.kill()
    await dieAt(mesh, index, cycle, point, counts)
  }
  await riseAgain(mesh, index, counts)
}

/** Every other death is at a named point: each of them in its turn. */
function failpointOf(random: Random, cycle: number): Failpoint | undefined {
  if (cycle % 2 === 0) return undefined
  const steps = [...stepsOfWriting, ...stepsOfOpening]
  const step = steps[((cycle - 1) / 2) % steps.length]!
  return { step, passing: 1 + random.below(passingsMax(step)) }
}

/** Some are passed with every write, the others at least once in a life. */
const passingsMax = (step: Step): number =>
  stepsOfOpening.includes(step) || step.endsWith('send') ? 1 : 30

/** Until it was acknowledged a number of writes that chance has drawn. */
async function writeAWhile(
  { peers, ledger }: Mesh,
  index: number,
  cycle: number,
  random: Random,
): Promise<void> {
  const { name, ask } = peers[index]!
  const writer = `${name}/${cycle}/`
  const wanted = 1 + random.below(40)
  await ask.write({ name: writer, keys, seed: cycle })
  await until(() => {
    const acknowledged = ledger.acknowledged(writer)
    return acknowledged >= wanted ? undefined : `${name} wrote ${acknowledged} of ${wanted}`
  }, patienceMs)
}

/** Whoever does not come by the point is killed all the same, after a while. */
async function dieAt(
  mesh: Mesh,
  index: number,
  cycle: number,
  failpoint: Failpoint,
  { atPoints, unpassed }: Counts,
): Promise<void> {
  const { step } = failpoint
  try {
    const peer = await mesh.start(index, { failpoint })
    await peer.ask.write({ name: `${peer.name}/${cycle}/`, keys, seed: cycle })
    if ((await within(patienceMs, peer.ended)) === undefined) {
      const { links, counters } = await peer.ask.status()
      unpassed.push(`${step}: ${JSON.stringify({ name: peer.name, cycle, links, counters })}`)
      await peer.kill()
      return
    }
  } catch (error) {
    if (!isEnded(error)) throw error
  }
  atPoints.set(step, (atPoints.get(step) ?? 0) + 1)
}

const isEnded = (error: unknown): boolean => error instanceof Failed && error.code === 'ENDED'

/** Opens it again, and looks for what it had acknowledged. */
async function riseAgain(mesh: Mesh, index: number, counts: Counts): Promise<PeerProcess> {
  const peer = await mesh.start(index)
  const { name, notices, shownAtOpening, openMs } = peer
  counts.missing.push(...mesh.ledger.missingOn(shownAtOpening, `${name}/`))
  counts.openMsMax = Math.max(counts.openMsMax, openMs)
  for (const { text } of notices) counts.notices.add(text)
  return peer
}

async function dieTogether(mesh: Mesh, cycle: number, seed: number, counts: Counts): Promise<void> {
  const random = randomOf(seed, 'kill all', cycle)
  await Promise.all(mesh.peers.map((_, index) => writeAWhile(mesh, index, cycle, random)))
  await Promise.all(mesh.peers.map((peer) => peer.kill()))
  await Promise.all(mesh.peers.map((_, index) => riseAgain(mesh, index, counts)))
  counts.allAtOnce += 1
}
