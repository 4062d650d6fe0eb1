import type { Change, Link, Notice, Peer } from '@grapevine/peer'
import type { Logger } from 'pino'

/** How many keys one line names. */
const namedMax = 10

/** What goes on with a peer, as far as operators want to read of it. Values are nobody's business here. */
export function tellOf(peer: Peer, log: Logger): () => void {
  const tellLink = ({ peer: id, introduction, address, isInbound }: Link): void =>
    log.info({ peer: id, address, isInbound }, `linked with ${introduction.name || id.slice(0, 8)}`)
  for (const { link } of peer.peers()) if (link !== undefined) tellLink(link)
  const stops = [
    peer.on('linked', tellLink),
    peer.on('unlinked', ({ peer: id, why }) => {
      const name = peer.peers().find((member) => member.peer === id)?.name ?? id.slice(0, 8)
      log.info({ peer: id, why }, `no longer linked with ${name}: ${why}`)
    }),
    peer.on('change', ({ changes }) => tellChanges(changes, log)),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** A peer tells its first notices while it is being opened. */
export const tellNotice = ({ notice, text }: Notice, log: Logger): void =>
  notice === 'store' ? log.error({ notice }, text) : log.warn({ notice }, text)

function tellChanges(changes: readonly Change[], log: Logger): void {
  const [first] = changes
  if (first === undefined) return
  const keys = changes.slice(0, namedMax).map(({ key }) => key)
  const releases = new Set(changes.map(({ release }) => release?.name))
  const { release } = first
  const by = release?.authorName ?? release?.author.slice(0, 8)
  const origin =
    releases.size === 1 && release !== undefined
      ? { release: release.name, by, message: release.message }
      : { releases: releases.size }
  const more = changes.length <= namedMax ? {} : { more: changes.length - namedMax }
  const [only] = keys
  const what = changes.length === 1 ? `${only} changed` : `${changes.length} keys changed`
  log.info({ ...(changes.length === 1 ? {} : { keys }), ...more, ...origin }, what)
}
