import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** Stands before a port and counts what is said to it and answered by it, in bytes. */
export interface CountingProxy extends AsyncDisposable {
  readonly port: number
  bytes(): number
}

/** Before each of these ports, or none, where nobody counts. */
export const proxiesFor = async (
  ports: readonly number[],
  isCounted: boolean,
): Promise<readonly CountingProxy[]> =>
  isCounted ? Promise.all(ports.map(startCountingProxy)) : []

async function startCountingProxy(target: number): Promise<CountingProxy> {
  let counted = 0
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (inbound) => {
    const outbound = connect({ host: '127.0.0.1', port: target, noDelay: true })
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => (counted += chunk.length))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => counted,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
      if (server.listening) await once(server, 'close')
    },
  }
}
