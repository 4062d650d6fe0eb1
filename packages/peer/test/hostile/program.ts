/**
 * A process that does harm, as a test tells it to. It speaks libp2p as any program could, and does with
 * keys and badges whatever it is given. When whoever started it is gone, so is this process.
 */
import { createDeeds } from './deeds.js'
import type { Deeds } from './deeds.js'

export interface Order {
  readonly number: number
  readonly name: keyof Deeds
  readonly args: readonly unknown[]
}

export type Report =
  | { readonly number: number; readonly answer: unknown }
  | { readonly number: number; readonly error: string }

const deeds = createDeeds()

async function carryOut({ number, name, args }: Order): Promise<void> {
  const deed = deeds[name] as (...args: readonly unknown[]) => unknown
  const report = await Promise.resolve()
    .then(() => deed(...args))
    .then(
      (answer): Report => ({ number, answer }),
      (error: unknown): Report => ({ number, error: wordsOf(error) }),
    )
  process.send?.(report)
}

/** Streams that end tell so by an event, where one would expect an error. */
const wordsOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : 'its stream was closed'

process.on('message', (order: Order) => void carryOut(order))
process.on('disconnect', () => process.exit(0))
// A connection that breaks under it is what it came for.
process.on('unhandledRejection', () => {})
process.on('uncaughtException', () => {})
