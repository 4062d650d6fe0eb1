/**
 * Many seeds of the simulator: `npm run sim-long -- [--seeds 5000] [--from 1] [--cores 2] [--minutes N]`.
 * Each seed is a random mesh with random faults, and must keep every promise; one in a hundred runs
 * twice. What fails is shrunk, told in plain lines, and kept as a plan that can be played again.
 * Exit codes: 1 a promise broke (or a rare event never happened), 3 no convergence, 4 a crash.
 */
import { writeFile } from 'node:fs/promises'
import { BadInput } from '../packages/sim/src/command/bad-input.ts'
import { describePlan } from '../packages/sim/src/swarm/describe.ts'
import { drawPlan } from '../packages/sim/src/swarm/swarm.ts'
import { auditOf } from '../packages/sim/src/swarm/swarm-audit.ts'
import { createHand } from './sim/hand.ts'
import { coresForm, fromForm, minutesForm, orLeave, readOptions, seedsForm } from './sim/options.ts'
import { type Failure, type Tally, addRun, emptyTally, exitCodeOf, kindsOf } from './sim/tally.ts'
import { auditTable, failureTable, probeTable, statusLine, summaryOf } from './sim/tables.ts'

const usage = `Plays many seeds, each another mesh with other faults; all of them must pass.

  --seeds 5000      how many
  --from 1          the first of them
  --cores 2         how many at a time
  --minutes 30      stops after that
  --no-tables       without the tables of what was drawn and of what rarely happens

Exit code: 0 all passed · 1 a promise broke · 2 bad input · 3 did not converge · 4 it crashed`

const args = process.argv.slice(2)
const { numbers, switches } = orLeave(usage, args, () => {
  const forms = {
    from: fromForm,
    seeds: seedsForm(5000),
    cores: coresForm,
    minutes: minutesForm,
  }
  const options = readOptions(args, forms, ['no-tables'])
  const [word] = options.words
  if (word === undefined) return options
  throw new BadInput(`${word}: this means nothing here, write it like --seeds 40`)
})
const { from: first, seeds, cores } = numbers
const began = performance.now()
const untilMs = began + numbers.minutes * 60_000

const seedLimitMs = 60_000
const shrinkLimitMs = 300_000
/** One seed may fail for the same reason as a hundred others: so many are looked into. */
const shrunkMax = 8
const secondsPerLine = 10

const tally = emptyTally()
let next = first
const isOver = (): boolean => next >= first + seeds || performance.now() > untilMs

async function runSeeds(): Promise<void> {
  const hand = createHand()
  while (!isOver()) {
    const seed = next++
    const isTwice = seed % 100 === 0
    addRun(tally, seed, await hand.ask({ do: 'run', seed, isTwice }, seedLimitMs), isTwice)
  }
  hand.stop()
}

const tellTime = setInterval(() => {
  console.log(statusLine(tally, seeds, (performance.now() - began) / 1000))
}, secondsPerLine * 1000)
await Promise.all(Array.from({ length: cores }, runSeeds))
clearInterval(tellTime)

async function lookInto({ seed, verdict, reason }: Failure): Promise<void> {
  console.log(`\nseed ${seed}, ${verdict}: ${reason}`)
  console.log(`again   npm run sim -- --swarm --seed ${seed}`)
  if (verdict === 'died') return
  const hand = createHand()
  const answer = await hand.ask({ do: 'shrink', seed, runsMax: 600 }, shrinkLimitMs)
  hand.stop()
  if (answer.did !== 'shrink')
    return console.log(`not shrunk: ${answer.did === 'die' ? answer.reason : ''}`)
  if (answer.reason === undefined) return console.log('it passed when it ran again')
  const file = `sim-${seed}.plan.json`
  await writeFile(file, `${JSON.stringify(answer.plan, null, 2)}\n`)
  console.log(`shrunk to ${answer.plan.events.length} events: ${answer.reason}`)
  console.log(`${describePlan(answer.plan)}\nagain   npm run sim -- --plan ${file}`)
}

function report(all: Tally): void {
  if (!switches.has('no-tables')) {
    const drawn = function* () {
      for (let seed = first; seed < next; seed++) yield drawPlan(seed)
    }
    console.log(`\n${auditTable(auditOf(drawn()), all.seeds)}\n\n${probeTable(all)}`)
  }
  console.log(`\n${summaryOf(all, (performance.now() - began) / 1000, cores)}`)
}

report(tally)
const kinds = kindsOf(tally.failures)
for (const [, [failure]] of kinds.slice(0, shrunkMax)) if (failure) await lookInto(failure)
if (kinds.length > 0) console.log(`\n${failureTable(kinds)}`)
process.exitCode = exitCodeOf(tally)
