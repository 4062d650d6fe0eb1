import { limits } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import type { Contact, Network } from '../network/network.js'
import type { Members } from './members.js'

type Lines = Pick<Network, 'links' | 'send' | 'publish'>

interface Reach {
  readonly network: Lines
  readonly members: Pick<Members, 'contacts'>
}

/**
 * Where all who are alive are linked, a presence goes to each of them once, and nobody passes it on:
 * there are more of them than of anything else.
 */
export function tellAll({ network, members }: Reach, bytes: Uint8Array, now: number): void {
  const linked = new Set(network.links().map(({ peer }) => peer))
  const isReached = ({ peer, seenAt }: Contact): boolean =>
    linked.has(peer) || now - seenAt > limits.memberAbsentMs
  if (!members.contacts().every(isReached)) return network.publish(bytes)
  for (const peer of linked) network.send(peer, bytes)
}

/** So many pass on what is new to them, and nearly everybody hears of it; the next one says it again. */
const relaysMax = 4

/** Without gossip presences go from link to link, beginning anywhere. */
export function relay(network: Lines, bytes: Uint8Array): void {
  const links = network.links()
  const first = Math.floor(Math.random() * links.length)
  const turned = [...links.slice(first), ...links.slice(0, first)]
  for (const { peer } of turned.slice(0, relaysMax)) network.send(peer, bytes)
}

/** Any member can answer a pull, if the one who showed what is missing has gone. */
export function pull(network: Lines, from: PeerId, bytes: Uint8Array): void {
  if (network.send(from, bytes)) return
  for (const { peer } of network.links()) if (network.send(peer, bytes)) return
}
