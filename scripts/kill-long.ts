/**
 * Processes of one mesh that die all the time: `npm run kills [-- --cycles 1000] [--seed 1]`. Half of
 * the deaths are at random, half at named points of the code, some strike all at once. After each of
 * them the disk is looked at before others can repair it. It ends with 1 if an acknowledged write is
 * missing anywhere.
 */
import { parseArgs } from 'node:util'
import { killAgainAndAgain } from '../test/mesh/kills.ts'
import { seconds } from '../test/mesh/until.ts'

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
})
const cyclesPerLine = 50
const began = performance.now()

const { atPoints, judgement, missing, ...figures } = await killAgainAndAgain({
  cycles: Number(values.cycles),
  seed: Number(values.seed),
  onCycle(done, missingSoFar) {
    if (done % cyclesPerLine !== 0) return
    const took = seconds(performance.now() - began)
    console.log(`${String(done).padStart(6)} deaths, ${missingSoFar} writes missing, ${took}`)
  },
})

const { acknowledged, unanswered, lost, phantom, risen } = judgement
const rows: readonly (readonly [string, string | number])[] = [
  ['killed at random', figures.atRandom],
  ...[...atPoints].map(([step, count]) => [`killed at "${step}"`, count] as const),
  ['all killed at once', figures.allAtOnce],
  ['writes acknowledged', acknowledged],
  ['writes that nobody was told of', unanswered],
  ['missing on the disk that acknowledged them', missing.length],
  ['lost in the end', lost.length],
  ['shown though nobody wrote them', phantom.length],
  ['shown though overwritten', risen.length],
  ['slowest opening after a death', seconds(figures.openMsMax)],
  ['equal again after the last death', seconds(figures.settledMs)],
]
for (const [what, figure] of rows) console.log(`  ${what.padEnd(46)} ${figure}`)
for (const what of figures.unpassed) console.log(`  not passed in time: ${what}`)
for (const notice of figures.notices) console.log(`  told: ${notice}`)
if (missing.length + lost.length + phantom.length + risen.length > 0) process.exitCode = 1
