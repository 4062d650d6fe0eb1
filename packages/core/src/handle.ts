import { type BadgeChain, badgeOf } from './badge.js'
import { onBadges, onBadgesWant, showBadge } from './badges.js'
import { collect } from './collect.js'
import { noteDay } from './days.js'
import { Malformed, MeshError } from './errors.js'
import { planRollback } from './history.js'
import { type Dot, type Key, type PeerId, sortedValues } from './ids.js'
import { reincarnate } from './incarnation.js'
import { clipText } from './key.js'
import { limits } from './limits.js'
import { type Message, decodeMessage, encodeMessage } from './message.js'
import {
  type Announcement,
  decodePresence,
  hearPresence,
  isNews,
  signPresence,
} from './presence.js'
import { reconsiderEarly, settleParked } from './receive.js'
import { type Release } from './release.js'
import { revokedIn } from './revocation.js'
import { openSession } from './send.js'
import { type Signer, type StatementRequest, issue } from './issue.js'
import { type State, limitOf, seqOf } from './state.js'
import {
  onAnnounce,
  onClock,
  onDelta,
  onEvidence,
  onRelease,
  onStanding,
  onStatements,
  onSummary,
  onWant,
} from './sync.js'
import { onSnapshot, onSnapshotWant, retryPending } from './transfer.js'
import { type Turn } from './turn.js'
import { type Write, write } from './write.js'

/** Everything that can happen to a replica. */
export type Input =
  | ({ readonly type: 'write' } & Write)
  /** Undo a release: its keys return to what its writer had seen, where they still show it. */
  | {
      readonly type: 'rollback'
      readonly dot: Dot
      readonly message?: string
      readonly requestId?: string
    }
  /** A frame from another peer, whatever it holds. */
  | { readonly type: 'received'; readonly from: PeerId; readonly bytes: Uint8Array }
  /** Open a session with a connected peer: anti-entropy, on which every promise rests. */
  | { readonly type: 'sync'; readonly with: PeerId }
  /** Say where this replica stands. */
  | ({ readonly type: 'announce' } & Announcement)
  /** Time has passed: look again at what came too early. */
  | { readonly type: 'tick' }
  /** Let go of what can never matter again. */
  | { readonly type: 'collect' }
  /** Who belongs to the mesh. The set is kept, not copied: in a large mesh many replicas can share it. */
  | { readonly type: 'members'; readonly members: ReadonlySet<PeerId> }
  /**
   * The code on this peer cannot take the value that a key shows (undefined: it can again). With the
   * release that it looked at: by now the key may show another one.
   */
  | {
      readonly type: 'refuse'
      readonly key: Key
      readonly release?: Dot | undefined
      readonly reason: string | undefined
    }
  /** Say something about the mesh itself; with a signer, in the name of another key than this peer's. */
  | {
      readonly type: 'issue'
      readonly statement: StatementRequest
      readonly by?: Signer | undefined
    }
  /** By what this peer is a member, links root first. */
  | { readonly type: 'badge'; readonly links: readonly Uint8Array[] }
  /** A badge was seen: what names it can be judged at once. */
  | { readonly type: 'show-badge'; readonly links: readonly Uint8Array[] }
  /** The store is new, lost, restored or copied: write under a new replica id from now on. */
  | { readonly type: 'reincarnate'; readonly why: string }

/** One input: what it is decides who acts on it, and nothing else is decided here. */
export function handle(state: State, input: Input, turn: Turn): void {
  switch (input.type) {
    case 'write':
      return turn.tell({ type: 'written', release: write(state, input, turn) })
    case 'rollback':
      return turn.tell({ type: 'written', release: rollback(state, input, turn) })
    case 'received':
      return received(state, input.from, input.bytes, turn)
    case 'sync':
      return openSession(state, input.with, turn)
    case 'announce':
      return announce(state, input, turn)
    case 'tick':
      noteDay(state, turn)
      return reconsiderEarly(state, turn)
    case 'collect':
      return collect(state, turn)
    case 'members':
      return setMembers(state, input.members)
    case 'refuse':
      return refuse(state, input)
    case 'issue':
      return void issue(state, input, turn)
    case 'badge':
      return setBadge(state, input.links, turn)
    case 'show-badge':
      return void openBadge(state, input.links, turn)
    case 'reincarnate':
      return reincarnate(state, input.why, turn)
    default:
      return unreachable(input)
  }
}

