import { equals } from 'uint8arrays/equals'
import { badgesOf, introduceBadges, sendBadges } from './badges.js'
import { type Verdict } from './effect.js'
import { Malformed } from './errors.js'
import { badgesOfFork, compareShown } from './fork.js'
import { hashesOf, stateWord } from './hashes.js'
import {
  type BadgeId,
  type Dot,
  type PeerId,
  type ReplicaId,
  sortedEntries,
  sortedValues,
  unknownId,
} from './ids.js'
import { limits } from './limits.js'
import { limitsMoved } from './limit.js'
import { type Pair, type Range, encodeMessage } from './message.js'
import { noteStated, votesFor } from './presence.js'
import { pull, rangeFrom, wantOf } from './pull.js'
import { receive, settleParked } from './receive.js'
import { decodeEvidence, isSigned, showOnly } from './release.js'
import { type Of, closeSession, send, sendSummary } from './send.js'
import { compareStamps } from './stamp.js'
import { standingPages, standingWithin, statementsFor } from './standing.js'
import { takeStatements } from './statements.js'
import { isStray, keepStray, strayBeyond } from './strays.js'
import { wantSnapshot } from './transfer.js'
import { type Mark } from './statement.js'
import { type Logged, type State, idAt, limitOf, loggedAt, proofAt, seqOf } from './state.js'
import { type Turn } from './turn.js'

/*
 * A session is a chain of stateless answers; any of them may be lost, and the next session heals.
 *
 *   alice                                   bob
 *     | summary (three hashes) ------------> |   equal: compare state, answer, done
 *     | <--------- standing (if statements differ)
 *     | statements + own standing ---------> |   each side learns what it lacks, first of all
 *     | <--------------- statements, clock pages
 *     | delta (what bob lacks) ------------> |
 *     | want (what alice lacks) -----------> |
 *     | <----------------- delta, page by page as alice asks for the rest
 *     | summary (close) -------------------> |   both compare: equal clocks, equal state?
 *     | <------------------ summary (answer) |
 */

export function onSummary(state: State, from: PeerId, message: Of<'summary'>, turn: Turn): void {
  if (message.isVouching) noteStated(state, from, message.hashes)
  const own = hashesOf(state)
  const { hashes, step } = message
  const hasEqualStatements = equals(own.statements, hashes.statements)
  if (!hasEqualStatements || !equals(own.clock, hashes.clock)) {
    if (step !== 'open') return
    if (hasEqualStatements) sendClock(state, from, turn)
    else
      for (const standing of standingPages(state)) send(turn, from, { type: 'standing', standing })
    return
  }
  if (step !== 'answer') sendSummary(state, from, 'answer', turn)
  if (equals(own.state, hashes.state)) return turn.tell({ type: 'synced', with: from })
  onDivergence(state, from, message, turn)
}

/** Equal clocks, equal statements, other heads: never in a correct mesh. A third member decides. */
function onDivergence(state: State, from: PeerId, { hashes }: Of<'summary'>, turn: Turn): void {
  const word = stateWord(hashes)
  const own = stateWord(hashesOf(state))
  const agreed = votesFor(state, word, from) > votesFor(state, own, from)
  const { divergence } = state
  const isKnown = divergence?.word === word && divergence.agreed === agreed
  // A repair that did not help will not help at once, and the alarm need not ring without end.
  if (isKnown && turn.now - divergence.at < limits.memberSilentMs) return
  state.divergence = { word, agreed, at: turn.now }
  const text = `${from.slice(0, 8)} has the same clock and other values${agreed ? '; a third member agrees with it, repairing from it' : ''}`
  turn.tell({ type: 'notice', notice: 'diverged', text })
  // A fork that lies deeper than is known shows only here: at its limit tips have no ids.
  const atLimits = sortedEntries(state.forks).flatMap(([, { limit }]) => bareProof(state, limit))
  if (atLimits.length > 0) send(turn, from, { type: 'evidence', releases: atLimits })
  if (agreed) wantSnapshot(state, from, turn)
}

function bareProof(state: State, dot: Dot): readonly Uint8Array[] {
  const bytes = proofAt(state, dot)
  return bytes === undefined ? [] : [showOnly(state.mesh, bytes, () => false)]
}

export function onStanding(
  state: State,
  from: PeerId,
  { standing }: Of<'standing'>,
  turn: Turn,
): void {
  const lacking = statementsFor(state, standing)
  const own = standingWithin(state, standing.from, standing.to)
  sendBadges(state, from, badgesOfPairs(state, lacking.pairs), turn)
  send(turn, from, { type: 'statements', ...lacking, standing: own })
}

