import { machineMs } from '../clock.ts'
import { valueFor } from '../payload.ts'
import { openEar, openStage } from '../stage.ts'
import type { Ear, Heard, Stage } from '../stage.ts'
import { startSpending } from './spending.ts'
import type { Work } from './work.ts'

const watchers = 10
const bursts = 3
const lateMs = 30_000

/** All at once: nobody waits for anything before the next update. */
export const burst: Work = {
  name: 'burst',
  figures: ['burst', 'burst-lost', 'burst-cpu'],
  limitMs: 240_000,
  async *run({ system, folder, amounts: { burst: count } }) {
    await using stage = await openStage(system, { folder, watchers })
    const ear = await openEar(stage, 'burst/')
    await burstOf(stage, ear, 'warm', Math.min(count, 100))
    for (let round = 0; round < bursts; round++) {
      const began = machineMs()
      const spent = startSpending(stage)
      const { atMs, lost } = await burstOf(stage, ear, String(round), count)
      const processorMs = spent()
      yield { figure: 'burst-lost', samples: [lost] }
      if (lost > 0) continue
      yield { figure: 'burst', samples: [atMs - began] }
      yield { figure: 'burst-cpu', samples: [(processorMs * 1_000) / (count * watchers)] }
    }
  },
}

async function burstOf(stage: Stage, ear: Ear, mark: string, count: number): Promise<Heard> {
  const { publisher } = stage
  const publish = publisher.publish ?? publisher.write
  const keys = Array.from({ length: count }, (_, index) => `burst/${mark}-${index}`)
  const values = keys.map((key) => valueFor(key, key))
  const heard = ear.lastOf(values, lateMs)
  const published = Promise.all(keys.map((key, index) => publish(key, values[index]!)))
  const [all] = await Promise.all([heard, published])
  return all
}
