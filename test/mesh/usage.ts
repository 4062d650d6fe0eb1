import { createHook } from 'node:async_hooks'
import { readdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a process holds, its garbage collected first. */
export interface Usage {
  readonly heapBytes: number
  readonly residentBytes: number
  readonly files: number
  readonly sockets: number
  readonly timers: number
}

/** A fresh context sees the `gc` that the flag puts there; our own was made before the flag. */
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const timers = new Set<number>()

/**
 * Timers that a process does not wait for are listed nowhere: so they are counted as they come and go.
 * That costs every promise a little, and is asked for only where time is not what is measured.
 */
export function countTimers(): void {
  createHook({
    init(id, type) {
      if (type === 'Timeout') timers.add(id)
    },
    destroy(id) {
      timers.delete(id)
    },
  }).enable()
}

export function usageOf(): Usage {
  collectGarbage()
  collectGarbage()
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  return {
    heapBytes: heapUsed + arrayBuffers,
    residentBytes: rss,
    files: openFiles(),
    sockets: process.getActiveResourcesInfo().filter((type) => type.startsWith('TCP')).length,
    timers: timers.size,
  }
}

/** 0 where the system does not tell. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}
