import { spawnSource } from '../mesh/source.ts'
import type { Deeds } from '../../packages/peer/test/hostile/deeds.ts'
import type { Order, Report } from '../../packages/peer/test/hostile/program.ts'

/** A hostile process: the mind is the test, the body is its own. */
export type Villain = {
  readonly [Name in keyof Deeds]: (
    ...args: Parameters<Deeds[Name]>
  ) => Promise<Awaited<ReturnType<Deeds[Name]>>>
} & AsyncDisposable

const program = new URL('../../packages/peer/test/hostile/program.ts', import.meta.url)

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

export async function startVillain(): Promise<Villain> {
  const child = await spawnSource(program, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, Waiting>()
  let last = 0
  child.on('message', (report: Report) => {
    const call = waiting.get(report.number)
    waiting.delete(report.number)
    if ('error' in report) call?.reject(new Error(report.error))
    else call?.resolve(report.answer)
  })
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => {
      for (const { reject } of waiting.values()) reject(new Error('the villain is gone'))
      resolve()
    })
  })
  const order = (name: Order['name'], args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      last += 1
      waiting.set(last, { resolve, reject })
      const whole: Order = { number: last, name, args }
      child.send(whole, () => {})
    })
  const dispose = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  return new Proxy({} as Villain, {
    get(_, name) {
      if (name === Symbol.asyncDispose) return dispose
      // Whoever awaits a villain waits for no deed of his.
      if (name === 'then') return undefined
      return (...args: readonly unknown[]) => order(name as Order['name'], args)
    },
  })
}
