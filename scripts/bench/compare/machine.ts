import { cpus, loadavg, release, totalmem, type } from 'node:os'
import type { Machine } from './report.ts'

export function machineNow(): Machine {
  const processors = cpus()
  return {
    processor: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    memoryGigabytes: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    node: process.version,
    loadBefore: Math.round(loadavg()[0]! * 10) / 10,
  }
}

export const machineInWords = (machine: Machine): string =>
  [
    machine.processor,
    `${machine.cores} cores`,
    `${machine.memoryGigabytes} GB`,
    machine.system,
    `Node ${machine.node}`,
    `load ${machine.loadBefore} at the beginning`,
  ].join(', ')
