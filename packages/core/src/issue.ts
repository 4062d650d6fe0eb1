import { type ErrorCode, Malformed, MeshError } from './errors.js'
import { type Dot, type ReplicaId, formatDot, sortedEntries } from './ids.js'
import { sealsOf } from './limit.js'
import { limits } from './limits.js'
import { encodeMessage } from './message.js'
import { quorumOf } from './presence.js'
import {
  type Mark,
  type Statement,
  type StatementDraft,
  signStatement,
  statementFault,
} from './statement.js'
import { keep, parkedOf, takeEffect } from './statements.js'
import { type State, idAt, loggedAt, seqOf, sortedLog } from './state.js'
import { type Turn } from './turn.js'

/** What somebody asks to be said about the mesh. */
export type StatementRequest =
  | {
      readonly kind: 'cut'
      /** The last release of each replica id that still counts. */
      readonly marks: readonly Dot[]
    }
  | { readonly kind: 'seal' }
  | { readonly kind: 'close'; readonly replica: ReplicaId }

/** Says it as this peer, keeps it and tells everybody. */
export function issue(state: State, asked: StatementRequest, turn: Turn): Statement {
  const chain = state.chains.get(state.peer) ?? []
  const marks = marksFor(state, asked, turn.now)
  const draft = {
    kind: asked.kind,
    issuer: state.peer,
    number: chain.length + 1,
    prev: chain.at(-1)?.id ?? null,
    marks,
    incarnation: asked.kind === 'close' ? incarnationOf(state, asked.replica) : null,
  }
  const statement = checked(state, draft)
  const bytes = encodeMessage({
    type: 'statements',
    statements: [statement.bytes],
    pairs: [],
    standing: undefined,
  })
  turn.tell({ type: 'gossip', bytes })
  keep(state, statement, turn)
  takeEffect(state, [statement], turn)
  return statement
}

/** What others would refuse is refused here, where somebody can still act. */
function checked(state: State, draft: StatementDraft): Statement {
  const fail = (code: ErrorCode, why: string): never => {
    throw new MeshError(code, `the ${draft.kind} was not issued: ${why}`, { kind: draft.kind })
  }
  if (state.brokenChains.has(state.peer)) {
    fail('NOT_ALLOWED', "this peer's chain of statements broke: two of them bore one number")
  }
  try {
    const statement = signStatement(state.mesh, draft)
    const fault = statementFault(state.mesh, statement)
    return fault === undefined ? statement : fail('NOT_ALLOWED', fault)
  } catch (error) {
    if (error instanceof Malformed) return fail('STATEMENT_INVALID', error.message)
    throw error
  }
}

/** Any release of an own replica id names its incarnation, which proves it to be own. */
function incarnationOf(state: State, replica: ReplicaId): Uint8Array | null {
  const [one] = [...sortedLog(state, replica), ...parkedOf(state, replica)]
  return one?.release.peer === state.peer ? one.release.incarnation : null
}

function marksFor(state: State, asked: StatementRequest, now: number): readonly Mark[] {
  switch (asked.kind) {
    case 'cut':
      return asked.marks.map(({ replica, seq }) => markAt(state, replica, seq))
    case 'close':
      return [closeMark(state, asked.replica)]
    case 'seal':
      return sealMarks(state, now)
  }
}

const invalid = (text: string): MeshError => new MeshError('STATEMENT_INVALID', text)

function closeMark(state: State, replica: ReplicaId): Mark {
  if (replica === state.replica)
    throw invalid(`${replica} is in use by this replica: it cannot be closed`)
  const ahead = [...state.presences.values()] // order: any witness will do
    .find(({ clock }) => (clock.get(replica) ?? 0) > seqOf(state, replica))
  if (ahead === undefined) return markAt(state, replica, seqOf(state, replica))
  throw invalid(
    `peer ${ahead.peer.slice(0, 8)} holds more of ${replica} than this replica: sync first, then close`,
  )
}

function markAt(state: State, replica: ReplicaId, seq: number): Mark {
  if (seq === 0) return { replica, seq, id: null }
  const id = seq <= seqOf(state, replica) ? idAt(state, replica, seq) : undefined
  if (id === undefined) {
    throw new MeshError(
      'RELEASE_UNKNOWN',
      `release ${formatDot({ replica, seq })} is not held here: sync first`,
      { replica, seq },
    )
  }
  return { replica, seq, id }
}

/** What every live member holds and is older than the sealing age, where that is more than before. */
function sealMarks(state: State, now: number): readonly Mark[] {
  const quorum = quorumOf(state, now)
  if (quorum === undefined) {
    throw new MeshError(
      'NO_QUORUM',
      `no more than half of the ${state.members.size} members were heard in the last ${limits.memberAbsentMs / 60_000} minutes: nothing can be sealed`,
    )
  }
  const sealed = sealsOf(state.chains.get(state.peer) ?? [])
  const marks: Mark[] = []
  for (const [replica, tip] of sortedEntries(state.clock)) {
    const held = quorum.map((member) =>
      member === state.peer ? tip.seq : (state.presences.get(member)?.clock.get(replica) ?? 0),
    )
    const before = sealed.get(replica)?.seq ?? 0
    for (let seq = Math.min(...held); seq > before; seq--) {
      const logged = loggedAt(state, replica, seq)
      if (logged === undefined) break
      if (logged.release.stamp.ms > now - limits.sealAgeMs) continue
      marks.push({ replica, seq, id: logged.release.id })
      break
    }
  }
  if (marks.length === 0) {
    throw invalid(
      'nothing more can be sealed: all that every live member holds is younger than 30 days or sealed already',
    )
  }
  return marks.slice(0, limits.statementEntriesMax)
}
