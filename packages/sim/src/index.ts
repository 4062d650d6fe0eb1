/**
 * Grapevine under virtual time: the very same replica, with a seeded network, disks, clocks and
 * hostile peers around it.
 *
 * ```ts
 * import * as core from '@grapevine/core'
 * const outcome = run(core, planOf(4711)) // the same seed gives the same run
 * ```
 */
export { run } from './run.js'
export { planOf } from './swarm/swarm.js'
export { describePlan } from './swarm/describe.js'
export { shrink } from './swarm/shrink.js'
export { createMeasure } from './measure/measure.js'
export { theoryOf } from './measure/theory.js'
export { probeNames } from './watch/probes.js'
export { main } from './command/main.js'
export { BadInput, nearest } from './command/bad-input.js'
// What a scenario means, for whoever plays it on real peers.
export { load as loadPlan } from './command/load.js'
export { bandwidth, seedNumber, share } from './command/units.js'
export { partitionOf } from './world/partition.js'

export type { Io } from './command/io.js'
export type { Figures } from './measure/figures.js'
export type { Library, Observer } from './observer.js'
export type { Plan, PlannedEvent } from './plan.js'
export type { Outcome } from './run.js'
export type { Theory } from './measure/theory.js'
