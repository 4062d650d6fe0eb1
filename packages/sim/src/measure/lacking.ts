import type { Lacking, LackingRow } from './figures.js'
import type { Roster } from './roster.js'
import { columnsMax } from './timeline.js'
import type { Buckets } from './timeline.js'

/**
 * Who lacked how much when, as a mean over each piece of time. A peer lacks what lives and it does
 * not hold, so two areas under two curves suffice: that of what lives, which is one for all, and
 * that of what each peer holds, which is touched only when the peer gains or loses something.
 */
export interface LackingBook {
  /** So many releases more (or fewer) count in the whole mesh. */
  lives(change: number, at: number): void
  holds(peer: number, change: number, at: number): void
  figures(at: number): Lacking
}

const rowsMax = 60
const worstRows = 40
const notRunning = -1

export function createLackingBook(roster: Roster, buckets: Buckets): LackingBook {
  const { size } = roster
  const cells = new Float32Array(size * columnsMax).fill(notRunning)
  const held = new Int32Array(size)
  const heldArea = new Float64Array(size)
  const heldSince = new Float64Array(size)
  let living = 0
  let livingArea = 0
  let livingSince = 0

  const meanOf = (peer: number, at: number, widthMs: number): number => {
    const lives = livingArea + living * (at - livingSince)
    const holds = heldArea[peer]! + held[peer]! * (at - heldSince[peer]!)
    // Areas are sums of many small ones, and nothing may come out slightly below zero.
    return widthMs <= 0 ? 0 : Math.max(0, (lives - holds) / widthMs)
  }

  buckets.track({
    close(column, end) {
      for (let peer = 0; peer < size; peer++) {
        if (roster.isUp(peer))
          cells[peer * columnsMax + column] = meanOf(peer, end, buckets.widthMs)
        heldArea[peer] = 0
        heldSince[peer] = end
      }
      livingArea = 0
      livingSince = end
    },
    halve() {
      for (let peer = 0; peer < size; peer++) halveRow(cells, peer * columnsMax)
    },
  })

  function rowOf(peer: number, at: number): readonly number[] {
    const begin = buckets.column * buckets.widthMs
    const row = [...cells.subarray(peer * columnsMax, peer * columnsMax + buckets.column)]
    if (at > begin) row.push(roster.isUp(peer) ? meanOf(peer, at, at - begin) : notRunning)
    return row.map((cell) => Math.round(cell * 100) / 100)
  }

  return {
    lives(change, at) {
      livingArea += living * (at - livingSince)
      livingSince = at
      living += change
    },
    holds(peer, change, at) {
      heldArea[peer]! += held[peer]! * (at - heldSince[peer]!)
      heldSince[peer] = at
      held[peer]! += change
    },
    figures(at) {
      const peers: LackingRow[] = []
      for (let peer = 0; peer < size; peer++) {
        const row = rowOf(peer, at)
        if (row.every((cell) => cell === notRunning)) continue
        peers.push({ name: roster.name(peer), group: 'worst', cells: row })
      }
      return chosenOf(peers)
    },
  }
}

function halveRow(cells: Float32Array, from: number): void {
  for (let column = 0; column < columnsMax / 2; column++) {
    const [first, second] = [cells[from + 2 * column]!, cells[from + 2 * column + 1]!]
    const isOneDown = first === notRunning || second === notRunning
    cells[from + column] = isOneDown ? Math.max(first, second) : (first + second) / 2
  }
  cells.fill(notRunning, from + columnsMax / 2, from + columnsMax)
}

/** All, or those that lacked most and those in the middle. */
function chosenOf(peers: readonly LackingRow[]): Lacking {
  if (peers.length <= rowsMax) return { rows: peers, isAll: true }
  const lackOf = ({ cells }: LackingRow): number =>
    cells.reduce((sum, cell) => sum + Math.max(0, cell), 0)
  const ranked = peers
    .map((row) => ({ row, lack: lackOf(row) }))
    .sort((a, b) => b.lack - a.lack)
    .map(({ row }) => row)
  const worst = ranked.slice(0, worstRows)
  const others = ranked.slice(worstRows)
  const count = rowsMax - worstRows
  const from = Math.max(
    0,
    Math.min(others.length - count, (peers.length >> 1) - worstRows - count / 2),
  )
  const middle = others
    .slice(from, from + count)
    .map((row) => ({ ...row, group: 'middle' as const }))
  return { rows: [...worst, ...middle], isAll: false }
}
