import { openEar, openStage } from '../stage.ts'
import { heardMs } from './last.ts'
import { startSpending } from './spending.ts'
import type { Work } from './work.ts'

const watchers = 10
/** The kernel counts the time of other processes in steps of 10 ms. */
const updatesPerSample = 200

/** One update after another, the next as soon as the last watcher has the one before. */
export const cpu: Work = {
  name: 'cpu',
  figures: ['cpu'],
  limitMs: 180_000,
  async *run({ system, folder, amounts: { samples } }) {
    await using stage = await openStage(system, { folder, watchers })
    const ear = await openEar(stage, 'bench/')
    for (let done = 0; done < samples / 2; done++) await heardMs(stage, ear, `warm ${done}`)
    const updates = Math.min(updatesPerSample, 2 * samples)
    const spent = startSpending(stage)
    for (let done = 0; done < updates; done++) await heardMs(stage, ear, `${done}`)
    yield { figure: 'cpu', samples: [(spent() * 1_000) / (updates * watchers)] }
  },
}
