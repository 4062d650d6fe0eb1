import { setImmediate as nextTurn } from 'node:timers/promises'
import { Malformed } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import { systemClock } from '../clock.js'
import type { Clock } from '../clock.js'
import type { Link, Network, NetworkOptions, OpenNetwork } from './network.js'
import { isSameBadge } from './vouching.js'

/**
 * A network inside this process, for tests: whoever opens it is linked with all others of its mesh.
 * Frames arrive later, in their order, and once; lines can be cut, and mended.
 */
export interface MemoryHub {
  readonly network: OpenNetwork
  /** From now on nothing passes between these groups of names or ids; all others stay linked. */
  cut(this: void, ...groups: readonly (readonly string[])[]): void
  /** Everybody reaches everybody again. */
  heal(this: void): void
}

interface Node {
  readonly options: NetworkOptions
  /** Lines that are up, by who is at their other end. */
  readonly lines: Map<PeerId, Line>
  readonly counters: { framesIn: number; framesOut: number; bytesIn: number; bytesOut: number }
}

/** One direction between two nodes. A line that went down stays down; the next one is another. */
interface Line {
  readonly link: Link
  readonly to: Node
  readonly frames: Frame[]
  isUp: boolean
  isPumping: boolean
}

interface Frame {
  readonly bytes: Uint8Array
  readonly isGossip: boolean
}

const aliveMs = 3_600_000
/** More than this on their way are dropped, as by any network. */
const framesMax = 10_000

export function memoryHub({ now }: Pick<Clock, 'now'> = systemClock): MemoryHub {
  const nodes = new Map<PeerId, Node>()
  let groups: readonly (readonly string[])[] = []

  const groupOf = ({ options }: Node): number =>
    groups.findIndex((group) =>
      [options.introduction.name, options.identity.peer].some((name) => group.includes(name)),
    )
  const isCut = (a: Node, b: Node): boolean => {
    const [one, other] = [groupOf(a), groupOf(b)]
    return one !== other && one >= 0 && other >= 0
  }

  /** Brings all lines up that should be, and the others down. */
  function rewire(): void {
    const all = [...nodes.values()]
    for (const [index, a] of all.entries()) {
      for (const b of all.slice(index + 1)) {
        if (isCut(a, b)) disconnect(a, b, 'the line was cut')
        else if (isSameMesh(a, b)) connect(a, b, now())
      }
    }
  }

  return {
    network: (options) => {
      const node: Node = {
        options,
        lines: new Map(),
        counters: { framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0 },
      }
      let isClosed = false
      let alive: NodeJS.Timeout | undefined
      return networkOf(node, {
        async start() {
          await nextTurn()
          if (isClosed) return
          // Like a socket that listens, it keeps the process from ending.
          alive = setInterval(() => {}, aliveMs)
          nodes.set(options.identity.peer, node)
          rewire()
        },
        async close() {
          isClosed = true
          clearInterval(alive)
          nodes.delete(options.identity.peer)
          for (const { to } of node.lines.values()) disconnect(node, to, 'it has left')
        },
      })
    },
    cut(...parted) {
      groups = parted
      rewire()
    },
    heal() {
      groups = []
      rewire()
    },
  }
}

const networkOf = (node: Node, door: Pick<Network, 'start' | 'close'>): Network => ({
  ...door,
  recheck() {
    for (const { to } of node.lines.values()) {
      const why = strangeness(node, to)
      if (why !== undefined) disconnect(node, to, why)
    }
  },
  tellKeys() {
    for (const { to } of node.lines.values()) tellKeys(node, to)
  },
  bringBadge(to, badge) {
    const line = node.lines.get(to)
    if (line !== undefined) taken(() => line.to.options.trust?.hearBadge(badge))
    return line !== undefined
  },
  addresses: () => [addressOf(node)],
  publish(bytes) {
    for (const line of node.lines.values())
      send(node, line, { bytes, isGossip: node.options.gossip })
  },
  send(to, bytes) {
    const line = node.lines.get(to)
    return line !== undefined && send(node, line, { bytes, isGossip: false })
  },
  links: () => [...node.lines.values()].map(({ link }) => link),
  counters: () => ({ ...node.counters }),
})

