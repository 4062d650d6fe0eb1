import { divertDials } from '../../packages/lab/src/lines/divert.ts'

/** By port that is dialed: the port that answers instead. */
export type Detours = ReadonlyMap<number, number>

export const takeDetours = (detours: Detours): void =>
  divertDials((port) => ({ port: detours.get(port) ?? port }))
