import { setTimeout as pause } from 'node:timers/promises'
import { bytesRead, bytesWritten, countSockets } from '../../peer/sockets.ts'
import { openEar, openStage } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { heardMs } from './last.ts'
import type { Work } from './work.ts'

const watchers = 10
const updatesMax = 50
const betweenMs = 100

/** What goes through the sockets of all clients, and between the servers, without what is said anyway. */
export const wire: Work = {
  name: 'wire',
  figures: ['wire', 'idle'],
  limitMs: 120_000,
  excused: ({ name }) =>
    name === 'grapevine-api' ? 'its peers are those of Grapevine, embedded' : undefined,
  async *run({ system, folder, amounts: { samples, windowMs, settleMs } }) {
    countSockets()
    await using stage = await openStage(system, { folder, watchers, isCounted: true })
    const ear = await openEar(stage, 'bench/')
    await heardMs(stage, ear, 'warm')
    await pause(settleMs)
    const before = bytesOf(stage)
    await pause(windowMs)
    const idlePerMs = (bytesOf(stage) - before) / windowMs
    yield { figure: 'idle', samples: [(idlePerMs * 1_000) / (watchers + 1)] }
    const updates = Math.min(updatesMax, samples)
    const [from, began] = [bytesOf(stage), performance.now()]
    for (let done = 0; done < updates; done++) {
      await heardMs(stage, ear, `${done}`)
      await pause(betweenMs)
    }
    const idle = idlePerMs * (performance.now() - began)
    const perUpdate = (bytesOf(stage) - from - idle) / updates
    yield { figure: 'wire', samples: [perUpdate / watchers] }
  },
}

/**
 * Where all ends are in this process, what one sends another one reads: it counts once. Of what clients
 * say to servers only this end is here; and the proxies between servers are here with both of theirs.
 */
const bytesOf = ({ servers }: Stage): number =>
  servers === undefined ? bytesRead() : bytesRead() + bytesWritten() - servers.bytesBetween()
