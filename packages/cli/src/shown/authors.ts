import type { PeerClient } from '@grapevine/api/client'
import type { PeerId, ReleaseInfo } from '@grapevine/peer'
import { onOneLine } from './shown-value.js'

/** `alice`, or `alice (laptop-a)` where she wrote through another's peer. */
export type AuthorOf = (release: ReleaseInfo) => string

const idDigits = 8

/** What authors are called, asked of the peer only where their releases do not say so. */
export async function authors(
  client: Pick<PeerClient, 'peers'>,
  releases: Iterable<ReleaseInfo | undefined>,
): Promise<AuthorOf> {
  const isNamed = (release: ReleaseInfo | undefined): boolean =>
    release === undefined || (release.authorName !== undefined && release.relay === release.author)
  const members = [...releases].every(isNamed) ? [] : await client.peers()
  const names = new Map(members.map(({ peer, name }) => [peer, name]))
  const nameOf = (peer: PeerId): string => names.get(peer) ?? peer.slice(0, idDigits)
  return ({ author, authorName, relay }) => {
    const name = authorName ?? nameOf(author)
    return onOneLine(relay === author ? name : `${name} (${nameOf(relay)})`)
  }
}
