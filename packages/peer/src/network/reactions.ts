import type { Libp2p } from '@libp2p/interface'
import type { PeerId } from '@grapevine/core'
import type { Acquaintance } from './acquaintance.js'
import type { Counters } from './counters.js'
import { dial } from './dial.js'
import type { Gossip } from './gossip.js'
import type { Outside } from './hooks.js'
import type { Keyring } from './keyring.js'
import { contactOf, shownLink } from './link.js'
import type { LiveLink } from './link.js'
import type { Links } from './links.js'
import type { Budgets } from './budget.js'
import type { Book, NetworkNotice, NetworkOptions, Trust } from './network.js'
import { toLibrary } from './peer-ids.js'
import type { Pulse } from './pulse.js'
import type { DialResult, DialTarget, Redial } from './redial.js'
import type { Strikes } from './strikes.js'
import type { Timing } from './timing.js'
import * as trusting from './trusting.js'
import type { Vouching } from './vouching.js'
import { decodeTwins } from './wire.js'
import type { FrameKind } from './wire.js'

/** The parts of a network that runs. Each of them knows only what it was handed. */
export interface Parts {
  readonly options: NetworkOptions
  readonly book: Book
  readonly timing: Timing
  readonly budgets: Budgets
  /** undefined: the mesh is open. */
  readonly trust: Trust | undefined
  readonly keyring: Keyring | undefined
  readonly vouching: Vouching
  readonly counters: Counters
  readonly outside: Outside
  readonly strikes: Strikes
  readonly links: Links
  readonly gossip: Gossip | undefined
  readonly acquaintance: Acquaintance
  readonly redial: Redial
  readonly pulse: Pulse
  /** How many connections have come from outside. */
  readonly knocks: () => number
  /** The book is long, and this is asked for each message. */
  contactCount: number
  /** What links were shown last of this peer's own badge. */
  shownBadge: readonly Uint8Array[]
  node: Libp2p | undefined
}

/** To find that a badge does not hold can take as long as so many frames. */
const refusedContactFrames = 5

const twinAdvice = 'stop one of them, or give it a data directory of its own'

export function onLinked(parts: Parts, link: LiveLink): void {
  const { gossip, acquaintance, vouching, redial, pulse, outside } = parts
  const { peer, hello, connection } = link
  redial.linked(peer)
  pulse.begin(link)
  vouching.forget(peer)
  trusting.bringNewer(parts, link)
  acquaintance.met(contactOf(link))
  if (hello.gossips) gossip?.admit(connection)
  onMembersChanged(parts)
  outside.linked(shownLink(link))
  trusting.greet(parts, peer)
  acquaintance.greet(peer)
}

export function onUnlinked(parts: Parts, { peer, hello, connection }: LiveLink, why: string): void {
  const { book, gossip, acquaintance, vouching, redial, outside } = parts
  if (hello.gossips) gossip?.dismiss(connection)
  const contact = book.contact(peer)
  if (contact !== undefined && vouching.isVouched(contact))
    acquaintance.met({ ...contact, seenAt: Date.now() })
  outside.unlinked(peer, why)
  redial.unlinked(peer)
}

export function onMembersChanged(parts: Parts): void {
  const { book, gossip, redial } = parts
  parts.contactCount = book.contacts().length
  gossip?.size(parts.contactCount + 1)
  redial.wake()
}

export async function onFrame(
  parts: Parts,
  peer: PeerId,
  kind: FrameKind,
  body: Uint8Array,
): Promise<void> {
  const { options, outside, acquaintance, redial, links, counters } = parts
  switch (kind) {
    case 'replica': {
      const judgement = await outside.received(peer, body)
      if (judgement === 'reject') onMisdeed(parts, peer, 'it sent what no member may send')
      return
    }
    case 'book': {
      const refused = acquaintance.hear(peer, body)
      counters.add('hearsayRefused', refused)
      links.get(peer)?.frames.spend(refused * refusedContactFrames)
      return
    }
    case 'twin': {
      // One that speaks of an earlier process of this peer comes too late.
      if (!decodeTwins(body).includes(options.introduction.instance)) return
      redial.avoid(peer)
      const why = `says that another process lives under the key of this one: ${twinAdvice}`
      return outside.noticeOnce('twin', peer, why)
    }
    case 'keys':
      return trusting.onKeys(parts, peer, body)
    case 'badge':
      return trusting.onBadge(parts, body)
    case 'renewed':
      return trusting.onRenewed(parts, peer, body)
  }
}

export function onTwins({ outside }: Parts, peer: PeerId, addresses: readonly string[]): void {
  const why = `is the id of two processes, at ${addresses.join(' and at ')}: ${twinAdvice}`
  outside.noticeOnce('twin', peer, why)
}

export function onStrange(
  { redial, outside }: Parts,
  peer: PeerId,
  notice: NetworkNotice['notice'],
  why: string,
): void {
  redial.avoid(peer)
  outside.noticeOnce(notice, peer, why)
}

/** Bytes or messages that no honest peer sends. */
export function onMisdeed(parts: Parts, peer: PeerId, why: string): void {
  const { counters, strikes, timing, node, outside } = parts
  counters.add('strikes')
  if (strikes.isBanned(peer) || !strikes.strike(peer)) return
  counters.add('bans')
  for (const connection of node?.getConnections(toLibrary(peer)) ?? []) {
    connection.abort(new Error('it misbehaves'))
  }
  const minutes = Math.ceil(timing.banMs / 60_000)
  const text = `peer ${peer.slice(0, 8)} is not let in for ${minutes} min: ${why}`
  outside.notice({ notice: 'misbehaved', peer, text })
}

/** Two processes under one key cannot meet: libp2p takes each for the other itself. */
export async function dialOrTwin(parts: Parts, target: DialTarget): Promise<DialResult> {
  const { node, links, counters, timing, keyring, options, knocks } = parts
  if (node === undefined) return { is: 'failed', why: 'the network has not started' }
  const knocksBefore = knocks()
  const result = await dial({ node, links, counters, timing, keyring }, target)
  // Whoever really dials itself is dialed.
  if (result.is === 'self' && knocks() === knocksBefore) {
    onTwins(parts, options.identity.peer, ['this one', target.addresses.join(', ')])
  }
  return result
}

/** Above a full mesh the oldest link that this peer asked for makes place for another. */
export function shed({ links, timing }: Parts): void {
  const [oldest] = links
    .all()
    .filter(({ isInbound, bornMs }) => !isInbound && performance.now() - bornMs > timing.rotateMs)
    .toSorted((a, b) => a.bornMs - b.bornMs)
  if (oldest !== undefined) links.drop(oldest, 'it made place for another link')
}
