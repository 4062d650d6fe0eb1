import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below those that systems give away for connections of their own, so that they stay free for a restart. */
const portsFrom = 10_000
const portsTo = 32_000

/** Ports of this machine that were free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const free = new Set<number>()
  while (free.size < count) {
    const port = portsFrom + Math.floor(Math.random() * (portsTo - portsFrom))
    if (await isFree(port)) free.add(port)
  }
  return [...free]
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  server.listen({ port, host: '127.0.0.1', exclusive: true })
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  const closed = once(server, 'close')
  server.close()
  await closed
  return true
}
