/** A process of sim-long or sim-hunt: it runs what it is asked to, and ends when nobody listens. */
import { rm } from 'node:fs/promises'
import * as core from '../../packages/core/src/index.ts'
import { nursery, plant } from '../../packages/core/test/planted.ts'
import type { Library } from '../../packages/sim/src/observer.ts'
import type { Plan } from '../../packages/sim/src/plan.ts'
import { run } from '../../packages/sim/src/run.ts'
import type { Outcome } from '../../packages/sim/src/run.ts'
import { shrink } from '../../packages/sim/src/swarm/shrink.ts'
import { planOf } from '../../packages/sim/src/swarm/swarm.ts'
import type { Answer, Task } from './tasks.ts'

const libraries = new Map<string, Library>()

async function libraryOf(name: string | undefined): Promise<Library> {
  if (name === undefined) return core
  const planted = libraries.get(name) ?? (await plant(name))
  libraries.set(name, planted)
  return planted
}

async function answer(task: Task): Promise<Answer> {
  const library = await libraryOf(task.plant)
  const plan = planOf(task.seed)
  if (task.do === 'shrink') return shrunk(library, plan, task.runsMax)
  const began = performance.now()
  const { verdict, reason, events, virtualMs, checks, probes, traceHash } = run(library, plan)
  const wallMs = performance.now() - began
  const isAnother = task.isTwice && run(library, plan).traceHash !== traceHash
  return { did: 'run', verdict, reason, events, virtualMs, checks, probes, wallMs, isAnother }
}

/** Fails in the same way: with the same verdict, and where a rule broke, with that rule. */
function shrunk(library: Library, plan: Plan, runsMax: number): Answer {
  const asItWas = failureOf(run(library, plan))
  const small = shrink(plan, (smaller) => failureOf(run(library, smaller)) === asItWas, runsMax)
  return { did: 'shrink', plan: small, reason: run(library, small).reason }
}

const failureOf = ({ verdict, reason = '' }: Outcome): string =>
  `${verdict} ${/\[[^\]]*\]$/.exec(reason)?.[0] ?? ''}`

process.on('message', (task: Task) => {
  void answer(task).then((done) => process.send?.(done))
})

async function leave(): Promise<void> {
  await rm(nursery, { recursive: true, force: true })
  process.exit()
}

process.on('disconnect', () => void leave())
process.on('SIGTERM', () => void leave())
