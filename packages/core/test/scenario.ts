import type * as Core from '../src/index.js'
import { type Frame, World, type WorldOptions } from './world.js'
import { type Library } from './stub-crypto.js'
import { checkAll } from './invariants.js'

/** A story about replicas, as data: after every step all invariants must hold. */
export interface Scenario {
  /** The rule it shows, as a sentence that follows "a mesh". */
  readonly rule: string
  readonly world: WorldOptions
  readonly steps: readonly Step[]
}

export interface Step {
  /** What happens, for whoever reads a failure. */
  readonly says: string
  run(this: void, stage: Stage): void
}

/** Where a scenario plays: a world, and the short names by which its steps speak of ids. */
export interface Stage {
  readonly world: World
  /** alice → the first replica id of alice, alice2 → her second, and so on. */
  readonly replicas: Map<string, Core.ReplicaId>
  /** Copies of disks and versions of keys that a later step comes back to. */
  readonly images: Map<string, ReadonlyMap<string, Uint8Array>>
  readonly versions: Map<string, string | null>
  /** What the last local write gave. */
  written: Core.Release | undefined
  /** Replicas that a step damaged on purpose: nothing is promised for them until they are repaired. */
  readonly damaged: Set<string>
  /** Frames that come later than all others. */
  readonly heldUp: Frame[]
}

export function openStage(lib: Library, options: WorldOptions): Stage {
  const stage: Stage = {
    world: new World(lib, options),
    replicas: new Map(),
    images: new Map(),
    versions: new Map(),
    written: undefined,
    damaged: new Set(),
    heldUp: [],
  }
  nameReplicas(stage)
  return stage
}

/** Whoever first writes under a replica id gives it its name. */
export function nameReplicas(stage: Stage): void {
  for (const [name, { replica }] of stage.world.nodes) {
    const id = replica.id()
    if ([...stage.replicas.values()].includes(id)) continue
    let label = name
    for (let count = 2; stage.replicas.has(label); count++) label = `${name}${count}`
    stage.replicas.set(label, id)
  }
}

export class StepFailed extends Error {
  override readonly name = 'StepFailed'
}

/** Plays the steps; names the step that went wrong, be it an expectation or an invariant. */
export function play(stage: Stage, steps: readonly Step[]): void {
  for (const [index, step] of steps.entries()) {
    try {
      step.run(stage)
      nameReplicas(stage)
      checkAll(
        stage.world,
        [...stage.world.nodes.keys()].filter((name) => !stage.damaged.has(name)),
      )
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new StepFailed(`step ${index + 1}, ${step.says}: ${why}`, { cause: error })
    }
  }
}

/** Throws at the first step that goes wrong; else says how many were played. */
export function runScenario(lib: Library, scenario: Scenario): number {
  play(openStage(lib, scenario.world), scenario.steps)
  return scenario.steps.length
}

export function replicaOf(stage: Stage, label: string): Core.ReplicaId {
  const id = stage.replicas.get(label)
  if (id === undefined) throw new Error(`no replica id is called ${label}`)
  return id
}

/** `bob·2` → the second release of bob's first replica id. */
export function dotOf(stage: Stage, text: string): Core.Dot {
  const [label, seq] = text.split('·')
  return { replica: replicaOf(stage, label!), seq: Number(seq) }
}

export function labelOf(stage: Stage, id: string): string {
  const found = [...stage.replicas].find(([, replica]) => replica === id)
  return found?.[0] ?? 'stranger'
}
