import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { MeshError } from '@grapevine/core'

/** Names of this machine that nobody else can answer to. */
const hosts: ReadonlyMap<string, string> = new Map([
  ['', '127.0.0.1'],
  ['127.0.0.1', '127.0.0.1'],
  ['localhost', '127.0.0.1'],
  ['[::1]', '::1'],
])

export interface Loopback {
  readonly host: string
  readonly port: number
}

/** Reads `127.0.0.1:7654`, `:7654` or `[::1]:7654`; nothing beyond this machine can be named. */
export function loopbackOf(listen: string): Loopback {
  const [, name = '', digits = ''] = /^(.*):(\d{1,5})$/.exec(listen) ?? []
  const host = hosts.get(name)
  const port = Number(digits)
  if (host !== undefined && digits !== '' && port <= 65_535) return { host, port }
  throw new MeshError(
    'OPTION_INVALID',
    `the API cannot listen on ${JSON.stringify(listen)}: write 127.0.0.1:7654, [::1]:7654, or port 0 for a free one; it is for this machine only, and whoever needs it from afar brings a tunnel`,
    { listen },
  )
}

/** Nobody else can listen there as well; a port that is taken is told, and never taken over. */
export async function listenOnLoopback(server: Server, { host, port }: Loopback): Promise<number> {
  server.listen({ host, port, exclusive: true })
  try {
    await once(server, 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const why = reasons.get(code) ?? `the system answers ${code}`
    const listen = `${host}:${port}`
    throw new MeshError('LISTEN_FAILED', `the API cannot listen on ${listen}: ${why}`, { listen })
  }
  return (server.address() as AddressInfo).port
}

const reasons: ReadonlyMap<string, string> = new Map([
  [
    'EADDRINUSE',
    'another process listens there (EADDRINUSE), and callers would show it their token: find out whose it is, or take another port',
  ],
  ['EACCES', 'this user may not listen there (EACCES): use a port above 1023'],
  ['EADDRNOTAVAIL', 'this machine has no such address (EADDRNOTAVAIL)'],
])

/** What a browser or a client calls this API, to the letter; all else is somebody's trick. */
export const namesAt = (port: number): ReadonlySet<string> =>
  new Set(['127.0.0.1', 'localhost', '[::1]'].map((host) => `${host}:${port}`))
