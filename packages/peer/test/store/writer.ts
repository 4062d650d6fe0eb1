/**
 * A process to be killed: it writes numbered transactions into each of the stores it is given, a few
 * at a time, and prints one line for each that was acknowledged. `--die <step> <n>` kills it as it
 * passes that step of a store for the n-th time.
 */
import { parseArgs } from 'node:util'
import { levelStore } from '../../src/store/level-store.js'
import { backupSteps, headOf, stepOf } from './story.js'

const { values, positionals } = parseArgs({
  options: { die: { type: 'string' }, at: { type: 'string', default: '1' } },
  allowPositionals: true,
})

let passes = 0
function onStep(step: string): void {
  if (step !== values.die) return
  passes += 1
  if (passes === Number(values.at)) process.kill(process.pid, 'SIGKILL')
}

const inFlightMax = 4

async function writeFor(path: string, index: number): Promise<never> {
  const store = await levelStore(path, { onStep })
  const inFlight = new Set<Promise<void>>()
  let number = headOf(await store.load())
  for (;;) {
    number += 1
    const mine = number
    const appending = store.append(stepOf(mine)).then(() => {
      inFlight.delete(appending)
      process.stdout.write(`${index} ${mine}\n`)
    })
    inFlight.add(appending)
    if (mine % backupSteps === 0) await store.backup(`${path}.backup`)
    if (inFlight.size === inFlightMax) await Promise.race(inFlight)
  }
}

await Promise.all(positionals.map(writeFor))
