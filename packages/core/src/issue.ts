import { type BadgeChain, readChain } from './badge.js'
import { linksOf } from './badges.js'
import { oldEnough } from './days.js'
import { type ErrorCode, Malformed, MeshError } from './errors.js'
import { type Dot, type PeerId, type ReplicaId, formatDot, sortedEntries } from './ids.js'
import { limits } from './limits.js'
import { encodeMessage } from './message.js'
import { sealsOf } from './limit.js'
import { quorumOf } from './presence.js'
import { type RevocationRequest, planRevocation } from './revoke.js'
import {
  type Mark,
  type Statement,
  type StatementDraft,
  signStatement,
  statementFault,
} from './statement.js'
import { keep, parkedOf, takeEffect } from './statements.js'
import { type State, idAt, seqOf, sortedLog } from './state.js'
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
  | RevocationRequest

/** In whose name something is said. */
export interface Signer {
  readonly key: PeerId
  /** Its badge, links root first; none: it is the root itself. */
  readonly links: readonly Uint8Array[]
  sign(this: void, bytes: Uint8Array): Uint8Array
}

/** Says it, keeps it and tells everybody. */
export function issue(
  state: State,
  {
    statement: asked,
    by,
  }: { readonly statement: StatementRequest; readonly by?: Signer | undefined },
  turn: Turn,
): Statement {
  const signer = by ?? ownSigner(state)
  const chain = state.chains.get(signer.key) ?? []
  const revocation = asked.kind === 'revoke' ? planRevocation(state, asked, turn.now) : undefined
  const draft = {
    kind: asked.kind,
    issuer: signer.key,
    number: chain.length + 1,
    prev: chain.at(-1)?.id ?? null,
    marks: revocation?.marks ?? marksFor(state, asked, { issuer: signer.key, now: turn.now }),
    incarnation: asked.kind === 'close' ? incarnationOf(state, asked.replica) : null,
    badge: badgeOfSigner(state, signer),
    revocation: revocation?.revocation ?? null,
  }
  const statement = checked(state, draft, signer)
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

const ownSigner = ({ peer, mesh, ownBadge }: State): Signer => ({
  key: peer,
  links: ownBadge === undefined ? [] : linksOf(ownBadge),
  sign: mesh.sign,
})

function badgeOfSigner({ mesh }: State, { links }: Signer): BadgeChain | undefined {
  if (links.length === 0) return undefined
  try {
    return readChain(mesh, links)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new MeshError('BADGE_INVALID', `the badge of the signer cannot be used: ${error.message}`)
  }
}

/** What others would refuse is refused here, where somebody can still act. */
function checked(state: State, draft: StatementDraft, { key, sign }: Signer): Statement {
  const fail = (code: ErrorCode, why: string): never => {
    throw new MeshError(code, `the ${draft.kind} was not issued: ${why}`, { kind: draft.kind })
  }
  if (state.brokenChains.has(key)) {
    fail('NOT_ALLOWED', 'its chain of statements broke: two of them bore one number')
  }
  try {
    const statement = signStatement(state.mesh, draft, sign)
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

function marksFor(
  state: State,
  asked: StatementRequest,
  by: { readonly issuer: PeerId; readonly now: number },
): readonly Mark[] {
  switch (asked.kind) {
    case 'cut':
      return asked.marks.map(({ replica, seq }) => markAt(state, replica, seq))
    case 'close':
      return [closeMark(state, asked.replica)]
    case 'seal':
      return sealMarks(state, by)
    case 'revoke':
      return []
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

/** What every live member holds and was here a sealing age ago, where that is more than before. */
function sealMarks(
  state: State,
  { issuer, now }: { readonly issuer: PeerId; readonly now: number },
): readonly Mark[] {
  const quorum = quorumOf(state, now)
  if (quorum === undefined) {
    throw new MeshError(
      'NO_QUORUM',
      `no more than half of the ${state.members.size} members were heard in the last ${limits.memberAbsentMs / 60_000} minutes: nothing can be sealed`,
    )
  }
  const note = oldEnough(state, now)
  const sealed = sealsOf(state.chains.get(issuer) ?? [])
  const marks: Mark[] = []
  for (const [replica, tip] of sortedEntries(state.clock)) {
    const held = quorum.map((member) =>
      member === state.peer ? tip.seq : (state.presences.get(member)?.clock.get(replica) ?? 0),
    )
    const before = sealed.get(replica)?.seq ?? 0
    const seq = Math.min(...held, note?.clock.get(replica) ?? 0)
    const id = seq > before ? idAt(state, replica, seq) : undefined
    if (id !== undefined) marks.push({ replica, seq, id })
  }
  if (marks.length === 0) {
    throw invalid(
      'nothing more can be sealed: what every live member holds came here within the last 30 days, or is sealed already',
    )
  }
  return marks.slice(0, limits.statementEntriesMax)
}
