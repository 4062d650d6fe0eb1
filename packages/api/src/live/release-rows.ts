import type { NamedReceipt, Peer, ReleaseInfo } from '@grapevine/peer'
import type { ReleaseRow } from '../client/live.js'

/** So many keys, refusals and silent peers a row names; the rest is counted. */
const namedMax = 5
/** More rows than any page shows of one peer at once. */
const knownMax = 1_000

/** Makes rows of releases. What a release changed is worked out once: it stays as it is. */
export function openReleaseRows(
  peer: Pick<Peer, 'release' | 'receipts'>,
): (release: ReleaseInfo) => ReleaseRow {
  const known = new Map<string, Pick<ReleaseRow, 'keys' | 'changes'>>()

  function changesOf({ id, name }: ReleaseInfo): Pick<ReleaseRow, 'keys' | 'changes'> {
    const found = known.get(id)
    if (found !== undefined) return found
    const keys = peer.release(name)?.changes.map(({ key }) => key) ?? []
    const changes = { keys: keys.slice(0, namedMax), changes: keys.length }
    known.set(id, changes)
    const [oldest] = known.keys()
    if (known.size > knownMax && oldest !== undefined) known.delete(oldest)
    return changes
  }

  return (release) => ({
    release,
    ...changesOf(release),
    ...receivedBy(receiptsOf(peer, release.name)),
  })
}

/** It may have become void since it was listed. */
function receiptsOf(peer: Pick<Peer, 'receipts'>, name: string): readonly NamedReceipt[] {
  try {
    return peer.receipts(name)
  } catch {
    return []
  }
}

function receivedBy(
  receipts: readonly NamedReceipt[],
): Omit<ReleaseRow, 'release' | 'keys' | 'changes'> {
  const counts = { reached: 0, refused: 0, pending: 0, silent: 0 }
  const refusals: ReleaseRow['refusals'][number][] = []
  const silentPeers: ReleaseRow['silentPeers'][number][] = []
  for (const receipt of receipts) {
    counts[receipt.receipt] += 1
    const { peer, name } = receipt
    if (receipt.receipt === 'refused' && refusals.length < namedMax) {
      refusals.push({ peer, name, key: receipt.key, reason: receipt.reason })
    }
    if (receipt.receipt === 'silent' && silentPeers.length < namedMax) {
      silentPeers.push({ peer, name, heardAt: receipt.heardAt })
    }
  }
  return { ...counts, refusals, silentPeers }
}