export function onStatements(
  state: State,
  from: PeerId,
  { statements, pairs, standing }: Of<'statements'>,
  turn: Turn,
): void {
  takeStatements(state, statements, pairs, turn)
  if (standing === undefined) return
  const lacking = statementsFor(state, standing)
  sendBadges(state, from, badgesOfPairs(state, lacking.pairs), turn)
  send(turn, from, { type: 'statements', ...lacking, standing: undefined })
  // Each session has one first page, whatever number of them there are.
  if (standing.from === null) sendClock(state, from, turn)
}

/** A proof of a fork counts only of a member. */
const badgesOfPairs = (state: State, pairs: readonly Pair[]): readonly BadgeId[] =>
  state.mesh.closed === true
    ? sortedValues(new Set(pairs.flatMap((pair) => badgesOfFork(state, pair))))
    : []

const tipBytes = 64

/** The whole clock in bounded pages, each of which says which stretch of ids it speaks for. */
function sendClock(state: State, to: PeerId, turn: Turn): void {
  const tips = sortedEntries(state.clock).map(([replica, { seq, id }]): Mark => ({
    replica,
    seq,
    id,
  }))
  const size = Math.floor(limits.pageBytesMax / tipBytes)
  for (let start = 0; start === 0 || start < tips.length; start += size) {
    const page = tips.slice(start, start + size)
    const from = start === 0 ? null : page[0]!.replica
    const next = tips[start + size]?.replica ?? null
    send(turn, to, { type: 'clock', from, to: next, tips: page })
  }
}

/** The digest of the other side: give what it lacks, ask for what is missing here. */
export function onClock(state: State, from: PeerId, message: Of<'clock'>, turn: Turn): void {
  const theirs = new Map(message.tips.map((mark) => [mark.replica, mark]))
  const isSpokenFor = (replica: ReplicaId): boolean =>
    (message.from === null || replica >= message.from) &&
    (message.to === null || replica < message.to)
  const limit = limitOf(state)
  const lacking: Range[] = []
  const wanted: Range[] = []
  for (const replica of sortedValues(new Set([...theirs.keys(), ...state.clock.keys()]))) {
    if (!isSpokenFor(replica)) continue
    const mine = seqOf(state, replica)
    const their = theirs.get(replica)
    if (their !== undefined && showFork(state, from, their, turn)) continue
    const seq = Math.min(their?.seq ?? 0, limit(replica))
    if (mine > seq) lacking.push({ replica, after: seq, afterId: their?.id ?? null, to: mine })
    if (mine < seq) wanted.push(rangeFrom(state, replica, seq))
  }
  // What nobody vouches for is kept back; what other replica ids wrote need not wait for it.
  const isKeptBack = state.pendingSnapshot?.isComplete === true
  for (const ranges of isKeptBack ? wanted.map((range) => [range]) : [wanted]) {
    if (ranges.length > 0) send(turn, from, wantOf(ranges))
  }
  if (lacking.length > 0) sendDelta(state, from, lacking.slice(0, limits.wantRangesMax), turn)
  if (wanted.length === 0 && lacking.length === 0) closeSession(state, from, turn)
}

/** The other holds another release at this dot: show ours, and its log makes the proof. */
function showFork(state: State, to: PeerId, mark: Mark, turn: Turn): boolean {
  if (
    mark.id === null ||
    mark.id === unknownId ||
    mark.seq === 0 ||
    mark.seq > seqOf(state, mark.replica)
  )
    return false
  const own = idAt(state, mark.replica, mark.seq)
  if (own === undefined || own === mark.id) return false
  const releases = bareProof(state, mark)
  if (releases.length === 0) return false
  send(turn, to, { type: 'evidence', releases })
  return true
}

/** More than that is wanted of a replica id whose peer was revoked: show why there is none. */
function showStray(
  state: State,
  to: PeerId,
  wanted: Pick<Range, 'replica' | 'to'>,
  turn: Turn,
): boolean {
  const stray = strayBeyond(state, wanted.replica, wanted.to)
  if (stray === undefined) return false
  sendBadges(state, to, badgesOf(stray.release), turn)
  send(turn, to, { type: 'evidence', releases: [stray.bytes] })
  return true
}

