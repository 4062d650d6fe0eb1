import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { node, root } from '../../command.ts'

/** What the simulator has said, row by row; the first row names the sizes of the meshes. */
export interface Simulation {
  readonly simulatedAt: string
  readonly command: string
  readonly rows: readonly (readonly string[])[]
}

/** Kept beside this code: it takes minutes, and virtual time makes it the same on every machine. */
const file = join(root, 'scripts/bench/compare/simulation.json')
export const simulationCommand = 'npm run sim-scale'

export const readSimulation = (): Simulation | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Simulation) : undefined

export async function simulate(say: (line: string) => void): Promise<void> {
  say('simulating meshes of up to 10,000 peers')
  const { exitCode, output } = await node([
    'scripts/bootstrap.cjs',
    '--build',
    '--max-old-space-size=12288',
    '--max-semi-space-size=64',
    'scripts/sim-scale.ts',
  ])
  const rows = simulatedRows(output)
  if (exitCode !== 0 || rows.length === 0) {
    say(`${simulationCommand} failed, and what was simulated before is kept:\n${output}`)
    return
  }
  const simulatedAt = new Date().toISOString().slice(0, 10)
  const simulation: Simulation = { simulatedAt, command: simulationCommand, rows }
  writeFileSync(file, `${JSON.stringify(simulation, undefined, 2)}\n`)
}

/** The table begins with how many peers there are, and ends with an empty line. */
export function simulatedRows(output: string): readonly (readonly string[])[] {
  const lines = output.split('\n')
  const from = lines.findIndex((line) => /^peers\s+\d/.test(line))
  if (from === -1) return []
  const to = lines.findIndex((line, index) => index > from && line.trim() === '')
  return lines
    .slice(from, to === -1 ? undefined : to)
    .map((line) => line.trim().split(/\s{2,}/))
    .filter(([what]) => what !== 'seconds of this machine')
}
