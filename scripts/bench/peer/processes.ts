import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { PeerOptions } from '@grapevine/peer'
import { startAnswering } from './answering.ts'
import type { Answering } from './answering.ts'
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

export type { Asked } from './answering.ts'

export type Member = Answering<Orders>

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

export const startMember = (): Member =>
  startAnswering<Orders>(fileURLToPath(new URL('member.mjs', import.meta.url)))
