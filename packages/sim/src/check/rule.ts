import { Violation } from './violation.js'

/** A promise of the replica: its name, and what is wrong where it does not hold. */
export interface Rule<On> {
  readonly rule: string
  readonly fault: (on: On) => string | undefined
}

/** How many single checks were made. */
export interface Tally {
  checks: number
}

export function hold<On>(rules: readonly Rule<On>[], on: On, tally: Tally): void {
  for (const { rule, fault } of rules) {
    tally.checks += 1
    const found = fault(on)
    if (found !== undefined) throw new Violation(`${found} [${rule}]`)
  }
}

/** The first fault among many things of one kind. */
export function firstFault<Of>(
  all: Iterable<Of>,
  fault: (one: Of) => string | undefined,
): string | undefined {
  for (const one of all) {
    const found = fault(one)
    if (found !== undefined) return found
  }
  return undefined
}
