import type { Join } from './figures.js'
import type { Update } from './update.js'

/** Empty disks on their way to a full copy. */
export interface JoinLog {
  opened(peer: number, name: string, lacked: Iterable<Update>, at: number): void
  /** Its disk is gone again: a join that had not ended is none. */
  left(peer: number): void
  received(peer: number, bytes: number): void
  /** It holds this now, or nobody needs to hold it any more. */
  settled(update: Update, at: number, peer?: number): void
  figures(): readonly Join[]
}

interface Entry {
  readonly name: string
  readonly atMs: number
  readonly lacked: Set<Update>
  readonly lackedBytes: number
  bytes: number
  tookMs: number | null
}

export function createJoinLog(): JoinLog {
  const entries = new Set<Entry>()
  const open = new Map<number, Entry>()

  function settle(peer: number, entry: Entry, update: Update, at: number): void {
    if (!entry.lacked.delete(update) || entry.lacked.size > 0) return
    entry.tookMs = at - entry.atMs
    open.delete(peer)
  }

  return {
    opened(peer, name, updates, at) {
      const lacked = new Set(updates)
      const lackedBytes = [...lacked].reduce((sum, { bytes }) => sum + bytes, 0)
      const isEqual = lacked.size === 0
      const entry = { name, atMs: at, lacked, lackedBytes, bytes: 0, tookMs: isEqual ? 0 : null }
      entries.add(entry)
      if (!isEqual) open.set(peer, entry)
    },
    left(peer) {
      const entry = open.get(peer)
      if (entry === undefined) return
      entries.delete(entry)
      open.delete(peer)
    },
    received(peer, bytes) {
      if (open.size === 0) return
      const entry = open.get(peer)
      if (entry !== undefined) entry.bytes += bytes
    },
    settled(update, at, peer) {
      if (open.size === 0) return
      for (const [joiner, entry] of open) {
        if (peer === undefined || peer === joiner) settle(joiner, entry, update, at)
      }
    },
    figures: () =>
      Array.from(entries, ({ name, atMs, tookMs, bytes, lackedBytes }) => {
        return { name, atMs, tookMs, bytes, lackedBytes }
      }),
  }
}
