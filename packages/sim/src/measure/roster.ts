import type { Node } from '../observer.js'

/** Which peers are there, and when each of them could be reached. */
export interface Roster {
  readonly size: number
  up(node: Node, at: number): void
  down(node: Node, at: number): void
  /** Up, but out of reach or standing still. */
  absent(peer: number, from: number, to: number): void
  /** Nobody stays away beyond this. */
  healed(at: number): void
  isUp(this: void, peer: number): boolean
  name(this: void, peer: number): string
  /** Honest peers seen so far. */
  count(): number
  countUp(): number
  /** Milliseconds that all peers together were up. */
  upMs(end: number): number
  /** When the next absence of a peer begins after this; undefined: it is absent. */
  reachableUntil(this: void, peer: number, at: number): number | undefined
}

interface Row {
  readonly name: string
  isUp: boolean
  since: number
  upMs: number
  readonly absences: { readonly from: number; to: number }[]
}

export function createRoster(size: number): Roster {
  const rows: (Row | undefined)[] = []
  let up = 0

  return {
    size,
    up(node, at) {
      const row = (rows[node.index] ??= {
        name: node.name,
        isUp: false,
        since: 0,
        upMs: 0,
        absences: at > 0 ? [{ from: 0, to: Number.POSITIVE_INFINITY }] : [],
      })
      if (row.isUp) return
      row.isUp = true
      row.since = at
      up += 1
      for (const absence of row.absences) {
        if (absence.to === Number.POSITIVE_INFINITY) absence.to = at
      }
    },
    down(node, at) {
      const row = rows[node.index]
      if (row?.isUp !== true) return
      row.isUp = false
      row.upMs += at - row.since
      up -= 1
      row.absences.push({ from: at, to: Number.POSITIVE_INFINITY })
    },
    absent: (peer, from, to) => void rows[peer]?.absences.push({ from, to }),
    healed(at) {
      for (const row of rows) {
        if (row?.isUp !== true) continue
        for (const absence of row.absences) absence.to = Math.min(absence.to, at)
      }
    },
    isUp: (peer) => rows[peer]?.isUp === true,
    name: (peer) => rows[peer]?.name ?? `peer ${peer + 1}`,
    count: () => rows.reduce((count, row) => count + (row === undefined ? 0 : 1), 0),
    countUp: () => up,
    upMs: (end) =>
      rows.reduce((sum, row) => sum + (row?.upMs ?? 0) + (row?.isUp ? end - row.since : 0), 0),
    reachableUntil(peer, at) {
      const row = rows[peer]
      if (row === undefined || row.absences.some(({ from, to }) => from <= at && at < to)) return
      const next = row.absences.filter(({ from }) => from > at).map(({ from }) => from)
      return Math.min(Number.POSITIVE_INFINITY, ...next)
    },
  }
}
