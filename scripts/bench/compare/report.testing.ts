import type { Cell, Report, SystemReport } from './report.ts'

/** A report that says what a test wants it to say. */
export function reportWith(
  systems: readonly (Partial<SystemReport> & Pick<SystemReport, 'name'>)[],
  cells: readonly (Partial<Cell> & Pick<Cell, 'figure' | 'system'>)[],
): Report {
  return {
    measuredAt: '2026-01-02T03:04:05.000Z',
    rounds: 1,
    machine: {
      processor: 'a processor',
      cores: 2,
      memoryGigabytes: 8,
      system: 'Linux 6',
      node: 'v20.0.0',
      loadBefore: 0,
    },
    systems: systems.map((system) => ({
      title: system.name,
      kind: 'other',
      settings: { write: 'when written', read: 'from there', watch: 'by watching' },
      version: '1',
      skipped: undefined,
      ...system,
    })),
    cells: cells.map((cell) => ({ samples: [], note: undefined, ...cell })),
  }
}