const addressOf = ({ options }: Node): string => `/memory/${options.introduction.name}`

const isSameMesh = (a: Node, b: Node): boolean =>
  Buffer.compare(a.options.meshId, b.options.meshId) === 0

/** Why one of them does not take the other for a member, or undefined. */
function strangeness({ options: { trust } }: Node, { options: other }: Node): string | undefined {
  if (trust === undefined) return undefined
  const admission = trust.admit(other.identity.peer, other.trust?.badge() ?? [], 'introduced')
  return admission.is === 'stranger' ? admission.why : undefined
}

function isRefused(node: Node, other: Node): boolean {
  const why = strangeness(node, other)
  if (why === undefined) return false
  const { peer } = other.options.identity
  const text = `peer ${peer.slice(0, 8)} ${why}`
  node.options.hooks.notice({ notice: 'stranger', peer, text })
  return true
}

/** What is news to the other goes on from there. */
function tellKeys({ options: { trust } }: Node, to: Node): void {
  const frame = trust?.keysFrame()
  if (frame === undefined) return
  taken(() => {
    if (to.options.trust?.hearKeys(frame) !== true) return
    for (const line of to.lines.values()) tellKeys(to, line.to)
  })
}

/** What is malformed is not taken, as anywhere. */
function taken(take: () => void): void {
  try {
    take()
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
  }
}

function connect(a: Node, b: Node, sinceMs: number): void {
  if (a.lines.has(b.options.identity.peer)) return
  if (isRefused(a, b) || isRefused(b, a)) return
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const { identity, introduction } = to.options
    const address = addressOf(to)
    const link = { peer: identity.peer, introduction, address, isInbound: to === a, sinceMs }
    from.lines.set(identity.peer, { link, to, frames: [], isUp: true, isPumping: false })
    const { name } = introduction
    const badge = to.options.trust?.badge()
    const contact = { peer: identity.peer, name, addresses: [address], seenAt: sinceMs, badge }
    from.options.book.learn(contact, identity.peer)
    from.options.hooks.linked(link)
  }
  tellKeys(a, b)
  tellKeys(b, a)
  bringNewer(a, b)
  bringNewer(b, a)
}

/** Whoever was away when it was given another badge shows an older one. */
function bringNewer({ options: { trust } }: Node, { options: other }: Node): void {
  const shown = other.trust?.badge() ?? []
  const admission = trust?.admit(other.identity.peer, shown, 'introduced')
  if (admission?.is !== 'member') return
  const newest = admission.badge.map(({ bytes }) => bytes)
  if (newest.length > 0 && !isSameBadge(newest, shown)) taken(() => other.trust?.hearBadge(newest))
}

function disconnect(a: Node, b: Node, why: string): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const { peer } = to.options.identity
    const line = from.lines.get(peer)
    if (line === undefined) continue
    line.isUp = false
    from.lines.delete(peer)
    from.options.hooks.unlinked(peer, why)
  }
}

/** Each gets bytes of its own: what one of them does to them is nobody else's concern. */
function send(from: Node, line: Line, { bytes, isGossip }: Frame): boolean {
  if (line.frames.length >= framesMax) return false
  from.counters.framesOut += 1
  from.counters.bytesOut += bytes.length
  line.frames.push({ bytes: bytes.slice(), isGossip })
  if (!line.isPumping) void pump(from.options.identity.peer, line)
  return true
}

/** The next frame down a stream is not delivered before the one before it was taken. */
async function pump(from: PeerId, line: Line): Promise<void> {
  const { counters, options } = line.to
  line.isPumping = true
  await nextTurn()
  for (let frame = line.frames.shift(); frame !== undefined; frame = line.frames.shift()) {
    if (!line.isUp) break
    counters.framesIn += 1
    counters.bytesIn += frame.bytes.length
    if (frame.isGossip) void options.hooks.heard(from, frame.bytes)
    else await options.hooks.received(from, frame.bytes)
  }
  line.isPumping = false
}
