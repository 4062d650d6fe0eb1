import type { Socket } from 'node:net'

/**
 * Ends a connection at once, as a cut does. A reset that meets an end which is being sent leaves the
 * connection open for good, in Node, and the process cannot exit: such a one is only closed.
 */
export function sever(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
