import { isIP } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import type { Component, Multiaddr } from '@multiformats/multiaddr'
import { addressesOf } from './names.js'

/** A host and a port as people write them: `host:port`, `[::1]:port`, `:port`. */
interface HostPort {
  readonly host: string
  readonly port: number
}

/** The address, or undefined where the text is none. */
export function parseMultiaddr(text: string): Multiaddr | undefined {
  if (!text.startsWith('/')) return undefined
  try {
    return multiaddr(text)
  } catch {
    return undefined
  }
}

function parseHostPort(text: string): HostPort | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:/\s]*)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535) return undefined
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined
  return { host: bracketed ?? plain ?? '', port }
}

/** What to listen on for what a user wrote; undefined: it is no address. */
export async function listenAddresses(text: string): Promise<readonly string[] | undefined> {
  if (parseMultiaddr(text) !== undefined) return [text]
  const parsed = parseHostPort(text)
  if (parsed === undefined) return undefined
  const { host, port } = parsed
  if (host === '' || host === '*') return [tcpAddress('0.0.0.0', port)]
  return (await addressesOf(host)).map((ip) => tcpAddress(ip, port))
}

/** What others are told for what a user wrote; undefined: it is no address. */
export function announceAddress(text: string): string | undefined {
  const address = parseMultiaddr(text)
  if (address !== undefined) return bareAddress(address)
  const parsed = parseHostPort(text)
  if (parsed === undefined || parsed.host === '' || parsed.port === 0) return undefined
  const { host, port } = parsed
  return isIP(host) === 0 ? `/dns/${host}/tcp/${port}` : tcpAddress(host, port)
}

/** All addresses that a seed, or an address with a name in it, stands for now. */
export async function resolvedAddresses(text: string): Promise<readonly string[]> {
  const parsed = parseHostPort(text)
  if (parsed !== undefined) {
    const host = parsed.host === '' ? 'localhost' : parsed.host
    return (await addressesOf(host)).map((ip) => tcpAddress(ip, parsed.port))
  }
  const address = parseMultiaddr(text)
  if (address === undefined) return []
  const [first, ...rest] = address.getComponents()
  if (first?.value === undefined || !/^dns[46]?$/.test(first.name)) return [text]
  const ips = await addressesOf(
    first.value,
    first.name === 'dns4' ? 4 : first.name === 'dns6' ? 6 : 0,
  )
  return ips.map((ip) => `${hostPart(ip)}${suffix(rest)}`)
}

const hostPart = (ip: string): string => `/ip${isIP(ip) === 6 ? 6 : 4}/${ip}`
const tcpAddress = (ip: string, port: number): string => `${hostPart(ip)}/tcp/${port}`
const suffix = (components: readonly Component[]): string =>
  components.map(({ name, value }) => `/${name}${value === undefined ? '' : `/${value}`}`).join('')

/** What somebody else says may be dialed: a host on a network, and never a file of this machine. */
export function isDialable(address: string): boolean {
  const [host] = parseMultiaddr(address)?.getComponents() ?? []
  return (
    host !== undefined && /^(?:ip[46]|dns[46]?|memory)$/.test(host.name) && !isWildcard(host.value)
  )
}

/**
 * What anybody on the local network may lead this peer to: an address that needs no name looked up, and
 * that is not one behind which machines ask for what only they may know. Doors stand beyond this machine.
 */
export function isNeighbour(address: string, hasDoor: boolean): boolean {
  const host = hostOf(address) ?? ''
  const isLinkLocal = host.startsWith('169.254.') || /^fe[89ab]/i.test(host)
  return isDialable(address) && isIP(host) !== 0 && !isLinkLocal && !(hasDoor && isLoopback(host))
}

/** Without the peer id, which stands beside it. */
export const bareAddress = (address: Multiaddr | string): string =>
  address.toString().replace(/\/p2p\/[^/]+$/, '')

/**
 * Where a peer can be dialed, best first: where it was reached, or where it was seen to come from,
 * with the ports it says it listens on; then what it says itself, as far as it means anything here.
 */
export function dialableAddresses(
  said: readonly string[],
  seen: { readonly address: string; readonly isInbound: boolean },
): readonly string[] {
  const remote = hostOf(seen.address)
  const known = said.filter((address) => parseMultiaddr(address) !== undefined).map(bareAddress)
  const isNear = remote === undefined || isLoopback(remote)
  const usable = known.filter(
    (address) => isDialable(address) && (isNear || !isLoopback(hostOf(address) ?? '')),
  )
  if (!seen.isInbound) return unique([bareAddress(seen.address), ...usable])
  if (remote === undefined || isIP(remote) === 0) return unique(usable)
  const ports = known.flatMap((address) => portOf(address) ?? [])
  return unique([...ports.map((port) => tcpAddress(remote, port)), ...usable])
}

const unique = (addresses: readonly string[]): readonly string[] => [...new Set(addresses)]

export function hostOf(address: string): string | undefined {
  const first = parseMultiaddr(address)?.getComponents()[0]
  return first !== undefined && /^(?:ip[46]|dns[46]?)$/.test(first.name) ? first.value : undefined
}

function portOf(address: string): number | undefined {
  const [host, transport, ...rest] = parseMultiaddr(address)?.getComponents() ?? []
  const isPlain = host !== undefined && transport?.name === 'tcp' && rest.length === 0
  return isPlain ? Number(transport.value) : undefined
}

const isWildcard = (host: string | undefined): boolean => host === '0.0.0.0' || host === '::'
const isLoopback = (host: string): boolean =>
  host.startsWith('127.') || host === '::1' || host === 'localhost'
