/**
 * Kills processes that write into stores: `npm run store-kills -- [--kills 1000] [--seed 1]`. Each
 * process writes into five stores, which die together, go on in the next process, and begin anew
 * after a while. Half of the kills come from outside, half at a step of a store.
 * Exit code: 0 nothing was lost or torn, 1 something was.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { StoreStep } from '../packages/peer/src/store/open-sound.ts'
import { dice } from '../packages/peer/test/store/damage.ts'
import { inspect, live } from '../packages/peer/test/store/lives.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
})
const kills = Number(values.kills)
const roll = dice(Number(values.seed))
const storesPerProcess = 5
const livesPerStore = 20
const killsPerLine = 50

const steps: readonly (readonly [StoreStep, number])[] = [
  ['kept aside', storesPerProcess],
  ['opened', storesPerProcess],
  ['verified', storesPerProcess],
  ['let go', storesPerProcess],
  ['before batch', 200],
  ['after batch', 200],
  ['after tail', 200],
  ['before rename', 10],
]

const folder = mkdtempSync(join(tmpdir(), 'grapevine-kills-'))
let killed = 0
/** Kills after which a store held more than had been acknowledged, and may. */
let beyond = 0
const wrong: string[] = []
const generation = (): number => Math.floor(killed / (storesPerProcess * livesPerStore))

async function killOnce(): Promise<void> {
  const stores = Array.from({ length: storesPerProcess }, (_, n) =>
    join(folder, `${generation()}-${n}`),
  )
  const [step, passes] = steps[roll(steps.length)]!
  const isAtStep = roll(2) === 0
  const how = isAtStep ? { die: { step, at: 1 + roll(passes) } } : { acknowledged: 1 + roll(800) }
  const heads = await live(stores, how)
  for (const [index, store] of stores.entries()) {
    killed += 1
    const told = heads[index] ?? 0
    if (told === 0 && !existsSync(store)) continue
    try {
      const head = await inspect(store, told)
      if (told > 0 && head > told) beyond += 1
    } catch (error) {
      wrong.push(`${store} after ${JSON.stringify(how)}: ${String(error)}`)
      console.log(wrong.at(-1))
    }
  }
}

try {
  while (killed < kills) {
    await killOnce()
    if (killed % killsPerLine === 0) console.log(`${killed} of ${kills}, ${wrong.length} wrong`)
  }
} finally {
  if (wrong.length === 0) rmSync(folder, { recursive: true })
  else console.log(`the stores are in ${folder}`)
}
console.log(
  `\n${killed} kills of a store; after ${wrong.length} of them something was lost or torn. ` +
    `After ${beyond} it held more than had been acknowledged, as it may.`,
)
process.exitCode = wrong.length === 0 ? 0 : 1
