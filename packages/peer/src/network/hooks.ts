import { Malformed } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import type { Counters } from './counters.js'
import { createBudget } from './budget.js'
import type { Rate } from './budget.js'
import type { Admission, Book, Judgement, NetworkHooks, NetworkNotice, Trust } from './network.js'

/** What the network tells outside. Whoever fails there harms nothing here. */
export interface Outside extends NetworkHooks {
  heard(this: void, from: PeerId, bytes: Uint8Array): Promise<Judgement>
  /** Once for each peer and cause: such things come again and again. */
  noticeOnce(this: void, notice: NetworkNotice['notice'], peer: PeerId, why: string): void
  /** From here on nobody is told anything. */
  silence(this: void): void
}

const toldMax = 1_000

export function createOutside(
  hooks: NetworkHooks,
  counters: Counters,
  strangersTold: Rate,
): Outside {
  const strangers = createBudget(strangersTold)
  const told = new Set<string>()
  const state = { isSilent: false }
  const tell = (act: () => void): void => {
    if (!state.isSilent) guarded(counters, act)
  }
  const notice = (said: NetworkNotice): void => tell(() => hooks.notice(said))
  return {
    // These two answer; whoever asks takes a rejection for an answer.
    received: async (from, bytes) => (state.isSilent ? 'ignore' : hooks.received(from, bytes)),
    heard: async (from, bytes) => (state.isSilent ? 'ignore' : hooks.heard(from, bytes)),
    linked: (link) => tell(() => hooks.linked(link)),
    unlinked: (peer, why) => tell(() => hooks.unlinked(peer, why)),
    notice,
    noticeOnce(kind, peer, why) {
      const cause = `${kind}/${peer}`
      if (told.has(cause)) return
      // Who has no badge can come under ever new keys.
      if (kind === 'stranger' && strangers.spend(1) > 0) return
      if (told.size >= toldMax) told.clear()
      told.add(cause)
      notice({ notice: kind, peer, text: `peer ${peer.slice(0, 8)} ${why}` })
    },
    silence() {
      state.isSilent = true
    },
  }
}

/** The book is kept outside; where it fails, nobody is known. */
export const safeBook = (book: Book, counters: Counters): Book => ({
  contacts: () => answered(counters, () => book.contacts(), []),
  contact: (peer) => answered(counters, () => book.contact(peer), undefined),
  learn: (contact, from) => guarded(counters, () => book.learn(contact, from)),
})

/** Trust is kept outside, too; where it fails, nobody is let in. What is malformed it says itself. */
export function safeTrust(trust: Trust, counters: Counters): Trust {
  const unjudged: Admission = { is: 'stranger', why: 'shows a badge that could not be judged here' }
  return {
    badge: () => answered(counters, () => trust.badge(), []),
    admit(peer, badge, how) {
      try {
        return trust.admit(peer, badge, how)
      } catch (error) {
        if (error instanceof Malformed) {
          return { is: 'stranger', why: `shows no badge of this mesh: ${error.message}` }
        }
        counters.add('faults')
        return unjudged
      }
    },
    networkKeys: () => answered(counters, () => trust.networkKeys(), []),
    keysFrame: () => answered(counters, () => trust.keysFrame(), undefined),
    hearKeys: (frame) => trust.hearKeys(frame),
    hearBadge: (badge) => trust.hearBadge(badge),
  }
}

function answered<T>(counters: Counters, ask: () => T, otherwise: T): T {
  try {
    return ask()
  } catch {
    counters.add('faults')
    return otherwise
  }
}

/** For what is called by libp2p: a listener that throws there would end the process. */
export const guarded = (counters: Counters, act: () => void): void =>
  answered(counters, act, undefined)
