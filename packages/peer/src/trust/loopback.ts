import { isIP } from 'node:net'
import { MeshError } from '@grapevine/core'

/**
 * An open mesh has no doors: whoever reaches its port is a member. So nobody but this machine reaches
 * it, whatever anybody configures.
 */
export function checkLoopback(listen: readonly string[]): void {
  const beyond = listen.find((address) => !isLoopback(hostOf(address)))
  if (beyond === undefined) return
  throw new MeshError(
    'OPTION_INVALID',
    `cannot listen on ${beyond}: an open mesh has no doors, and whoever reaches it may read and write all; make a closed one with foundMesh, or join one with a token as \`join\``,
    { listen: beyond },
  )
}

/** Of `host:port`, `[::1]:port` or a multiaddr; a text that is no address is left to whoever listens. */
function hostOf(address: string): string {
  if (address.startsWith('/')) return address.split('/')[2] ?? ''
  return address.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}
