import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** The least that a release to so many others could cost: its bytes, down one socket for each. */
export interface FanOut extends AsyncDisposable {
  /** Writes so many messages to everybody; resolves with the moment when the last has the last. */
  send(bytes: Uint8Array, count?: number): Promise<number>
}

export async function openFanOut(receivers: number): Promise<FanOut> {
  const server = createServer({ noDelay: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const senders: Socket[] = []
  const received: Socket[] = []
  server.on('connection', (socket) => senders.push(socket))
  while (received.length < receivers) {
    const socket = connect({ port, noDelay: true })
    const accepted = once(server, 'connection')
    await Promise.all([once(socket, 'connect'), accepted])
    received.push(socket)
  }
  return {
    async send(bytes, count = 1) {
      const all = received.map((socket) => untilRead(socket, bytes.length * count))
      for (let sent = 0; sent < count; sent++) for (const socket of senders) socket.write(bytes)
      return Math.max(...(await Promise.all(all)))
    },
    async [Symbol.asyncDispose]() {
      for (const socket of [...received, ...senders]) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function untilRead(socket: Socket, bytes: number): Promise<number> {
  return new Promise((resolve) => {
    let lacking = bytes
    const take = (chunk: Buffer): void => {
      lacking -= chunk.length
      if (lacking > 0) return
      socket.off('data', take)
      resolve(performance.now())
    }
    socket.on('data', take)
  })
}
