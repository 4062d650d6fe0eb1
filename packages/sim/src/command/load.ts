import { fileURLToPath } from 'node:url'
import type { Source } from './arguments.js'
import { BadInput, nearest } from './bad-input.js'
import type { Io } from './io.js'
import { readText } from './io.js'
import type { Plan } from '../plan.js'
import { planRehearsal } from './rehearsal.js'
import { parseScenario, readyMade } from './scenario.js'
import type { Scenario } from './scenario.js'
import { parsePlan } from './stored-plan.js'
import { planOf } from '../swarm/swarm.js'

interface Loaded {
  readonly plan: Plan
  readonly title: string | undefined
}

/** From what was asked for to a plan; `asked` is the seed, if one was given. */
export async function load(source: Source, asked: number | undefined, io: Io): Promise<Loaded> {
  switch (source.from) {
    case 'plan':
      return { plan: parsePlan(await readText(io, source.file), source.file), title: undefined }
    case 'swarm':
      return { plan: planOf(asked ?? anySeed(io)), title: undefined }
    case 'wishes': {
      const { title, wishes }: Scenario =
        source.scenario === undefined
          ? { title: undefined, wishes: {} }
          : await openScenario(source.scenario, io)
      const seed = asked ?? wishes.seed ?? anySeed(io)
      return { plan: planRehearsal({ ...wishes, ...source.wishes }, seed), title }
    }
  }
}

/** Short, because people read it out to each other. */
const anySeed = (io: Io): number => 1 + (Math.floor(io.now()) % 9999)

/** A line for each scenario that comes with this. */
export async function listScenarios(io: Io): Promise<string> {
  const rows = readyMade.map(async (name) => {
    const { title } = await openScenario(name, io)
    return `${name.padEnd(20)}${title}\n`
  })
  return (await Promise.all(rows)).join('')
}

/** A file, or else one of those that come with this. */
async function openScenario(name: string, io: Io): Promise<Scenario> {
  const ours = readyMade.find((known) => known === name.replace(/\.ya?ml$/, ''))
  const isFile = /[/\\.]/.test(name)
  if (!isFile && ours === undefined) {
    const near = nearest(name, readyMade)
    const advice =
      near === undefined
        ? `choose from ${readyMade.join(', ')}, or name a file, like ${name}.yaml`
        : `did you mean ${near}?`
    throw new BadInput(`${name}: there is no scenario of this name, ${advice}`)
  }
  const own = isFile ? await readText(io, name).catch(asMissing(ours)) : undefined
  return parseScenario(own ?? (await readText(io, pathOf(ours!))), name)
}

/** Whoever names one of ours as a file, and has no such file, means ours. */
const asMissing =
  (ours: string | undefined) =>
  (error: unknown): undefined => {
    if (ours === undefined) throw error
  }

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../scenarios/${name}.yaml`, import.meta.url))
