import { filledKey } from '../adapter.ts'
import type { Client } from '../adapter.ts'
import { openStage } from '../stage.ts'
import type { Work } from './work.ts'

const keys = 1_000
const inFlight = 64
const passesFromMemory = 1_000
const rounds = 5

/** Of every key in turn, in an order that is not theirs. */
export const read: Work = {
  name: 'read',
  figures: ['read'],
  limitMs: 120_000,
  async *run({ system, folder, amounts: { samples } }) {
    await using stage = await openStage(system, { folder, watchers: 0 })
    const { publisher } = stage
    await publisher.fill?.(keys)
    const asked = Array.from({ length: keys }, (_, index) => filledKey((index * 619) % keys))
    const isRequest = publisher.read(asked[0]!) instanceof Promise
    const passes = isRequest ? 5 : samples * (passesFromMemory / 100)
    const measure = isRequest ? byRequests : fromMemory
    for (let round = -2; round < rounds; round++) {
      const perSecond = await measure(publisher, asked, passes)
      if (round >= 0) yield { figure: 'read', samples: [perSecond] }
    }
  },
}

async function fromMemory(
  client: Client,
  asked: readonly string[],
  passes: number,
): Promise<number> {
  let found = 0
  const began = performance.now()
  for (let pass = 0; pass < passes; pass++) {
    for (const key of asked) if (client.read(key) !== undefined) found++
  }
  return rateOf(found, passes * asked.length, began)
}

async function byRequests(
  client: Client,
  asked: readonly string[],
  passes: number,
): Promise<number> {
  let found = 0
  let next = 0
  const wanted = passes * asked.length
  const ask = async (): Promise<void> => {
    while (next < wanted) {
      const key = asked[next++ % asked.length]!
      if ((await client.read(key)) !== undefined) found++
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: inFlight }, ask))
  return rateOf(found, wanted, began)
}

function rateOf(found: number, wanted: number, began: number): number {
  if (found !== wanted) throw new Error(`${found} reads of ${wanted} found their key`)
  return found / ((performance.now() - began) / 1_000)
}
