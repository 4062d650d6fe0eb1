import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** A port of this machine, or a socket. */
export type Where = { readonly port: number } | { readonly path: string }

export interface Heard {
  /** NaN: the connection ended without an answer. */
  readonly status: number
  /** Status line and headers, as they came. */
  readonly head: string
  readonly body: string
}

/** Says something that no HTTP library would let through, to the letter, and hears all that comes back. */
export async function say(where: Where, text: string | Uint8Array): Promise<Heard> {
  const socket = await dial(where)
  socket.write(text)
  return hearing(socket)
}

export async function dial(where: Where): Promise<Socket> {
  const socket = 'port' in where ? connect(where.port, '127.0.0.1') : connect(where.path)
  await once(socket, 'connect')
  return socket
}

/** Until the other side ends the connection; whoever is told to go away may also be cut off. */
export async function hearing(socket: Socket): Promise<Heard> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('close', resolve))
  return heardIn(Buffer.concat(chunks).toString())
}

export function heardIn(text: string): Heard {
  const end = text.indexOf('\r\n\r\n')
  const [head, body] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 4)]
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(head) ?? []
  return { status: Number(status), head, body }
}

/** A request with exactly these headers, one a line. */
export function request(line: string, headers: readonly string[], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  return `${[`${line} HTTP/1.1`, ...headers, ...length, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`
}

/** So many tries, some at a time; each answer is counted by its status. */
export async function volley(
  tries: number,
  one: (at: number) => Promise<Heard>,
): Promise<{
  readonly statuses: ReadonlyMap<number, number>
  readonly heads: ReadonlySet<string>
}> {
  const statuses = new Map<number, number>()
  const heads = new Set<string>()
  let next = 0
  const shoot = async (): Promise<void> => {
    while (next < tries) {
      const { status, head } = await one((next += 1))
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      for (const line of head.split('\r\n')) heads.add(line.split(':')[0]!.toLowerCase())
    }
  }
  await Promise.all(Array.from({ length: atOnce }, shoot))
  return { statuses, heads }
}

const atOnce = 32
