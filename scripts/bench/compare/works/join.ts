import { setTimeout as pause } from 'node:timers/promises'
import { machineMs } from '../clock.ts'
import { within } from '../../peer/waiting.ts'
import type { Client } from '../adapter.ts'
import { openStage } from '../stage.ts'
import type { Work } from './work.ts'

const joins = 5

/** Comes for the first time, to a publisher and two others, in a process that has its code already. */
export const join: Work = {
  name: 'join',
  figures: ['join'],
  limitMs: 120_000,
  async *run({ system, folder, amounts: { keys } }) {
    await using stage = await openStage(system, { folder, watchers: 2 })
    await stage.publisher.fill?.(keys)
    for (let done = 0; done < joins; done++) {
      const began = machineMs()
      const newcomer = await stage.join()
      await within('a newcomer', untilHeld(newcomer, keys))
      yield { figure: 'join', samples: [machineMs() - began] }
    }
  },
}

async function untilHeld(newcomer: Client, keys: number): Promise<void> {
  if (newcomer.count === undefined) throw new Error('it cannot be asked for many keys')
  while ((await newcomer.count('filled/')) < keys) await pause(2)
}
