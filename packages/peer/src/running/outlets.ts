import type { Effect, KeyChange, Notice, PeerId, Release, Replica, Verdict } from '@grapevine/core'
import type { Judgement } from '../network/network.js'

/** Where effects go. */
export interface Outlets {
  changed(changes: readonly KeyChange[]): void
  gossip(bytes: Uint8Array, isPresence: boolean): void
  send(to: PeerId, bytes: Uint8Array): void
  /** From this peer, or from any other if it is gone. */
  pull(from: PeerId, bytes: Uint8Array): void
  /** A release came from a member, and this became of it. */
  judged(release: Release, from: PeerId, verdict: Verdict['verdict']): void
  synced(peer: PeerId): void
  /** What is held here has moved: once for each input, after all that it set off. */
  moved(): void
  /** A presence was taken; `bytes`: as it came down a stream. */
  heardPresence(bytes: Uint8Array | undefined): void
  /** Who is revoked has changed. */
  revoked(): void
  notice(notice: Notice | { readonly notice: 'store'; readonly text: string }): void
  /** After a disk that failed: readers must see what it really holds. */
  reopened(replica: Replica): void
  /** An input was refused, or an outlet failed. */
  failed(error: unknown, where: string): void
}

/** An effect that others see, or the end of its input. */
export type Act = Exclude<Effect, { readonly type: 'persist' }> | 'done'

/** What one input asked for: whom to answer, and how its effects are to be understood. */
export interface Cause {
  readonly isPresence?: boolean
  /** A frame that came down a stream. */
  readonly bytes?: Uint8Array
  verdict?: Verdict
  /** It asked others for something: it was news. */
  hasPulled?: boolean
  /** It changed what is held here. */
  hasMoved?: boolean
  written?: (release: Release | undefined) => void
  done?: () => void
  failed?: (error: Error) => void
}

export function perform(act: Act, cause: Cause, outlets: Outlets): void {
  if (act === 'done') {
    cause.done?.()
    if (cause.hasMoved === true) outlets.moved()
    return
  }
  switch (act.type) {
    case 'changed':
      cause.hasMoved = true
      return outlets.changed(act.changes)
    case 'written':
      cause.hasMoved ||= act.release !== undefined
      return cause.written?.(act.release)
    case 'gossip':
      return outlets.gossip(act.bytes, cause.isPresence === true)
    case 'send':
      return outlets.send(act.to, act.bytes)
    case 'pull':
      cause.hasPulled = true
      return outlets.pull(act.from, act.bytes)
    case 'verdict':
      cause.verdict ??= act
      if (act.release !== undefined) outlets.judged(act.release, act.from, act.verdict)
      if (act.verdict !== 'applied') return
      if (act.release === undefined) return outlets.heardPresence(cause.bytes)
      cause.hasMoved = true
      return
    case 'synced':
      return outlets.synced(act.with)
    case 'revoked':
      return outlets.revoked()
    case 'notice':
      return outlets.notice({ notice: act.notice, text: act.text })
  }
}

/** What is new and valid goes on, also where it has to wait here; what nobody should see costs its sender. */
export function judge({ verdict, hasPulled }: Cause): Judgement {
  switch (verdict?.verdict) {
    case 'applied':
    case 'early':
      return 'accept'
    case 'waiting':
      // Whether its writer has the right nobody can say before its badge is there.
      return verdict.badge === undefined ? 'accept' : 'ignore'
    case 'refused':
      return 'reject'
    case undefined:
      return hasPulled === true ? 'accept' : 'ignore'
    default:
      return 'ignore'
  }
}
