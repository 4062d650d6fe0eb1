import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { PeerOptions } from '@grapevine/peer'
import { within } from './waiting.ts'

/** What a process that holds a peer does when it is told. */
export interface Orders {
  /** Says that it runs. */
  start(): Promise<{ readonly atMs: number }>
  /** Answers when the first read was answered. */
  open(options: PeerOptions): Promise<{
    readonly atMs: number
    readonly importMs: number
    readonly openMs: number
  }>
  /** From now on it tells of each change below a prefix. */
  tell(prefix: string): Promise<void>
  /** Answers once it is durable with when it began. */
  set(entry: { readonly key: string; readonly value: number }): Promise<{ readonly atMs: number }>
  fill(state: { readonly keys: number; readonly perRelease: number }): Promise<void>
  status(): Promise<MemberStatus>
  usage(): Promise<{ readonly residentBytes: number; readonly processorMs: number }>
  /** Reads from a port, and tells of each message of so many bytes. */
  drain(socket: { readonly port: number; readonly bytes: number }): Promise<void>
  close(): Promise<void>
}

interface MemberStatus {
  readonly addresses: readonly string[]
  readonly links: number
}

export interface Asked {
  readonly id: number
  readonly order: keyof Orders
  readonly argument: unknown
}

type Answer =
  | { readonly id: number; readonly answer?: unknown; readonly error?: string }
  | { readonly key: string; readonly atMs: number }

type Argument<Order extends keyof Orders> = Parameters<Orders[Order]>

export interface Member extends AsyncDisposable {
  ask<Order extends keyof Orders>(
    order: Order,
    ...argument: Argument<Order>
  ): ReturnType<Orders[Order]>
  /** Calls with each change that it tells of. */
  onTold(told: (key: string, atMs: number) => void): void
}

/** What some orders may take: a store is filled with a hundred thousand signatures. */
const patienceMs = 300_000

export async function addressesOfMember(member: Member): Promise<readonly string[]> {
  return (await untilStatus(member, ({ addresses }) => addresses.length > 0)).addresses
}

/** Asks again and again. */
export async function untilStatus(
  member: Member,
  isSo: (status: MemberStatus) => boolean,
): Promise<MemberStatus> {
  const look = async (): Promise<MemberStatus> => {
    for (;;) {
      const status = await member.ask('status')
      if (isSo(status)) return status
      await pause(10)
    }
  }
  return within('a member on its way', look())
}

/** The same clock as in the other processes of this machine, in milliseconds. */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6

export function startMember(): Member {
  const child = fork(fileURLToPath(new URL('member.mjs', import.meta.url)), { execArgv: [] })
  const waiting = new Map<number, (answer: Extract<Answer, { readonly id: number }>) => void>()
  let hear = (_key: string, _atMs: number): void => {}
  let asked = 0
  child.on('message', (answer: Answer) => {
    if ('key' in answer) return hear(answer.key, answer.atMs)
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })

  async function ask(order: keyof Orders, argument?: unknown): Promise<unknown> {
    const id = (asked += 1)
    const answered = new Promise<Extract<Answer, { readonly id: number }>>((resolve) => {
      waiting.set(id, resolve)
    })
    child.send({ id, order, argument } satisfies Asked)
    const { answer, error } = await within(order, answered, patienceMs)
    if (error !== undefined) throw new Error(`${order}: ${error}`)
    return answer
  }

  return {
    ask: ask as Member['ask'],
    onTold(told) {
      hear = told
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}
