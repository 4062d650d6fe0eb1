import { join } from 'node:path'
import type { Driver } from './driver.ts'
import { makeFolder } from './folder.ts'
import type { Ground, Place } from './ground.ts'
import { createLedger } from './ledger.ts'
import type { Judgement, Ledger } from './ledger.ts'
import { startPeer } from './process.ts'
import type { PeerProcess, StartOptions } from './process.ts'
import type { Opening } from './program.ts'
import { tokenFor } from './token.ts'
import type { Pending } from './until.ts'
import { until } from './until.ts'

/** Peers, each a process of its own, in one mesh. */
export interface Mesh extends AsyncDisposable {
  /** As they run now: one that was started again is another process. */
  readonly peers: PeerProcess[]
  readonly ledger: Ledger
  readonly folder: string
  /** Starts a peer where it stood, on what it has on disk. */
  start(this: void, index: number, change?: Partial<Opening>): Promise<PeerProcess>
}

export interface MeshOptions {
  readonly count: number
  readonly ground: Pick<Ground, 'place' | 'isBeyondMachine'> | readonly Place[]
  readonly opening?: Partial<Opening>
}

/** Alice, bob, carol and whoever else it takes. */
const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy']

export async function startMesh({ count, ground, opening }: MeshOptions): Promise<Mesh> {
  const folder = await makeFolder()
  const ledger = createLedger()
  const peers: PeerProcess[] = []
  const isClosed = 'place' in ground && ground.isBeyondMachine === true
  const entrance = isClosed ? { join: await tokenFor(folder.path) } : { mesh: 'test' }
  const placeOf = (index: number): Place =>
    'place' in ground ? ground.place(index) : ground[index]!
  const optionsOf = (index: number, change: Partial<Opening> = {}): StartOptions => {
    const { within, ...place } = placeOf(index)
    const name = names[index] ?? `peer${index}`
    const dataDir = join(folder.path, name)
    const own = { ...place, name, dataDir, ...entrance, ...opening, ...change }
    return { opening: own, ledger, within }
  }
  const mesh: Mesh = {
    peers,
    ledger,
    folder: folder.path,
    async start(index, change) {
      const peer = await startPeer(optionsOf(index, change))
      peers[index] = peer
      return peer
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(peers.map((peer) => peer.kill()))
      await folder[Symbol.asyncDispose]()
    },
  }
  try {
    await Promise.all(Array.from({ length: count }, (_, index) => mesh.start(index)))
  } catch (error) {
    await mesh[Symbol.asyncDispose]()
    throw error
  }
  return mesh
}

/** Whether all show readers the very same. */
export const areEqual =
  (peers: readonly Driver[]): Pending =>
  async () => {
    const digests = await Promise.all(peers.map(({ ask }) => ask.digest()))
    const [first] = digests
    const other = digests.findIndex(({ hash }) => hash !== first?.hash)
    if (other === -1) return undefined
    const inWords = (index: number): string =>
      `${peers[index]?.name} shows ${digests[index]?.keys} keys, ${digests[index]?.conflicts} of them conflicts`
    return `they are not equal: ${inWords(0)}; ${inWords(other)}`
  }

export const areLinked =
  (peers: readonly Driver[], links = peers.length - 1): Pending =>
  async () => {
    for (const { name, ask } of peers) {
      const status = await ask.status()
      if (status.links < links) return `${name} has ${status.links} links of ${links}`
    }
    return undefined
  }

/** Whether everybody holds all of these releases. */
export const hold =
  (peers: readonly Driver[], releases: readonly string[]): Pending =>
  async () => {
    for (const { name, ask } of peers) {
      const [lacking, ...more] = await ask.lacking(releases)
      if (lacking !== undefined) return `${name} lacks ${lacking} and ${more.length} more`
    }
    return undefined
  }

/** Waits until all are equal, and holds what each of them shows against the ledger. */
export async function settle(
  peers: readonly Driver[],
  ledger: Ledger,
  withinMs: number,
): Promise<{ readonly tookMs: number; readonly judgement: Judgement }> {
  const verdict = { judgement: await judgementOf(peers[0], ledger) }
  const tookMs = await until(async () => {
    const pending = await areEqual(peers)()
    if (pending !== undefined) return pending
    verdict.judgement = await judgementOf(peers[0], ledger)
    // Equal, and not yet whole: who has the rest may not be linked yet.
    const [lost] = verdict.judgement.lost
    return lost === undefined ? undefined : `nobody shows ${lost.value} of ${lost.key}`
  }, withinMs)
  return { tookMs, ...verdict }
}

async function judgementOf(peer: Driver | undefined, ledger: Ledger): Promise<Judgement> {
  return ledger.judge((await peer?.ask.shown()) ?? new Map())
}

/** Waits until somebody was told something, by the kind of notice or by words of it. */
export const isTold = (
  { name, notices }: Pick<Driver, 'name' | 'notices'>,
  what: { readonly notice?: string; readonly words?: string },
  withinMs = 20_000,
): Promise<number> =>
  until(() => {
    const { notice, words = '' } = what
    const told = notices.some(
      (one) => (notice === undefined || one.notice === notice) && one.text.includes(words),
    )
    if (told) return undefined
    const texts = notices.map((one) => `${one.notice}: ${one.text}`).join('; ')
    return `${name} was not told ${JSON.stringify(what)}, but: ${texts}`
  }, withinMs)
