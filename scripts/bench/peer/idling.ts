import { setTimeout as pause } from 'node:timers/promises'
import type { Figure } from '../../measure.ts'
import { openMesh } from './mesh.ts'
import { bytesRead, countSockets } from './sockets.ts'

/** A multiple of the time between two signs of life of a peer. */
const windowMs = 10_000
const windows = 3

/** Nobody writes: what peers say to stay in touch. Every byte that one sends another one reads. */
export async function* idling(): AsyncGenerator<Figure> {
  countSockets()
  for (const count of [10, 32]) {
    await using mesh = await openMesh(count)
    await mesh.peers[0]!.set('idle', true)
    await pause(windowMs / 2)
    const perSecond: number[] = []
    const processorMs: number[] = []
    for (let window = 0; window < windows; window++) {
      const [before, processorBefore] = [bytesRead(), process.cpuUsage()]
      await pause(windowMs)
      const { user, system } = process.cpuUsage(processorBefore)
      perSecond.push((bytesRead() - before) / (windowMs / 1000) / count)
      processorMs.push((user + system) / 1000 / (windowMs / 1000) / count)
    }
    yield { what: `bytes each of ${count} idle peers reads`, unit: 'B/s', rounds: perSecond }
    yield {
      what: `processor time each of ${count} idle peers takes in a second`,
      unit: 'ms',
      rounds: processorMs,
    }
  }
}
