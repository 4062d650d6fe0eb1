import { fork } from 'node:child_process'
import { once } from 'node:events'
import { within } from './waiting.ts'

/** A process that does what it is told, order by order, and tells of what it sees. */
export interface Answering<Orders> extends AsyncDisposable {
  readonly pid: number
  ask<Order extends keyof Orders>(
    order: Order,
    ...argument: Argument<Orders, Order>
  ): Promise<Answered<Orders, Order>>
  /** Calls with each change that it tells of. */
  onTold(told: (key: string, atMs: number, value: string | undefined) => void): void
}

type Argument<Orders, Order extends keyof Orders> = Orders[Order] extends (
  ...argument: infer Given
) => unknown
  ? Given
  : never

type Answered<Orders, Order extends keyof Orders> = Orders[Order] extends (
  ...argument: never[]
) => infer Given
  ? Awaited<Given>
  : never

export interface Asked {
  readonly id: number
  readonly order: string
  readonly argument: unknown
}

interface Answer {
  readonly id: number
  readonly answer?: unknown
  readonly error?: string
}

type Said = Answer | { readonly key: string; readonly atMs: number; readonly value?: string }

/** What some orders may take: a store is filled with a hundred thousand signatures. */
const patienceMs = 300_000

export function startAnswering<Orders>(
  file: string,
  args: readonly string[] = [],
): Answering<Orders> {
  const child = fork(file, args, { execArgv: [] })
  const waiting = new Map<number, (answer: Answer) => void>()
  let hear: Parameters<Answering<Orders>['onTold']>[0] = () => {}
  let asked = 0
  child.on('message', (said: Said) => {
    if ('key' in said) return hear(said.key, said.atMs, said.value)
    waiting.get(said.id)?.(said)
    waiting.delete(said.id)
  })
  child.on('exit', (code, signal) => {
    for (const [id, answer] of waiting) answer({ id, error: `it ended with ${signal ?? code}` })
    waiting.clear()
  })
  // Whoever asks it hears from the end of the process that it could not be told.
  child.on('error', () => {})
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null

  async function ask(order: PropertyKey, argument?: unknown): Promise<unknown> {
    if (hasEnded()) throw new Error(`${String(order)}: it has ended`)
    const id = (asked += 1)
    const answered = new Promise<Answer>((resolve) => {
      waiting.set(id, resolve)
    })
    child.send({ id, order: String(order), argument } satisfies Asked)
    const { answer, error } = await within(String(order), answered, patienceMs)
    if (error !== undefined) throw new Error(`${String(order)}: ${error}`)
    return answer
  }

  return {
    pid: child.pid!,
    ask: ask as unknown as Answering<Orders>['ask'],
    onTold(told) {
      hear = told
    },
    async [Symbol.asyncDispose]() {
      if (hasEnded()) return
      const exited = once(child, 'exit')
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
