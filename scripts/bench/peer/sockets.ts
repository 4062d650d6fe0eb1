import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** Counts what goes through the TCP sockets of this process: whatever is said, by whichever protocol. */
const sockets = new Set<Socket>()
const closed = { read: 0, written: 0 }

function count(message: unknown): void {
  const { socket } = message as { readonly socket: Socket }
  sockets.add(socket)
  socket.once('close', () => {
    sockets.delete(socket)
    closed.read += socket.bytesRead
    closed.written += socket.bytesWritten
  })
}

/** From here on; sockets that were made before are not counted. */
export function countSockets(): void {
  subscribe('net.client.socket', count)
  subscribe('net.server.socket', count)
}

export function bytesRead(): number {
  return [...sockets].reduce((sum, socket) => sum + socket.bytesRead, closed.read)
}

export function bytesWritten(): number {
  return [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, closed.written)
}
