import { BadInput } from './bad-input.js'
import { shuffled } from '../random.js'
import type { PlannedDeed } from '../plan.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'
import { grouped } from './units.js'

/** Who writes, how often all of them together, and on how many keys. */
interface Workload {
  readonly seed: number
  /** The first so many peers can write: the honest ones. */
  readonly honest: number
  /** Peers are dealt out to so many places, and so are the writers. */
  readonly regions: number
  readonly writers: number
  readonly perSecond: number
  readonly keys: number
  readonly valueBytes: number
  readonly forMs: number
}

const writesMax = 200_000
/** Configuration is mostly set key by key, sometimes released together, seldom removed. */
const removeShare = 0.05
const togetherShare = 0.1
const togetherMax = 5

/** Writes come at moments of chance, on some keys far more often than on others. */
export function planWrites(workload: Workload): readonly PlannedDeed<'write'>[] {
  const { seed, writers, perSecond, forMs, valueBytes } = workload
  const expected = (perSecond * forMs) / 1000
  if (expected > writesMax) {
    throw new BadInput(
      `rate: ${grouped(expected)} writes are too many for one run, stay below ${grouped(writesMax)} or shorten --for`,
    )
  }
  const random = randomOf(seed, 'workload')
  const who = chooseWriters(workload, random)
  const keyOf = (): string => nameOfKey(Math.floor(workload.keys * random() ** 2))
  const writes: PlannedDeed<'write'>[] = []
  if (writers === 0 || perSecond === 0) return writes
  for (let at = gap(); at < forMs; at += gap()) {
    const isRemove = random.chance(removeShare)
    const many = random.chance(togetherShare) ? 2 + random.below(togetherMax - 1) : 1
    const keys = [...new Set(Array.from({ length: many }, keyOf))]
    const [put, remove] = isRemove ? [keys.slice(1), keys.slice(0, 1)] : [keys, []]
    writes.push({ at: Math.floor(at), who: random.pick(who), do: 'write', put, remove, valueBytes })
  }
  return writes

  function gap(): number {
    return (-1000 * Math.log(1 - random())) / perSecond
  }
}

/** From each place in turn, so that no side of a cut is silent. */
function chooseWriters({ honest, regions, writers }: Workload, random: Random): readonly number[] {
  const order = shuffled(
    random,
    Array.from({ length: honest }, (_, index) => index),
  )
  const turns = new Map<number, number>()
  const turnOf = new Map(
    order.map((index) => {
      const turn = turns.get(index % regions) ?? 0
      turns.set(index % regions, turn + 1)
      return [index, turn]
    }),
  )
  return [...order].sort((a, b) => turnOf.get(a)! - turnOf.get(b)!).slice(0, writers)
}

const services = ['shop', 'payments', 'search', 'mail', 'login']

const nameOfKey = (index: number): string =>
  `${services[index % services.length]}/setting-${Math.floor(index / services.length) + 1}`
