import { createServer } from 'node:net'
import type { Place } from './ground.ts'

/** Below those that systems give away for connections of their own. */
const portsFrom = 10_000
const portsTo = 32_000

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const free = new Set<number>()
  while (free.size < count) {
    const port = portsFrom + Math.floor(Math.random() * (portsTo - portsFrom))
    if (await isFree(port)) free.add(port)
  }
  return [...free]
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** Peers side by side, with nothing in between. Each is told of all others, or of the first only. */
export async function loopback(
  count: number,
  knows: 'all' | 'first' = 'all',
): Promise<readonly Place[]> {
  const addresses = (await freePorts(count)).map((port) => `127.0.0.1:${port}`)
  return addresses.map((address) => ({
    listen: [address],
    peers: (knows === 'all' ? addresses : addresses.slice(0, 1)).filter((one) => one !== address),
  }))
}
