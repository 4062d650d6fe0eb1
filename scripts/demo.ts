/**
 * Eight peers on this machine, linked by TCP, each with a key and a disk of its own, converging before
 * your eyes: a write that spreads, a mesh that is cut in two, and a conflict that nobody loses.
 */
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { libp2pNetwork, openPeer } from '@grapevine/peer'
import type { Entry, OpenNetwork, Peer, PeerId } from '@grapevine/peer'

const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi']
const key = 'shop/checkout/max-items'

const dim = (text: string): string => styleText('dim', text)
const bold = (text: string): string => styleText('bold', text)
const say = (text: string): void => console.log(`\n  ${text}`)

/** The lines between the peers: real ones, and nothing passes between the two sides of a cut. */
interface Lines {
  readonly network: OpenNetwork
  cut(side: ReadonlySet<PeerId>): void
  heal(): void
}

function openLines(): Lines {
  let side: ReadonlySet<PeerId> = new Set()
  const network: OpenNetwork = (options) => {
    const self = options.identity.peer
    const isCut = (other: PeerId): boolean => side.has(self) !== side.has(other)
    const { hooks } = options
    const opened = libp2pNetwork()({
      ...options,
      hooks: {
        ...hooks,
        received: async (from, bytes) => (isCut(from) ? 'ignore' : hooks.received(from, bytes)),
        heard: async (from, bytes) => (isCut(from) ? 'ignore' : hooks.heard(from, bytes)),
      },
    })
    return {
      ...opened,
      links: () => opened.links().filter(({ peer }) => !isCut(peer)),
      send: (to, bytes) => !isCut(to) && opened.send(to, bytes),
    }
  }
  return { network, cut: (peers) => (side = peers), heal: () => (side = new Set()) }
}

async function open(folder: string, network: OpenNetwork): Promise<readonly Peer[]> {
  const openOne = async (name: string, peers: readonly string[]): Promise<Peer> =>
    openPeer({ dataDir: join(folder, name), mesh: 'demo', name, peers, network })
  const first = await openOne(names[0]!, [])
  const [address] = await until(
    first,
    () => first.status().addresses,
    ({ length }) => length > 0,
  )
  const others = await Promise.all(names.slice(1).map(async (name) => openOne(name, [address!])))
  const peers = [first, ...others]
  for (const peer of peers) {
    await until(
      peer,
      () => peer.status().links,
      (links) => links === peers.length - 1,
    )
  }
  return peers
}

/** Looks again whenever something happens at the peer, and now and then besides. */
async function until<T>(peer: Peer, look: () => T, isThere: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = look()
    if (isThere(found)) return found
    await new Promise<void>((again) => {
      const timer = setTimeout(again, 50)
      const stop = peer.on('linked', () => {
        clearTimeout(timer)
        stop()
        again()
      })
    })
  }
}

const row = (cells: readonly string[]): string =>
  cells
    .map((cell) => cell.padEnd(9))
    .join('')
    .trimEnd()

/** Writes, and waits until all who can hear of it show it; answers after how many milliseconds each did. */
async function spread(
  peers: readonly Peer[],
  writer: Peer,
  value: number,
  reached: readonly Peer[] = peers,
): Promise<void> {
  say(`${bold(writer.name)} sets ${key} to ${value}`)
  const started = performance.now()
  const shown = reached.map(async (peer) => {
    for await (const _ of peer.watch(key)) if (peer.get(key) === value) break
    return performance.now() - started
  })
  await writer.set(key, value)
  const times = await Promise.all(shown)
  const cells = peers.map((peer) => {
    const at = reached.indexOf(peer)
    return at < 0 ? '·' : `${times[at]!.toFixed(0)} ms`
  })
  console.log(`  ${row(peers.map(({ name }) => name))}`)
  console.log(`  ${row(cells)}`)
}

function explain({ value, release, others }: Entry, peers: readonly Peer[]): void {
  const author = (peer: PeerId): string => peers.find(({ id }) => id === peer)!.name
  say(
    `everybody shows ${JSON.stringify(value)} by ${author(release.author)} ${dim('(greater stamp)')}`,
  )
  for (const other of others) {
    const by = author(other.release.author)
    const more = dim('(a conflict: nothing is lost)')
    console.log(`  and still holds ${JSON.stringify(other.value)} by ${by} ${more}`)
  }
}

async function play(peers: readonly Peer[], lines: Lines): Promise<void> {
  const [alice, bob, , dave, , , grace] = peers as [Peer, Peer, Peer, Peer, Peer, Peer, Peer]
  const [left, right] = [peers.slice(0, 4), peers.slice(4)]
  await spread(peers, alice, 12)

  lines.cut(new Set(right.map(({ id }) => id)))
  say(`${bold('cut')}: alice to dave on one side, erin to heidi on the other; both write on`)
  await spread(peers, bob, 20, left)
  await spread(peers, grace, 30, right)

  lines.heal()
  const started = performance.now()
  await Promise.all(
    peers.map(async (peer) => {
      await peer.sync()
      for await (const _ of peer.watch(key)) if (peer.conflicts().length === 1) break
    }),
  )
  const ms = (performance.now() - started).toFixed(0)
  say(
    `${bold('healed')}: each compares three hashes with the others, and repairs ${dim(`${ms} ms`)}`,
  )
  explain(peers.at(-1)!.entry(key)!, peers)

  await spread(peers, dave, 25)
  say('dave had seen both, so his write settles it: no conflict left.\n')
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'grapevine-'))
  process.once('SIGINT', () => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  })
  const lines = openLines()
  let peers: readonly Peer[] = []
  try {
    const started = performance.now()
    peers = await open(folder, lines.network)
    const ms = (performance.now() - started).toFixed(0)
    say(
      `A mesh of ${peers.length} peers is running on this machine. No server among them. ${dim(`${ms} ms`)}`,
    )
    await play(peers, lines)
  } finally {
    await Promise.all(peers.map(async (peer) => peer.close()))
    await rm(folder, { recursive: true, force: true })
  }
}

await main()
