import type { PeerClient } from '@grapevine/api/page'
import type { PeerId, ReleaseInfo } from '@grapevine/peer'

/** A release that others have, and this peer, as far as is known, has not taken. */
export interface Lacked {
  readonly release: ReleaseInfo
  readonly why: 'refused' | 'pending' | 'silent'
  /** Of one that was refused. */
  readonly reason: string | undefined
}

/** As far back as one looks, and so many are asked about. */
const recentMax = 50
const askedMax = 12

/** Asked of a peer that has them: nobody can say of itself what it has never heard of. */
export async function lackedBy(
  peer: PeerId,
  asked: PeerClient,
  signal: AbortSignal,
): Promise<readonly Lacked[]> {
  const rows = await asked.releases({ limit: recentMax, signal })
  const open = rows
    .filter(({ pending, silent, refused }) => pending + silent + refused > 0)
    .slice(0, askedMax)
  const found = await Promise.all(
    open.map(async ({ release }) => {
      const receipts = await asked.receipts(release.name)
      const receipt = receipts.find((one) => one.peer === peer)
      if (receipt === undefined || receipt.receipt === 'reached') return []
      const reason = receipt.receipt === 'refused' ? `${receipt.key}: ${receipt.reason}` : undefined
      return [{ release, why: receipt.receipt, reason }]
    }),
  )
  return found.flat()
}