function rollback(
  state: State,
  { dot, message, requestId }: Extract<Input, { type: 'rollback' }>,
  turn: Turn,
): Release | undefined {
  const plan = planRollback(state, dot)
  const asked = {
    put: plan.put,
    remove: plan.remove,
    confirmRemoves: plan.remove.length,
    message,
    requestId,
  }
  return write(state, asked, turn)
}

function announce(state: State, announcement: Announcement, turn: Turn): void {
  const bytes = signPresence(state, announcement, turn)
  turn.tell({ type: 'gossip', bytes: encodeMessage({ type: 'presence', bytes }) })
}

function refuse(
  state: State,
  { key, release: judged, reason }: Extract<Input, { type: 'refuse' }>,
): void {
  const shown = judged ?? state.keys.get(key)?.shown?.release
  state.refusals.delete(key)
  if (shown === undefined || reason === undefined) return
  if (state.refusals.size >= limits.refusalsMax) {
    throw new MeshError('NOT_ALLOWED', `${limits.refusalsMax} keys are refused here already`, {
      key,
    })
  }
  const { replica, seq } = shown
  state.refusals.set(key, { replica, seq, key, reason: clipText(reason, limits.reasonBytesMax) })
}

/** From this peer itself: what cannot be used is its own mistake. */
function openBadge(state: State, links: readonly Uint8Array[], turn: Turn): BadgeChain {
  try {
    return showBadge(state, links, turn)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new MeshError('BADGE_INVALID', `the badge cannot be used: ${error.message}`)
  }
}

function setBadge(state: State, links: readonly Uint8Array[], turn: Turn): void {
  const chain = openBadge(state, links, turn)
  const { subject, name } = badgeOf(chain)
  if (subject !== state.peer) {
    throw new MeshError('BADGE_INVALID', `the badge is that of ${name}, and not of this peer`)
  }
  state.ownBadge = chain
  // Whom a revocation ended with others, and somebody let in again, begins anew.
  const isEnded = seqOf(state, state.replica) >= limitOf(state)(state.replica)
  if (isEnded && revokedIn(state, chain).length === 0) {
    reincarnate(state, 'it was ended, and has another badge now', turn)
  }
}

/** Hostile until proven otherwise: what cannot be read is told, and nothing is thrown. */
function received(state: State, from: PeerId, bytes: Uint8Array, turn: Turn): void {
  try {
    onMessage(state, from, decodeMessage(bytes), turn)
    settleParked(state, turn)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    turn.tell({ type: 'verdict', from, verdict: 'refused', reason: error.message })
  }
}

function onMessage(state: State, from: PeerId, message: Message, turn: Turn): void {
  switch (message.type) {
    case 'release':
      return void onRelease(state, from, message.bytes, turn)
    case 'announce':
      return onAnnounce(state, from, message, turn)
    case 'summary':
      return onSummary(state, from, message, turn)
    case 'standing':
      return onStanding(state, from, message, turn)
    case 'statements':
      return onStatements(state, from, message, turn)
    case 'clock':
      return onClock(state, from, message, turn)
    case 'want':
      return onWant(state, from, message, turn)
    case 'delta':
      return onDelta(state, from, message, turn)
    case 'evidence':
      return onEvidence(state, message, turn)
    case 'snapshot-want':
      return onSnapshotWant(state, from, message, turn)
    case 'snapshot':
      return onSnapshot(state, from, message, turn)
    case 'presence':
      return onPresence(state, from, message.bytes, turn)
    case 'badges':
      return onBadges(state, from, message, turn)
    case 'badges-want':
      return onBadgesWant(state, from, message, turn)
    default:
      return unreachable(message)
  }
}

function onPresence(state: State, from: PeerId, bytes: Uint8Array, turn: Turn): void {
  const presence = decodePresence(state.mesh, bytes, (said) => isNews(state, said))
  turn.tell({ type: 'verdict', from, verdict: presence === undefined ? 'duplicate' : 'applied' })
  if (presence === undefined) return
  hearPresence(state, presence, turn.now)
  retryPending(state, turn)
}

/** Who has left is heard no more, and neither are its old words. */
function setMembers(state: State, members: ReadonlySet<PeerId>): void {
  state.members = members.has(state.peer) ? members : new Set([...members, state.peer])
  for (const peer of sortedValues(new Set([...state.presences.keys(), ...state.stated.keys()]))) {
    if (state.members.has(peer)) continue
    state.presences.delete(peer)
    state.stated.delete(peer)
  }
}

function unreachable(never: never): never {
  throw new Error(`no such case: ${JSON.stringify(never)}`)
}
