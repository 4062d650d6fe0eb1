import { join } from 'node:path'
import { MeshError } from '@grapevine/core'
import type { LabFolder } from '../folder.js'
import type { Counts, Opening, Told } from '../service/told.js'
import type { LabArrival, LabEvent, LabPeer } from '../wire.js'
import type { Berth } from './berth.js'
import { createFounding } from './founding.js'
import { startProcess } from './process.js'
import type { ServiceProcess } from './process.js'

export interface FleetOptions {
  readonly folder: LabFolder
  /** Where they listen, the first of them number 1. */
  readonly ports: readonly number[]
  readonly switchboardPort: number
  /** What each of them runs. */
  readonly program: string
  /** Something is another than before; undefined: nothing that is worth a record. */
  readonly onChange: (event: LabEvent | undefined) => void
  readonly onArrivals: (arrivals: readonly LabArrival[]) => void
  readonly onCounts: (number: number, counts: Counts) => void
}

/** How peers get into their places. */
interface Boarding {
  /** Resolves once it answers. */
  start(this: void, berth: Berth): Promise<void>
  become(this: void, berth: Berth, state: LabPeer['state'], why?: string): void
  /** Nobody starts any more. */
  end(this: void): void
}

export function createBoarding(options: FleetOptions, members: readonly Berth[]): Boarding {
  const { folder, program, onChange } = options
  const founding = createFounding()
  let isEnding = false

  function become(berth: Berth, state: LabPeer['state'], why?: string): void {
    const { number, name } = berth
    berth.state = state
    onChange({ event: 'peer', number, name, state, ...(why !== undefined && { why }) })
  }

  function take(berth: Berth, told: Told): void {
    if (told.told === 'arrivals') options.onArrivals(told.arrivals)
    if (told.told === 'counts') options.onCounts(berth.number, told.counts)
    if (told.told !== 'report') return
    berth.report = told.report
    onChange(undefined)
  }

  /** It has a process from now on, until that has ended. */
  function board(berth: Berth): ServiceProcess {
    const { name, dataDir } = berth
    const onTold = (told: Told): void => take(berth, told)
    const service = startProcess({ program, name, dataDir, onTold })
    berth.service = service
    become(berth, 'starting')
    void folder.notePid(service.pid).catch(() => {})
    void service.ended.then((why) => {
      void folder.forgetPid(service.pid).catch(() => {})
      berth.service = undefined
      berth.report = { ...berth.report, links: [], refused: 0 }
      become(berth, 'stopped', why)
    })
    return service
  }

  async function start(berth: Berth): Promise<void> {
    if (isEnding) throw new MeshError('PEER_CLOSED', 'the lab is ending')
    if (berth.service !== undefined) return void (await berth.service.opened)
    const service = board(berth)
    try {
      // It reads its program while it waits for this.
      const token = await founding.tokenFor(berth.number)
      service.ask({ ask: 'open', opening: openingOf(berth, token, members, options) })
      const opened = await service.opened
      founding.opened(opened.token)
      berth.peer = opened.peer
      become(berth, 'running')
    } catch (error) {
      founding.failed(berth.number, error)
      // This one, and not who may have been started in its place meanwhile.
      service.signal('SIGKILL')
      await service.ended
      throw error
    }
  }

  return {
    start,
    become,
    end() {
      isEnding = true
    },
  }
}

/** Newcomers are told of so many others: one of them will answer. */
const seedsMax = 4

function openingOf(
  { number, name, dataDir }: Berth,
  token: string | undefined,
  members: readonly Berth[],
  { ports, switchboardPort, folder }: FleetOptions,
): Opening {
  const running = members.filter(({ state }) => state === 'running')
  return {
    number,
    name,
    dataDir,
    port: ports[number - 1]!,
    switchboardPort,
    peers: running.slice(0, seedsMax).map((seed) => `127.0.0.1:${ports[seed.number - 1]!}`),
    token,
    rootKeyFile: join(folder.path, 'root.pem'),
  }
}
