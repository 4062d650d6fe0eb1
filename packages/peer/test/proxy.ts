import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A line between two peers that a test can cut, or let go dead without a word. */
export interface Proxy {
  readonly address: string
  /** Ends all connections, and refuses new ones. */
  cut(): void
  /** Nothing passes any more, and nobody is told. New connections are taken, and left alone. */
  silence(): void
  heal(): void
  close(): Promise<void>
}

type Mood = 'open' | 'cut' | 'silent'

export async function startProxy(target: { host: string; port: number }): Promise<Proxy> {
  let mood: Mood = 'open'
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    keep(near)
    if (mood === 'cut') near.resetAndDestroy()
    if (mood === 'silent') near.pause()
    if (mood !== 'open') return
    const far = connect(target)
    keep(far)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => {
        if (!to.write(bytes)) from.pause()
      })
      to.on('drain', () => mood !== 'silent' && from.resume())
      from.on('close', () => to.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      mood = 'cut'
      for (const socket of sockets) socket.resetAndDestroy()
    },
    silence() {
      mood = 'silent'
      for (const socket of sockets) socket.pause()
    },
    heal() {
      mood = 'open'
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}
