/**
 * Tests the simulator itself: `npm run sim-hunt -- [plant…] [--seeds 10000] [--tries 3] [--cores 2]`.
 * Each planted bug of the replica is hunted with seeds from a few starts until one of them fails.
 * Without names all plants are hunted; `--least 20` so many must be found from every start.
 */
import { plants } from '../packages/core/test/plants.ts'
import { BadInput, nearest } from '../packages/sim/src/command/bad-input.ts'
import { count } from '../packages/sim/src/command/units.ts'
import { drawPlan } from '../packages/sim/src/swarm/swarm.ts'
import { createHand } from './sim/hand.ts'
import { coresForm, minutesForm, orLeave, readOptions, seedsForm } from './sim/options.ts'

/** Starts lie so far apart that no two tries share a seed. */
const startsApart = 1_000_000
const seedLimitMs = 60_000

const known = plants.map(({ name }) => name)
const usage = `Hunts planted bugs with seeds, and says how many it took to find each of them.

  npm run sim-hunt                      all plants
  npm run sim-hunt -- blind-write       this one, or several

  --seeds 10000     gives up after so many
  --tries 3         from how many starts
  --cores 2         how many at a time
  --least 20        so many plants must be found from every start
  --minutes 30      stops after that

The plants:
  ${known.join('\n  ')}

Exit code: 0 enough were found · 1 too few were · 2 bad input`

const args = process.argv.slice(2)
const { numbers, words } = orLeave(usage, args, () => {
  const options = readOptions(args, {
    seeds: { ...seedsForm(10_000), read: count(1, startsApart) },
    tries: { usual: 3, read: count(1, 1000) },
    cores: coresForm,
    least: { usual: 20, read: count(0, known.length) },
    minutes: minutesForm,
  })
  const unknown = options.words.find((name) => !known.includes(name))
  if (unknown === undefined) return options
  const near = nearest(unknown, known)
  const advice = near === undefined ? '--help lists them' : `did you mean ${near}?`
  throw new BadInput(`${unknown}: there is no such plant, ${advice}`)
})
const { seeds: seedsMax, tries, cores, least } = numbers
const untilMs = performance.now() + numbers.minutes * 60_000
const wanted = words.length > 0 ? [...new Set(words)] : known

interface Try {
  /** How many seeds it took; undefined: it was not found. */
  readonly seeds: number | undefined
  readonly seconds: number
  readonly seed: number
  readonly reason: string
}

interface Find {
  readonly name: string
  readonly tries: readonly Try[]
}

async function hunt(name: string): Promise<Find> {
  const hand = createHand()
  const found: Try[] = []
  for (let index = 0; index < tries; index++) {
    found.push(await huntFrom(hand, name, 1 + index * startsApart))
  }
  hand.stop()
  return { name, tries: found }
}

async function huntFrom(
  hand: ReturnType<typeof createHand>,
  plant: string,
  from: number,
): Promise<Try> {
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  for (let seed = from; seed < from + seedsMax && performance.now() < untilMs; seed++) {
    const answer = await hand.ask({ do: 'run', plant, seed, isTwice: false }, seedLimitMs)
    if (answer.did === 'shrink' || (answer.did === 'run' && answer.verdict === 'passed')) continue
    // What fails without the plant as well says nothing about it.
    const sound = await hand.ask({ do: 'run', seed, isTwice: false }, seedLimitMs)
    if (sound.did !== 'run' || sound.verdict !== 'passed') continue
    const verdict = answer.did === 'run' ? answer.verdict : 'died'
    if (answer.reason?.includes('drifted')) throw new Error(answer.reason)
    const said = answer.reason?.split('\n')[0] ?? ''
    const reason = `${verdict}: ${said}`
    return { seeds: seed - from + 1, seconds: seconds(), seed, reason }
  }
  return { seeds: undefined, seconds: seconds(), seed: 0, reason: 'not found' }
}

const median = (counts: readonly number[]): number =>
  counts.toSorted((a, b) => a - b)[counts.length >> 1] ?? Number.POSITIVE_INFINITY

function lineOf({ name, tries: all }: Find): string {
  const counts = all.map(({ seeds }) => seeds ?? Number.POSITIVE_INFINITY)
  const shown = counts.map((seeds) => (Number.isFinite(seeds) ? String(seeds) : '-'))
  const seconds = all.reduce((sum, one) => sum + one.seconds, 0)
  const [best] = all.toSorted((a, b) => (a.seeds ?? Infinity) - (b.seeds ?? Infinity))
  const middle = median(counts)
  return [
    name.padEnd(32),
    (Number.isFinite(middle) ? String(middle) : '-').padStart(7),
    shown.join(' ').padEnd(18),
    `${seconds.toFixed(0)} s`.padStart(7),
    ` ${best?.seeds === undefined ? '' : (drawPlan(best.seed).terms.theme?.name ?? 'no theme')}`.padEnd(
      26,
    ),
    (best?.reason ?? '').slice(0, 110),
  ].join(' ')
}

const queue = [...wanted]
const finds: Find[] = []
console.log(
  `${'plant'.padEnd(32)}  median ${'seeds to find it'.padEnd(18)}    time  ${'theme'.padEnd(25)} verdict`,
)
await Promise.all(
  Array.from({ length: cores }, async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const find = await hunt(name)
      finds.push(find)
      console.log(lineOf(find))
    }
  }),
)

const isFound = ({ tries: all }: Find): boolean => all.every(({ seeds }) => seeds !== undefined)
const found = finds.filter(isFound)
const medians = found.map(({ tries: all }) => median(all.map(({ seeds }) => seeds!)))
const within = (limit: number): number => medians.filter((seeds) => seeds <= limit).length
console.log(
  `\n${found.length} of ${finds.length} found from every start within ${seedsMax} seeds; by the median ${within(10)} within 10, ${within(100)} within 100, ${within(1_000)} within 1,000`,
)
const missed = finds.filter((find) => !isFound(find)).map(({ name }) => name)
if (missed.length > 0) console.log(`not found from every start: ${missed.join(', ')}`)
process.exitCode = found.length < Math.min(least, wanted.length) ? 1 : 0
