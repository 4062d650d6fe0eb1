/**
 * A mesh of real peers on this machine, each a process of its own, with everything between them in one
 * hand: lines that can be cut, slowed and made lossy, processes that can be killed, paused and started.
 */
export { openLab } from './lab.js'
export { leftOutOf } from './scenario/steps.js'
export { playPlan } from './scenario/play.js'

export type { Controls } from './controls.js'
export type { Lab, LabOptions } from './lab.js'
export type { Verdict } from './scenario/verdict.js'
export type { LabEvent, LabPeer, LabState, LineWish, PeerDeed } from './wire.js'
