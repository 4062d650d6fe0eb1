import { setTimeout as pause } from 'node:timers/promises'
import { machineMs } from '../clock.ts'
import { valueFor } from '../payload.ts'
import { openEar, openStage } from '../stage.ts'
import type { Ear, Stage } from '../stage.ts'
import type { Work } from './work.ts'

const key = 'bench/last'
const lateMs = 30_000

/** One update at a time, until the last watcher has it; rests lie between them. */
const lastOf = (watchers: number, isApart: boolean): Work => {
  const name = `last-${watchers}${isApart ? '-apart' : ''}`
  return {
    name,
    figures: [name],
    // Hundreds of connections, both ends of each in one process.
    limitMs: watchers > 10 ? 400_000 : 180_000,
    async *run({ system, folder, amounts: { samples, restMs } }) {
      await using stage = await openStage(system, { folder, watchers, isApart })
      const ear = await openEar(stage, 'bench/')
      const took: number[] = []
      const warmUps = Math.min(20, samples)
      for (let done = -warmUps; done < samples; done++) {
        const sample = await heardMs(stage, ear, `${done}`)
        if (done >= 0) took.push(sample)
        await pause(restMs)
      }
      yield { figure: name, samples: took }
    },
  }
}

/** What it takes until the last watcher has this. */
export async function heardMs(stage: Stage, ear: Ear, mark: string): Promise<number> {
  const { publisher } = stage
  const value = valueFor(key, mark)
  const heard = ear.lastOf([value], lateMs)
  const began = machineMs()
  const published = (publisher.publish ?? publisher.write)(key, value)
  const [{ atMs, lost }] = await Promise.all([heard, published])
  if (lost > 0) throw new Error(`${lost} watchers never heard of ${mark}`)
  return atMs - began
}

export const lasts: readonly Work[] = [
  lastOf(3, false),
  lastOf(10, false),
  lastOf(50, false),
  lastOf(3, true),
  lastOf(10, true),
]
