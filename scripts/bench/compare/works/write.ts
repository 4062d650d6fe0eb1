import { setTimeout as pause } from 'node:timers/promises'
import { valueFor } from '../payload.ts'
import { openStage } from '../stage.ts'
import type { Work } from './work.ts'

const key = 'bench/written'

/** One after another by one writer, until the system says that it is done. */
export const write: Work = {
  name: 'write',
  figures: ['write'],
  limitMs: 120_000,
  async *run({ system, folder, amounts: { samples } }) {
    await using stage = await openStage(system, { folder, watchers: 0 })
    const { publisher } = stage
    const took: number[] = []
    const warmUps = Math.min(50, samples)
    for (let done = -warmUps; done < 3 * samples; done++) {
      const began = performance.now()
      await publisher.write(key, valueFor(key, `${done}`))
      if (done >= 0) took.push(performance.now() - began)
    }
    yield { figure: 'write', samples: took }
  },
}

/** Of the floor alone: what every request and answer take at least. */
export const roundTrip: Work = {
  name: 'round-trip',
  figures: ['round-trip'],
  limitMs: 60_000,
  excused: ({ kind }) => (kind === 'floor' ? undefined : 'this is measured of the floor only'),
  async *run({ system, folder, amounts: { samples } }) {
    await using stage = await openStage(system, { folder, watchers: 1 })
    const [watcher] = stage.watchers
    await watcher!.watch('bench/', () => {})
    const took: number[] = []
    const warmUps = Math.min(50, samples)
    for (let done = -warmUps; done < 3 * samples; done++) {
      const began = performance.now()
      await watcher!.roundTrip!()
      if (done >= 0) took.push(performance.now() - began)
      await pause(1)
    }
    yield { figure: 'round-trip', samples: took }
  },
}
