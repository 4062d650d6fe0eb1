import { generateKeyPairSync, sign } from 'node:crypto'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { openPeer } from '@grapevine/peer'
import { median, quantile } from '../../measure.ts'
import type { Figure } from '../../measure.ts'
import { meshName } from './mesh.ts'
import { temporary } from './temporary.ts'

const warmUps = 5
const rounds = 9
const perRound = 100

/** One after another, each turn with the floor right before it: a disk has moods. */
export async function* writes(): AsyncGenerator<Figure> {
  using folder = temporary()
  await using peer = await openPeer({ dataDir: folder.at('peer'), mesh: meshName })
  using least = openLeast(folder.at('floor'))
  const floors: number[][] = []
  const sets: number[][] = []
  for (let round = -warmUps; round < rounds; round++) {
    const [floor, set]: [number[], number[]] = [[], []]
    for (let done = 0; done < perRound; done++) {
      floor.push(await took(() => least.write()))
      set.push(await took(() => peer.set(`orders/limit-${done}`, { round, done })))
    }
    if (round < 0) continue
    floors.push(floor)
    sets.push(set)
  }
  const figure = (name: string, of: (sample: readonly number[]) => number): Figure => ({
    what: `set until durable, ${name} (floor: fsync of 100 B and a signature)`,
    unit: 'ms',
    rounds: sets.map(of),
    floor: median(floors.map(of)),
  })
  yield { ...figure('p50', median), goal: { of: 'ratio', atMost: 2 } }
  yield figure('p99', (sample) => quantile(sample, 0.99))
}

async function took(work: () => unknown): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** What no durable signed write can go without. */
function openLeast(file: string): Disposable & { write(): void } {
  const { privateKey } = generateKeyPairSync('ed25519')
  const bytes = Buffer.alloc(100, 7)
  const descriptor = openSync(file, 'a')
  return {
    write() {
      sign(null, bytes, privateKey)
      writeSync(descriptor, bytes)
      fsyncSync(descriptor)
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  }
}
