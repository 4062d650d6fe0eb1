import type { PeerId } from '@grapevine/core'
import type { Contact, Trust } from './network.js'

/**
 * Whether those of whom others tell are members. It is asked again and again, for everybody, so the
 * answers are kept until something was revoked, or ended.
 */
export interface Vouching {
  isVouched(this: void, contact: Contact): boolean
  /** Of all, or of one who has just shown for himself what he is. */
  forget(this: void, peer?: PeerId): void
}

const answersMax = 10_000

interface Answer {
  readonly badge: readonly Uint8Array[]
  readonly isVouched: boolean
}

export function createVouching(trust: Trust | undefined): Vouching {
  const answers = new Map<PeerId, Answer>()
  return {
    isVouched({ peer, badge }) {
      if (trust === undefined) return true
      if (badge === undefined) return false
      const known = answers.get(peer)
      if (known !== undefined && isSameBadge(known.badge, badge)) return known.isVouched
      const isVouched = trust.admit(peer, badge, 'hearsay').is === 'member'
      if (answers.size >= answersMax) answers.clear()
      answers.set(peer, { badge, isVouched })
      return isVouched
    },
    forget(peer) {
      if (peer === undefined) answers.clear()
      else answers.delete(peer)
    },
  }
}

export const isSameBadge = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a === b ||
  (a.length === b.length && a.every((link, index) => Buffer.compare(link, b[index]!) === 0))
