import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { BadInput, loadPlan, seedNumber } from '@grapevine/sim'
import type { Io, Plan } from '@grapevine/sim'
import { misused } from '../complain.js'
import type { LabCall } from './carry-out.js'

/** Real peers take more of a machine than simulated ones: so many of them unless somebody says more. */
const peersUsualMax = 16

interface Scenario {
  readonly plan: Plan
  readonly title: string | undefined
}

/** Reads a scenario of the simulator, and plans it for as many real peers as there shall be. */
export async function readScenario(
  call: LabCall,
  scenario: string,
  peers: number | undefined,
): Promise<Scenario> {
  const io = ioOf(call)
  const load = async (wishes: Wished): Promise<Scenario> =>
    loadPlan({ from: 'wishes', scenario, wishes }, seed, io)
  let seed: number | undefined
  try {
    seed = call.options.seed === undefined ? undefined : seedNumber(call.options.seed, '--seed')
    const { plan, title } = await load({})
    const count = peers ?? Math.min(plan.peers, peersUsualMax)
    if (count === plan.peers) return { plan, title }
    if (peers === undefined) {
      call.say(`  ${count} peers instead of ${plan.peers}: --peers ${plan.peers} takes all of them`)
    }
    return await load({ peers: count, writers: Math.min(writersIn(plan), count - plan.hostile) })
  } catch (error) {
    if (error instanceof BadInput) throw misused(error.message)
    throw error
  }
}

interface Wished {
  readonly peers?: number
  readonly writers?: number
}

const writersIn = ({ events }: Plan): number =>
  new Set(events.flatMap((event) => (event.do === 'write' ? [event.who] : []))).size

/** Of the simulator's command only what reads. */
const ioOf = ({ terminal: { cwd } }: LabCall): Io => ({
  called: 'grapevine lab --scenario',
  out: () => {},
  err: () => {},
  isTerminal: false,
  columns: 80,
  outColumns: 80,
  readFile: async (path) => readFile(resolve(cwd, path), 'utf8'),
  writeFile: async () => {},
  now: Date.now,
})
