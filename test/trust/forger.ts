import { randomBytes } from 'node:crypto'
import {
  forgeRelease,
  growTree,
  leafOf,
  replicaIdOf,
  spentBy,
} from '../../packages/sim/src/hostile/forge.ts'
import type { Change, Forged, Header } from '../../packages/sim/src/hostile/forge.ts'
import { linkIdOf } from '../../packages/sim/src/hostile/forge-badge.ts'
import type { Wire } from '../../packages/sim/src/hostile/wire.ts'
import type { Insider } from './closed-mesh.ts'

/** Where a chain of somebody hostile stands. Writing gives the chain after it: it can go on in two ways. */
export interface Chain {
  readonly incarnation: Uint8Array
  readonly replica: string
  readonly seq: number
  readonly tip: Uint8Array | null
  readonly spent: { readonly bytes: number; readonly ms: number }
}

export interface Written extends Forged {
  readonly chain: Chain
}

const bytesPerSecond = 32 * 1024

export function newChain({ tools, identity }: Insider): Chain {
  const incarnation = new Uint8Array(randomBytes(8))
  const replica = replicaIdOf(tools, identity.peer, incarnation)
  return { incarnation, replica, seq: 0, tip: null, spent: { bytes: 0, ms: 0 } }
}

/** What a release departs in from the next one of its chain, written now. */
export type Departure = Partial<Pick<Header, 'prev' | 'ms' | 'seq'>> & {
  readonly signature?: Uint8Array
}

export function writeNext(
  author: Insider,
  chain: Chain,
  changes: readonly Change[],
  departure: Departure = {},
): Written {
  const { tools, identity, badge } = author
  const { signature, ...strays } = departure
  const ms = departure.ms ?? Date.now()
  const regained = Math.floor(((ms - chain.spent.ms) * bytesPerSecond) / 1000)
  const header: Header = {
    peer: identity.peer,
    incarnation: chain.incarnation,
    seq: chain.seq + 1,
    prev: chain.tip,
    counter: 0,
    trust: {
      badge: linkIdOf(tools, badge.at(-1)!),
      authorship: null,
      carriedBytes: Math.max(0, chain.spent.bytes - regained),
    },
    ...strays,
    ms,
  }
  const forged = forgeRelease(tools, header, changes, signature === undefined ? {} : { signature })
  const spent = { bytes: spentBy(header, growTree(changes.map(leafOf))), ms }
  return { ...forged, chain: { ...chain, seq: header.seq, tip: forged.id, spent } }
}

/** So many releases in a row, a change each. */
export function writeMany(
  author: Insider,
  start: Chain,
  changes: readonly Change[],
): readonly Written[] {
  const written: Written[] = []
  let chain = start
  for (const change of changes) {
    const next = writeNext(author, chain, [change])
    written.push(next)
    chain = next.chain
  }
  return written
}

const none: ReadonlyMap<string, number> = new Map()

/** A put that has seen nothing of what was there. */
export const put = (key: string, value: Wire, seen = none): Change => ({ key, seen, put: value })