export function onEvidence(state: State, { releases }: Of<'evidence'>, turn: Turn): void {
  for (const bytes of releases) {
    const evidence = decodeEvidence(state.mesh, bytes)
    // Where nobody was revoked the first question costs nothing.
    if (isStray(state, evidence) && isWanted(state, evidence.release.replica)) {
      if (!isSigned(state.mesh, evidence))
        throw new Malformed('the signature of a proof does not hold')
      keepStray(state, evidence, turn)
      limitsMoved(state, turn)
    } else compareShown(state, bytes, turn)
  }
}

/** Whether something that is parked here waits for it. */
const isWanted = (state: State, replica: ReplicaId): boolean =>
  // order: any will do
  [...state.parked.values()].some(({ missing }) => missing?.replica === replica)

export function onWant(state: State, from: PeerId, { ranges }: Of<'want'>, turn: Turn): void {
  const straight = ranges
    .slice(0, limits.wantRangesMax)
    .filter(
      ({ replica, after, afterId, to }) =>
        !showFork(state, from, { replica, seq: after, id: afterId }, turn) &&
        !showStray(state, from, { replica, to }, turn),
    )
  sendDelta(state, from, straight, turn)
}

const rangeBytes = 72

/**
 * Oldest stamp first: stamps follow causes, so the other can apply each as it comes. Where a part is
 * gone nothing is sent: half of it would only make heads that the snapshot then has to take away.
 */
function sendDelta(state: State, to: PeerId, ranges: readonly Range[], turn: Turn): void {
  const left = ranges.map((range) => ({
    ...range,
    to: Math.min(range.to, seqOf(state, range.replica)),
  }))
  const isGone = left.some(
    ({ replica, after, to: end }) => after < Math.min(end, state.floors.get(replica) ?? 0),
  )
  if (isGone) return send(turn, to, { type: 'delta', releases: [], rest: [], isGone })
  const page: Logged[] = []
  let room = limits.pageBytesMax - ranges.length * rangeBytes
  for (let next = oldest(state, left); next !== undefined; next = oldest(state, left)) {
    const { logged, range } = next
    room -= logged.bytes.length
    if (room < 0 && page.length > 0) break
    page.push(logged)
    range.after += 1
    range.afterId = logged.release.id
  }
  const rest = left.filter(({ after, to: end }) => after < end)
  if (page.length === 0) return
  introduceBadges(state, to, page, turn)
  send(turn, to, { type: 'delta', releases: page.map(({ bytes }) => bytes), rest, isGone })
}

type OpenRange = { -readonly [Part in keyof Range]: Range[Part] }

interface Next {
  readonly range: OpenRange
  readonly logged: Logged
}

function oldest(state: State, ranges: readonly OpenRange[]): Next | undefined {
  let best: Next | undefined
  for (const range of ranges) {
    if (range.after >= range.to) continue
    const logged = loggedAt(state, range.replica, range.after + 1)!
    if (best === undefined || compareStamps(logged.release, best.logged.release) < 0) {
      best = { range, logged }
    }
  }
  return best
}

export function onRelease(
  state: State,
  from: PeerId,
  bytes: Uint8Array,
  turn: Turn,
): Verdict['verdict'] {
  const evidence = decodeEvidence(state.mesh, bytes)
  const verdict = receive(state, evidence, from, turn)
  turn.tell({ type: 'verdict', from, release: evidence.release, ...verdict })
  return verdict.verdict
}

export function onDelta(state: State, from: PeerId, message: Of<'delta'>, turn: Turn): void {
  let isMoving = false
  for (const bytes of message.releases) {
    isMoving = onRelease(state, from, bytes, turn) === 'applied' || isMoving
  }
  settleParked(state, turn)
  // The other's word only says where to go on; what is asked for follows from what is held now.
  const rest = message.rest
    .filter(
      ({ replica, to }) =>
        to > seqOf(state, replica) && seqOf(state, replica) < limitOf(state)(replica),
    )
    .map(({ replica, to }) => rangeFrom(state, replica, to))
  if (message.isGone) wantSnapshot(state, from, turn)
  else if (rest.length > 0 && isMoving)
    turn.tell({ type: 'pull', from, bytes: encodeMessage(wantOf(rest)) })
  else closeSession(state, from, turn)
}

/** Somebody holds a release that was too large to gossip. */
export const onAnnounce = (
  state: State,
  from: PeerId,
  { mark }: Of<'announce'>,
  turn: Turn,
): void => pull(state, from, new Map([[mark.replica, mark.seq]]), turn)
