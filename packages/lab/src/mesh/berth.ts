import { join } from 'node:path'
import type { PeerId } from '@grapevine/core'
import type { LabFolder } from '../folder.js'
import { nameOf } from '../names.js'
import type { Report } from '../service/told.js'
import type { LabPeer } from '../wire.js'
import type { ServiceProcess } from './process.js'

/** A place for a peer, whoever or nobody runs there. */
export interface Berth {
  readonly number: number
  readonly name: string
  readonly dataDir: string
  /** Of its API. */
  readonly socket: string
  state: LabPeer['state']
  /** Empty until it was opened for the first time. */
  peer: PeerId
  service: ServiceProcess | undefined
  report: Report
  /** Somebody ended it, and nobody has started it since. */
  isEnded: boolean
}

export const nothingYet: Report = {
  links: [],
  addresses: [],
  keys: 0,
  conflicts: 0,
  refused: 0,
  clock: {},
}

export function emptyBerth(number: number, folder: LabFolder): Berth {
  const name = nameOf(number)
  const dataDir = folder.dataDir(name)
  return {
    number,
    name,
    dataDir,
    socket: join(dataDir, 'api.sock'),
    state: 'stopped',
    peer: '' as PeerId,
    service: undefined,
    report: nothingYet,
    isEnded: false,
  }
}

/** How long a service may take to end by itself. */
const stopMsMax = 10_000

export async function kill({ service }: Berth): Promise<void> {
  service?.signal('SIGKILL')
  await service?.ended
}

export async function stop({ service }: Berth): Promise<void> {
  if (service === undefined) return
  // Whoever stands still hears nothing.
  service.signal('SIGCONT')
  service.ask({ ask: 'close' })
  const timer = setTimeout(() => service.signal('SIGKILL'), stopMsMax)
  await service.ended
  clearTimeout(timer)
}
