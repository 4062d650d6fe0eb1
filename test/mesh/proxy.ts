import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { openLine } from '../../packages/lab/src/lines/line.ts'
import type { Line } from '../../packages/lab/src/lines/line.ts'

/** One direction of one pair: what dials its port reaches the target, as the weather lets it. */
export interface Proxy extends Omit<Line, 'accept'> {
  readonly port: number
  close(): Promise<void>
}

export async function startProxy(targetPort: number): Promise<Proxy> {
  const line = openLine()
  const server = createServer({ allowHalfOpen: true }, (inbound) =>
    line.accept(inbound, () =>
      connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true }),
    ),
  )
  await listen(server)
  return {
    ...line,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        line.cut(() => true)
        server.close(() => resolve())
      }),
  }
}

const listen = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
