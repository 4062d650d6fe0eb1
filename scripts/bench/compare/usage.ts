import { readFileSync } from 'node:fs'

export interface Usage {
  readonly residentBytes: number
  readonly processorMs: number
}

/** As the kernel counts for any process; undefined where it does not show that as files. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const [, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    const [user, system] = rest!.split(' ').slice(11, 13).map(Number)
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)
    if (resident === null) return undefined
    return {
      residentBytes: Number(resident[1]) * 1024,
      processorMs: (user! + system!) * msPerTick,
    }
  } catch {
    return undefined
  }
}

/** On every Linux that Node runs on. */
const msPerTick = 10
