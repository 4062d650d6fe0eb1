import type { Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Multiaddr } from '@multiformats/multiaddr'
import { bareAddress, parseMultiaddr, resolvedAddresses } from './addresses.js'
import type { Counters } from './counters.js'
import type { Keyring } from './keyring.js'
import type { Links } from './links.js'
import { fromLibrary, toLibrary } from './peer-ids.js'
import type { DialResult, DialTarget } from './redial.js'
import type { Timing } from './timing.js'

interface Dialer {
  readonly node: Libp2p
  readonly links: Links
  readonly counters: Counters
  readonly timing: Timing
  readonly keyring: Keyring | undefined
}

const unanswered =
  'it did not answer the network key of this peer: it has another one, or is no peer of this mesh'

/** Dials, and introduces this peer to whoever is there. Never rejects. */
export async function dial(dialer: Dialer, target: DialTarget): Promise<DialResult> {
  const { links, counters } = dialer
  counters.add('dials')
  const result = await attempt(dialer, target)
  if (result.is === 'linked' || result.is === 'self') return result
  // Meanwhile the other side may have come here.
  if (target.peer !== undefined && links.get(target.peer) !== undefined) {
    return { is: 'linked', peer: target.peer }
  }
  counters.add('dialsFailed')
  return result
}

async function attempt(dialer: Dialer, target: DialTarget): Promise<DialResult> {
  const addresses = await multiaddrsOf(target)
  const { dialMs, addressMs } = dialer.timing
  const endMs = Date.now() + dialMs
  let result: DialResult = { is: 'failed', why: 'it has no address that can be dialed' }
  for (const address of addresses) {
    const timeoutMs = addresses.length === 1 ? dialMs : addressMs
    result = await attemptAt(dialer, address, timeoutMs)
    if (result.is !== 'failed' || Date.now() > endMs) break
  }
  return result
}

async function attemptAt(
  { node, links, keyring }: Dialer,
  address: Multiaddr,
  timeoutMs: number,
): Promise<DialResult> {
  try {
    // Never a connection that is there: on those of its own making the other side introduces itself.
    const signal = AbortSignal.timeout(timeoutMs)
    const connection = await node.dial(address, { force: true, signal })
    const peer = fromLibrary(connection.remotePeer)
    const outcome = await links.introduce(connection)
    if (peer !== undefined && links.get(peer) !== undefined) return { is: 'linked', peer }
    if (outcome === 'strange' || outcome === 'refused' || outcome === 'malformed') {
      return { is: 'refused', why: 'it does not belong here' }
    }
    return { is: 'failed', why: 'it closed the connection' }
  } catch (error) {
    if (isSelf(error)) return { is: 'self' }
    const isUnanswered = keyring?.isUnanswered(bareAddress(address)) === true
    return { is: 'failed', why: isUnanswered ? unanswered : inWords(error) }
  }
}

/** Names are looked up here and not by libp2p, which would look up many at once. */
async function multiaddrsOf({ peer, addresses }: DialTarget): Promise<readonly Multiaddr[]> {
  const resolved = await Promise.all(
    addresses.map((address) => resolvedAddresses(address).catch(() => [])),
  )
  const parsed = resolved.flat().flatMap((address) => parseMultiaddr(address) ?? [])
  if (peer === undefined) return parsed
  const suffix = multiaddr(`/p2p/${toLibrary(peer).toString()}`)
  return parsed.map((address) =>
    address.getComponents().some(({ name }) => name === 'p2p')
      ? address
      : address.encapsulate(suffix),
  )
}

/** libp2p refuses a connection on which its own key answers. */
const isSelf = (error: unknown): boolean =>
  error instanceof AggregateError
    ? error.errors.some(isSelf)
    : error instanceof Error && error.name === 'InvalidPeerIdError'

const inWords = (error: unknown): string =>
  error instanceof AggregateError
    ? [...new Set(error.errors.map(inWords))].join('; ')
    : error instanceof Error
      ? error.message
      : String(error)
