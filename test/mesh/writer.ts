import { MeshError } from '@grapevine/core'
import type { Peer } from '@grapevine/peer'
import { randomOf } from '../../packages/sim/src/random.ts'
import type { Write } from './ledger.ts'
import { textOf } from './text.ts'
import { passed } from './until.ts'

export interface WritingPlan {
  /** Begins every value, so that each is written once: a writer that starts again takes another. */
  readonly name: string
  readonly keys: readonly string[]
  readonly seed: number
  /** How many; then it is over. */
  readonly count?: number
  /** Share of the writes that are removes. */
  readonly removes?: number
  /** How long to wait between two writes. */
  readonly everyMs?: number
  /** Makes values longer. */
  readonly paddingBytes?: number
}

/** Told in this order, and each is under way before the next thing happens. */
export type WriteEvent =
  | { readonly told: 'asked'; readonly write: Write }
  | { readonly told: 'acknowledged'; readonly value: string; readonly release: string }
  | { readonly told: 'declined'; readonly value: string }
  | { readonly told: 'failed'; readonly value: string; readonly code: string }

export interface Writing {
  readonly done: Promise<number>
  stop(): void
}

/** Writes one release after the other, each once the one before was acknowledged. */
export function startWriting(
  peer: Peer,
  plan: WritingPlan,
  tell: (event: WriteEvent) => Promise<void>,
): Writing {
  const random = randomOf(plan.seed, plan.name)
  const { count = Infinity, removes = 0, everyMs = 0, paddingBytes = 0 } = plan
  const padding = paddingBytes === 0 ? '' : ` ${'x'.repeat(paddingBytes)}`
  let isStopped = false

  async function writeOne(number: number): Promise<void> {
    const key = random.pick(plan.keys)
    const isRemove = peer.has(key) && random.chance(removes)
    const value = `${plan.name}#${number}${padding}`
    const entry = peer.entry(key)
    const saw =
      entry === undefined ? [] : [entry, ...entry.others].map((head) => textOf(head.value))
    await tell({ told: 'asked', write: { key, value, isRemove, saw } })
    // The mesh may have moved on since: then this is not the write that was told.
    const options = { ifMatch: entry?.version ?? null }
    try {
      const { name } = await (isRemove ? peer.remove(key, options) : peer.set(key, value, options))
      await tell({ told: 'acknowledged', value, release: name })
    } catch (error) {
      if (!(error instanceof MeshError)) throw error
      const isDeclined = error.code === 'IF_MATCH_FAILED'
      await tell(
        isDeclined ? { told: 'declined', value } : { told: 'failed', value, code: error.code },
      )
      if (!isDeclined) isStopped = true
    }
  }

  async function run(): Promise<number> {
    let number = 0
    while (number < count && !isStopped) {
      await writeOne(number++)
      if (everyMs > 0) await passed(everyMs)
    }
    return number
  }
  return { done: run(), stop: () => void (isStopped = true) }
}
