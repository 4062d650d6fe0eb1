import { randomBytes } from 'node:crypto'
import type { Change, Peer, Value } from '@grapevine/peer'
import type { Index } from './client/client.js'

/** Which keys a reader asks about. */
export type Covers = (key: string) => boolean

/**
 * What changed for readers of this peer, since this process began to remember, as far as it fits: so
 * somebody who was away hears exactly what he missed. Nothing is kept for any one reader.
 */
export interface Journal {
  /** Where readers stand now: `<epoch>-<count>`, another epoch in each process. */
  index(): Index
  /** Merged by keys; undefined: that cannot be said any more, or the index is that of another process. */
  since(index: Index, covers: Covers): readonly Change[] | undefined
  /** Called when something that is covered has changed, and when the peer closes. */
  onMove(covers: Covers, call: () => void): () => void
  /** The peer is closed, or this is: nothing will change any more. */
  isOver(): boolean
  close(this: void): void
}

interface Move {
  readonly changes: readonly Change[]
  readonly weight: number
}

interface Follower {
  readonly covers: Covers
  readonly call: () => void
}

/** As heavy as what it keeps from being forgotten: values that are shown no more. */
const weightMax = 16 * 1024 * 1024
const changeWeight = 256
const indexForm = /^([0-9a-z]+)-(\d{1,15})$/

export function openJournal(peer: Pick<Peer, 'on' | 'watch'>): Journal {
  const epoch = randomBytes(6).toString('hex')
  const followers = new Set<Follower>()
  const ending = new AbortController()
  let moves: Move[] = []
  let weight = 0
  let count = 0

  peer.on('change', ({ changes }) => note(changes), { signal: ending.signal })
  void untilClosed(peer, ending.signal).then(close)

  function note(changes: readonly Change[]): void {
    const move = { changes, weight: changes.reduce((sum, one) => sum + weightOf(one), 0) }
    moves.push(move)
    weight += move.weight
    count += 1
    forgetOldest()
    for (const { covers, call } of Array.from(followers)) {
      if (changes.some(({ key }) => covers(key))) call()
    }
  }

  function forgetOldest(): void {
    if (weight <= weightMax) return
    let forgotten = 0
    // Half of it: so that not each change moves all others.
    while (weight > weightMax / 2) weight -= moves[forgotten++]?.weight ?? 0
    moves = moves.slice(forgotten)
  }

  function since(index: Index, covers: Covers): readonly Change[] | undefined {
    const [, of, at] = indexForm.exec(index) ?? []
    const missed = count - Number(at)
    if (of !== epoch || missed < 0 || missed > moves.length) return undefined
    if (missed === 0) return []
    const changes = moves.slice(-missed).flatMap((move) => move.changes)
    return merged(changes.filter(({ key }) => covers(key)))
  }

  function close(): void {
    ending.abort()
    moves = []
    for (const { call } of Array.from(followers)) call()
    followers.clear()
  }

  return {
    index: () => `${epoch}-${count}`,
    since,
    onMove(covers, call) {
      const follower = { covers, call }
      followers.add(follower)
      return () => void followers.delete(follower)
    },
    isOver: () => ending.signal.aborted,
    close,
  }
}

/** Nothing can be called so: a watch of it tells nothing but the end. */
const noKey = '/'

async function untilClosed(peer: Pick<Peer, 'watch'>, signal: AbortSignal): Promise<void> {
  for await (const _ of peer.watch(noKey, { signal }));
}

/** For each key what was there, and what is; what came and went is nothing. */
function merged(changes: readonly Change[]): readonly Change[] {
  const byKey = new Map<string, Change>()
  for (const change of changes) {
    const earlier = byKey.get(change.key)
    byKey.delete(change.key)
    if (earlier === undefined) byKey.set(change.key, change)
    else if (earlier.previous !== undefined || change.value !== undefined) {
      byKey.set(change.key, { ...change, previous: earlier.previous })
    }
  }
  return [...byKey.values()]
}

const weightOf = ({ previous }: Change): number => changeWeight + sizeOf(previous)

/** About as many bytes as it takes in memory. */
function sizeOf(value: Value | undefined): number {
  if (typeof value === 'string') return 2 * value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Uint8Array) return value.length
  let size = 32
  for (const [name, member] of Object.entries(value)) size += 2 * name.length + sizeOf(member)
  return size
}

/** A text that could be an index of some process. */
export const isIndex = (text: string): boolean => indexForm.test(text)
