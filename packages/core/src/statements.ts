import { encode } from './codec.js'
import { Malformed } from './errors.js'
import { loggedBeyond, readForkProof, takeForkProof } from './fork.js'
import { type ReplicaId, formatDot, sortedEntries, sortedValues } from './ids.js'
import { reincarnate, reissue } from './incarnation.js'
import { limitsMoved } from './limit.js'
import { type Pair } from './message.js'
import { recordName } from './record.js'
import { type Evidence, decodeEvidence } from './release.js'
import { revokedIn } from './revocation.js'
import {
  type Mark,
  type Statement,
  decodeStatement,
  isBrokenPair,
  statementFault,
} from './statement.js'
import { type State } from './state.js'
import { type Turn } from './turn.js'

/** Statements and proofs from another replica. A bad one ends the list; what came before it counts. */
export function takeStatements(
  state: State,
  statements: readonly Uint8Array[],
  pairs: readonly Pair[],
  turn: Turn,
): void {
  const kept: Statement[] = []
  let isBroken = false
  try {
    for (const bytes of statements) {
      const statement = decodeStatement(state.mesh, bytes)
      const taken = takeStatement(state, statement, turn)
      if (taken === 'kept') kept.push(statement)
      if (taken === 'broken') isBroken = true
    }
  } finally {
    if (kept.length > 0 || isBroken) takeEffect(state, kept, turn)
  }
  for (const pair of pairs) takePair(state, pair, turn)
}

function takeStatement(
  state: State,
  statement: Statement,
  turn: Turn,
): 'kept' | 'broken' | 'no news' {
  const fault = statementFault(state.mesh, statement)
  if (fault !== undefined) throw new Malformed(fault)
  const { issuer, number, prev, id } = statement
  const chain = state.chains.get(issuer) ?? []
  const held = chain[number - 1]
  if (held !== undefined) {
    const isBreak = held.id !== id && breakChain(state, held, statement, turn)
    return isBreak ? 'broken' : 'no news'
  }
  const broken = state.brokenChains.get(issuer)
  if (broken !== undefined && number >= broken.number) return 'no news'
  // One that comes too soon is not kept: the next session brings it in its order.
  if (number !== chain.length + 1) return 'no news'
  const last = chain.at(-1)
  if (last !== undefined && prev !== last.id) return 'no news'
  keep(state, statement, turn)
  return 'kept'
}

/**
 * An issuer that signs two statements with one number has lost its store or its key. Which of the
 * two came first nobody can know, so its chain ends before them, on everyone: its cuts too.
 */
function breakChain(state: State, held: Statement, other: Statement, turn: Turn): boolean {
  const { issuer, number } = held
  const known = state.brokenChains.get(issuer)
  if (known !== undefined && known.number <= number) return false
  const pair = [held.bytes, other.bytes] as const
  state.brokenChains.set(issuer, { number, pair })
  turn.record(recordName.broken(issuer), encode(pair))
  const chain = state.chains.get(issuer) ?? []
  for (const statement of chain.slice(number - 1)) {
    turn.record(recordName.statement(issuer, statement.number), null)
  }
  if (number > 1) state.chains.set(issuer, chain.slice(0, number - 1))
  else state.chains.delete(issuer)
  state.statementsHash = undefined
  const text = `${issuer.slice(0, 8)} signed two statements numbered ${number}: those from there on are void`
  turn.tell({ type: 'notice', notice: 'statement', text })
  return true
}

/** A pair proves a fork of releases or of statements. */
function takePair(state: State, pair: Pair, turn: Turn): void {
  const halves = statementPair(state, pair)
  if (halves === undefined) return takeForkProof(state, readForkProof(state.mesh, ...pair), turn)
  const [a, b] = halves
  if (!isBrokenPair(a, b)) throw new Malformed('the two statements do not prove a broken chain')
  if (breakChain(state, a, b, turn)) limitsMoved(state, turn)
}

function statementPair(state: State, pair: Pair): readonly [Statement, Statement] | undefined {
  try {
    return [decodeStatement(state.mesh, pair[0]), decodeStatement(state.mesh, pair[1])]
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}

export function keep(state: State, statement: Statement, turn: Turn): void {
  const { issuer, number, kind, marks, bytes } = statement
  state.chains.set(issuer, [...(state.chains.get(issuer) ?? []), statement])
  state.statementsHash = undefined
  turn.record(recordName.statement(issuer, number), bytes)
  const dots = marks.slice(0, 3).map(formatDot).join(', ') + (marks.length > 3 ? ', …' : '')
  const named = statement.revocation?.subject.slice(0, 8) ?? dots
  const text = `${issuer.slice(0, 8)} issued a ${kind}: ${named}`
  turn.tell({ type: 'notice', notice: 'statement', text })
}

/**
 * Limits follow from statements. A close is no revocation: what its owner wrote beyond it, or behind
 * a hole that nobody can fill, the owner reads before it becomes void, and writes it again.
 */
export function takeEffect(state: State, news: readonly Statement[], turn: Turn): void {
  const closed = news.filter(({ kind }) => kind === 'close').flatMap(({ marks }) => marks)
  const owned = closed.map((mark) => ({
    replica: mark.replica,
    written: writtenBeyond(state, mark),
  }))
  if (closed.some(({ replica }) => replica === state.replica)) {
    reincarnate(state, 'it was closed', turn)
  }
  const before = new Set(state.voided.keys())
  limitsMoved(state, turn)
  for (const { replica, written } of owned) reissue(state, replica, written, turn)
  if (news.some(({ kind }) => kind === 'revoke')) goOn(state, before, turn)
}

/**
 * Whom a revocation hit by a badge that it has no more, because somebody else let it in again, writes
 * again what became void.
 */
function goOn(state: State, voidedBefore: ReadonlySet<string>, turn: Turn): void {
  const { ownBadge, ownReplicas } = state
  if (ownBadge === undefined || revokedIn(state, ownBadge).length > 0) return
  const news = sortedEntries(state.voided).filter(
    ([name, { dot }]) => !voidedBefore.has(name) && ownReplicas.has(dot.replica),
  )
  for (const replica of sortedValues(new Set(news.map(([, { dot }]) => dot.replica)))) {
    const written = news
      .filter(([, { dot }]) => dot.replica === replica)
      .map(([, { bytes }]) => decodeEvidence(state.mesh, bytes))
      .sort((a, b) => a.release.seq - b.release.seq)
    reissue(state, replica, written, turn)
  }
}

function writtenBeyond(state: State, mark: Mark): readonly Evidence[] {
  const written = [...loggedBeyond(state, mark), ...parkedOf(state, mark.replica)]
  return written.filter(({ release }) => release.peer === state.peer && release.seq > mark.seq)
}

export function parkedOf(state: State, replica: ReplicaId): readonly Evidence[] {
  const parked = [...state.parked.values()] // order: sorted by seq
  return parked
    .map(({ evidence }) => evidence)
    .filter(({ release }) => release.replica === replica)
    .sort((a, b) => a.release.seq - b.release.seq)
}
