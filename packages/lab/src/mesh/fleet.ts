import { rm } from 'node:fs/promises'
import { MeshError } from '@grapevine/core'
import type { PeerDeed } from '../wire.js'
import { emptyBerth, kill, nothingYet, stop } from './berth.js'
import type { Berth } from './berth.js'
import { createBoarding } from './boarding.js'
import type { FleetOptions } from './boarding.js'

/** All peers of a lab, by their numbers. */
export interface Fleet {
  readonly members: readonly Berth[]
  /** `start`: resolves once it answers. `stop`: once its process has ended by itself. */
  carryOut(this: void, deed: PeerDeed, number: number): Promise<void>
  /** It is gone, and its disk with it: who is started there next is somebody new. */
  wipe(this: void, number: number): Promise<void>
  /** Asks the first of them to write what has to wait until all are there. */
  seal(this: void): void
  /** No process is left. */
  end(this: void): Promise<void>
}

export function createFleet(options: FleetOptions): Fleet {
  const members = options.ports.map((_, index) => emptyBerth(index + 1, options.folder))
  const { start, become, end } = createBoarding(options, members)

  function halt(berth: Berth, signal: 'SIGSTOP' | 'SIGCONT'): void {
    const { service, state, name, number } = berth
    if (service === undefined || (state !== 'running' && state !== 'paused')) {
      const next = `grapevine lab start ${number}`
      throw new MeshError('REQUEST_INVALID', `${name} is ${state}, and does not run: ${next}`)
    }
    service.signal(signal)
    become(berth, signal === 'SIGSTOP' ? 'paused' : 'running')
  }

  const deeds: Readonly<Record<PeerDeed, (berth: Berth) => Promise<void> | void>> = {
    start(berth) {
      berth.isEnded = false
      return start(berth)
    },
    kill(berth) {
      berth.isEnded = true
      return kill(berth)
    },
    stop(berth) {
      berth.isEnded = true
      return stop(berth)
    },
    pause: (berth) => halt(berth, 'SIGSTOP'),
    resume: (berth) => halt(berth, 'SIGCONT'),
  }
  return {
    members,
    carryOut: async (deed, number) => deeds[deed](members[number - 1]!),
    async wipe(number) {
      const berth = members[number - 1]!
      await kill(berth)
      await rm(berth.dataDir, { recursive: true, force: true, maxRetries: 5 })
      berth.report = nothingYet
      options.onChange(undefined)
    },
    seal: () => members[0]?.service?.ask({ ask: 'seal' }),
    async end() {
      end()
      await Promise.all(members.map(kill))
    },
  }
}
