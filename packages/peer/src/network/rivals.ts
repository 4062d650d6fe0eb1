import type { PeerId } from '@grapevine/core'

/** As much of a connection as decides which of two stays. */
export interface Rival {
  readonly peer: PeerId
  readonly instance: string
  readonly isInbound: boolean
  /** When it was introduced, by a clock that nobody sets. */
  readonly bornMs: number
}

type Verdict = 'keep' | 'replace' | 'ask'

/**
 * Which of two introduced connections between the same two peers stays; both sides come to the same
 * answer. Nobody introduces itself on a connection it dialed while it has a link to that peer. So a
 * newcomer from the other side means that it has lost the link this side still holds; unless both
 * dialed at once, and then the dial of the peer with the smaller id stays.
 */
export function judgeRivals(
  self: PeerId,
  current: Rival,
  newcomer: Rival,
  crossingMs: number,
): Verdict {
  // Another process under that key: it restarted, or there are two of them. Only asking tells.
  if (current.instance !== newcomer.instance) return 'ask'
  const isCrossing =
    current.isInbound !== newcomer.isInbound && newcomer.bornMs - current.bornMs < crossingMs
  if (isCrossing) return dialerOf(self, newcomer) < dialerOf(self, current) ? 'replace' : 'keep'
  return newcomer.isInbound ? 'replace' : 'keep'
}

const dialerOf = (self: PeerId, { peer, isInbound }: Rival): PeerId => (isInbound ? peer : self)
