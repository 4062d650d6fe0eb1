import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import type { Figure } from '../../measure.ts'
import { until } from '../peer/waiting.ts'
import { openClosedMesh } from './closed.ts'

const tries = 10_000
const atOnce = 64

/** Strangers at the door, as many as come, while somebody with a badge comes in. */
export async function* outsiders(): AsyncGenerator<Figure> {
  await using mesh = await openClosedMesh(3)
  const { admin } = mesh
  const { port, host } = tcpOf(admin.status().addresses[0]!)
  const before = linksMade(admin)
  const attack = knockAll(host, port)
  const began = performance.now()
  const member = await mesh.join('newcomer')
  await until('the newcomer is linked with all', () => member.status().links === 3, 60_000)
  const joinMs = performance.now() - began
  const stillOpen = await attack
  yield {
    what: `outsiders let in, of ${tries.toLocaleString('en')} who tried`,
    unit: 'outsiders',
    rounds: [linksMade(admin) - before - 1],
    goal: { of: 'median', atMost: 0 },
  }
  yield {
    what: 'their sockets that were not closed within 4 s',
    unit: 'outsiders',
    rounds: [stillOpen],
    goal: { of: 'median', atMost: 0 },
  }
  yield {
    what: 'until a member that comes meanwhile is linked with all three',
    unit: 'ms',
    rounds: [joinMs],
    goal: { of: 'median', atMost: 5_000 },
  }
}

const linksMade = (peer: { status(): { counters: Readonly<Record<string, number>> } }): number =>
  peer.status().counters['linksMade'] ?? 0

function tcpOf(address: string): { readonly host: string; readonly port: number } {
  const [, , host, , port] = address.split('/')
  return { host: host!, port: Number(port) }
}

/** Answers how many were still connected long after they should not be. */
async function knockAll(host: string, port: number): Promise<number> {
  let left = tries
  let stillOpen = 0
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      if (!(await knock(host, port, kinds[left % kinds.length]!))) stillOpen += 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return stillOpen
}

/** Garbage; a nonce and garbage; half a nonce; what everybody says in clear; an HTTP request. */
const kinds: readonly (() => Uint8Array)[] = [
  () => randomBytes(200),
  () => randomBytes(24 + 20),
  () => randomBytes(11),
  () => Buffer.from('\u0013/multistream/1.0.0\n'),
  () => Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
]

const patienceMs = 4_000

/** true: it was shown the door in time. */
const knock = (host: string, port: number, says: () => Uint8Array): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, host)
    const timer = setTimeout(() => {
      socket.destroy()
      resolve(false)
    }, patienceMs)
    socket.on('connect', () => void socket.write(says()))
    socket.on('data', () => {})
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
