import type { ConflictSide, Figures, ListedConflict } from './figures.js'
import type { Node } from '../observer.js'

const listedMax = 40
const valueLengthMax = 60

type Reading = ReturnType<Node['replica']['conflicts']>[number]

/** As the first peer that is up lists them; that all list the same is somebody else's to check. */
export function conflictsOf(nodes: readonly Node[]): Figures['conflicts'] {
  const witness = nodes.find(({ isHonest, isUp }) => isHonest && isUp)
  const conflicts = witness?.replica.conflicts() ?? []
  const names = new Map(nodes.map(({ peer, name }) => [peer, name]))
  const side = ({ value, release }: Pick<Reading, 'value' | 'release'>): ConflictSide => ({
    value: shown(value),
    by: names.get(release.peer) ?? release.peer.slice(0, 8),
    stampMs: release.stamp.ms,
  })
  const listed = conflicts.slice(0, listedMax).map((reading): ListedConflict => {
    return { key: reading.key, shown: side(reading), others: reading.others.map(side) }
  })
  return { count: conflicts.length, listed }
}

function shown(value: Reading['value']): string {
  const text = value instanceof Uint8Array ? bytesShown(value) : JSON.stringify(value)
  return text.length <= valueLengthMax ? text : `${text.slice(0, valueLengthMax - 1)}…`
}

const bytesShown = (bytes: Uint8Array): string =>
  `${Buffer.from(bytes.subarray(0, 6)).toString('hex')}… (${bytes.length} bytes)`
