/**
 * Eight replicas in this process, each with its own key, converging before your eyes: a write that
 * spreads, a mesh that is cut in two, and a conflict that nobody loses.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { styleText } from 'node:util'
import { openReplica } from '@grapevine/core'
import type { Crypto, Effect, Input, MeshRules, PeerId, Reading, Replica } from '@grapevine/core'

const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi']
const key = 'shop/checkout/max-items'

interface Peer {
  readonly name: string
  readonly replica: Replica
  /** Whom it talks to: its two neighbours and one across, until a cut. */
  links: readonly number[]
}

interface Frame {
  readonly from: number
  readonly to: number
  readonly bytes: Uint8Array
}

function found(): Peer[] {
  const pairs = names.map(() => generateKeyPairSync('ed25519'))
  const ids = pairs.map(({ publicKey }) => rawKey(publicKey))
  const publicKeys = new Map(ids.map((id, index) => [id, pairs[index]!.publicKey]))
  const hash = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
  const mesh: MeshRules = { id: hash(randomBytes(32)), admins: new Set(), revocable: false }
  return names.map((name, index) => {
    const crypto: Crypto = {
      hash,
      sign: (bytes) => sign(null, bytes, pairs[index]!.privateKey),
      verify: (peer, bytes, signature) => {
        const publicKey = publicKeys.get(peer)
        return publicKey !== undefined && verify(null, bytes, publicKey, signature)
      },
      random: (count) => randomBytes(count),
    }
    const { replica } = openReplica({ mesh, crypto, peer: ids[index]! })
    return { name, replica, links: linksOf(index, () => true) }
  })
}

const rawKey = (publicKey: KeyObject): PeerId =>
  publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex') as PeerId

const linksOf = (index: number, mayReach: (other: number) => boolean): number[] =>
  [index + 1, index - 1, index + 4]
    .map((other) => (other + names.length) % names.length)
    .filter(mayReach)

/** Carries out what a replica asks for; what is for others goes into the next round. */
function carryOut(
  peers: readonly Peer[],
  index: number,
  effects: readonly Effect[],
  frame?: Frame,
): Frame[] {
  const peer = peers[index]!
  const forAll = (bytes: Uint8Array): Frame[] =>
    peer.links.filter((to) => to !== frame?.from).map((to) => ({ from: index, to, bytes }))
  return effects.flatMap((effect): Frame[] => {
    switch (effect.type) {
      case 'gossip':
        return forAll(effect.bytes)
      case 'verdict':
        return frame !== undefined && effect.verdict === 'applied' ? forAll(frame.bytes) : []
      case 'send':
      case 'pull': {
        const id = effect.type === 'send' ? effect.to : effect.from
        const to = peers.findIndex(({ replica }) => replica.peer === id)
        return peer.links.includes(to) ? [{ from: index, to, bytes: effect.bytes }] : []
      }
      default:
        return []
    }
  })
}

const tell = (peers: readonly Peer[], index: number, input: Input): Frame[] =>
  carryOut(peers, index, peers[index]!.replica.handle(input, Date.now()))

/** One hop for every frame under way. */
const hop = (peers: readonly Peer[], frames: readonly Frame[]): Frame[] =>
  frames.flatMap((frame) => {
    const from = peers[frame.from]!.replica.peer
    const input: Input = { type: 'received', from, bytes: frame.bytes }
    return carryOut(peers, frame.to, peers[frame.to]!.replica.handle(input, Date.now()), frame)
  })

const dim = (text: string): string => styleText('dim', text)

function show(peers: readonly Peer[], label: string): void {
  const cells = peers.map(({ replica }) => {
    const reading = replica.read(key)
    const text =
      reading === undefined
        ? '·'
        : JSON.stringify(reading.value) + (reading.others.length > 0 ? '!' : '')
    return text.padEnd(7)
  })
  console.log(`  ${label.padEnd(10)}${cells.join('')}`)
}

async function spread(peers: readonly Peer[], frames: Frame[]): Promise<void> {
  let left = frames
  for (let hops = 1; left.length > 0; hops++) {
    left = hop(peers, left)
    await pause(process.stdout.isTTY ? 250 : 0)
    show(peers, `hop ${hops}`)
  }
}

function cut(peers: readonly Peer[]): void {
  for (const [index, peer] of peers.entries()) {
    peer.links = linksOf(index, (other) => index < 4 === other < 4)
  }
}

function heal(peers: readonly Peer[]): void {
  for (const [index, peer] of peers.entries()) peer.links = linksOf(index, () => true)
}

const set = (peers: readonly Peer[], index: number, value: number): Frame[] => {
  console.log(`\n  ${names[index]} sets ${key} to ${value}`)
  return tell(peers, index, { type: 'write', put: new Map([[key, value]]) })
}

function explain(peers: readonly Peer[], { value, others }: Reading): void {
  const author = (peer: PeerId): string => peers.find(({ replica }) => replica.peer === peer)!.name
  const shown = peers[0]!.replica.read(key)!
  console.log(
    `\n  everybody shows ${JSON.stringify(value)} by ${author(shown.release.peer)} ${dim('(greater stamp)')}`,
  )
  for (const other of others) {
    console.log(
      `  and still holds ${JSON.stringify(other.value)} by ${author(other.release.peer)} ${dim('(a conflict: nothing is lost)')}`,
    )
  }
}

async function main(): Promise<void> {
  const peers = found()
  console.log(`\n  A mesh of ${peers.length} peers in this process. No server among them.\n`)
  console.log(dim(`  ${''.padEnd(10)}${names.map((name) => name.padEnd(7)).join('')}`))
  show(peers, 'before')
  await spread(peers, set(peers, 0, 12))

  cut(peers)
  console.log(
    `\n  ${styleText('bold', 'cut')}: alice to dave on one side, erin to heidi on the other`,
  )
  await spread(peers, set(peers, 1, 20))
  await spread(peers, set(peers, 6, 30))

  heal(peers)
  console.log(
    `\n  ${styleText('bold', 'healed')}: each peer compares three hashes with its neighbours, and repairs`,
  )
  const sessions = peers.flatMap(({ links }, index) =>
    links.flatMap((to) => tell(peers, index, { type: 'sync', with: peers[to]!.replica.peer })),
  )
  await spread(peers, sessions)

  explain(peers, peers[7]!.replica.read(key)!)
  await spread(peers, set(peers, 3, 25))
  console.log(`\n  dave had seen both, so his write settles it: no conflict left.\n`)
}

await main()
