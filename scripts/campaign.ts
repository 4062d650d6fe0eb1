/**
 * Random meshes under every fault, for as long as one likes:
 * `npm run campaign -- [--from 1] [--seeds 500] [--steps 150] [--hidden-forks]`.
 * A seed that breaks a rule is printed with what happened in it.
 */
import { parseArgs } from 'node:util'
import * as core from '../packages/core/src/index.ts'
import { runCampaign } from '../packages/core/test/campaign.ts'

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '500' },
    steps: { type: 'string', default: '150' },
    'hidden-forks': { type: 'boolean', default: false },
  },
})
const first = Number(values.from)
const seeds = Number(values.seeds)
const steps = Number(values.steps)
const seedsPerLine = 50

let broken = 0
let stalled = 0
for (let seed = first; seed < first + seeds; seed++) {
  try {
    const options = { seed, steps, hiddenForks: values['hidden-forks'] }
    if (runCampaign(core, options).isStalled) stalled += 1
  } catch (error) {
    broken += 1
    console.error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`)
  }
  const done = seed - first + 1
  if (done % seedsPerLine === 0 || done === seeds) {
    console.log(
      `${done} meshes of ${steps} steps, ${broken} broken, ${stalled} waiting for a voucher`,
    )
  }
}
if (broken > 0) process.exitCode = 1
