import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inspect, live } from '../../test/store/lives.js'
import { dice } from '../../test/store/damage.js'
import { temporaryFolder } from '../../test/store/temporary.js'
import type { StoreStep } from './open-sound.js'

const folder = temporaryFolder()

/** In the order in which a life passes them; each with how often it may pass before it dies. */
const steps: readonly (readonly [StoreStep, number])[] = [
  ['kept aside', 1],
  ['opened', 1],
  ['verified', 1],
  ['let go', 1],
  ['before batch', 3],
  ['after batch', 30],
  ['after tail', 7],
  ['before rename', 2],
]

describe('a process that is killed', () => {
  it('at random, fifty times, loses nothing that it acknowledged, and shows nothing torn', async () => {
    // Each process writes into five stores: they die together.
    const stores = Array.from({ length: 5 }, (_, n) => folder(`${n}`))
    const roll = dice(50)
    let acknowledged = 0
    for (let kill = 0; kill < 10; kill++) {
      const heads = await live(stores, { acknowledged: 1 + roll(500) })
      for (const [index, store] of stores.entries()) {
        // Killed before it was made, it is not there; and was not acknowledged.
        if (heads[index] === 0 && !existsSync(store)) continue
        acknowledged = Math.max(acknowledged, await inspect(store, heads[index] ?? 0))
      }
    }
    expect(acknowledged).toBeGreaterThan(100)
  }, 180_000)

  it('at each step in turn, opens again as if nothing had happened', async () => {
    const store = folder()
    for (const [step, at] of steps) {
      // Twice: what a life leaves half done, the next one meets.
      for (let again = 0; again < 2; again++) {
        const [head = 0] = await live([store], { die: { step, at } })
        expect(await inspect(store, head), step).toBeGreaterThanOrEqual(head)
      }
    }
  }, 180_000)
})
