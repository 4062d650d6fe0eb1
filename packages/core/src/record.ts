import { encode } from './codec.js'
import { type BadgeId, type Key, type PeerId, type ReplicaId, compareText, fromHex } from './ids.js'
import { decodeEvidence, vectorToWire } from './release.js'
import { type Logged, type State, loggedAt } from './state.js'
import { type Turn } from './turn.js'
import { type VersionVector } from './version-vector.js'

/**
 * What a replica stores, as named records:
 *
 *     self                      incarnation, every replica id this store wrote under
 *     believed                  whose snapshot was taken on its word alone
 *     release/<replica>/<seq>   the bytes that travelled
 *     settled/<replica>/<seq>   since when cold, which keys are still unsettled; none: all of them
 *     tip/<replica>             seq, id, signed proof: only where the tip has left the log
 *     context/<key>             what was ever seen on the key by changes that have left
 *     history/<replica>/<seq>/<key>   evidence for an old version whose release has left the log
 *     statement/<issuer>/<n>, fork/<replica>, broken/<issuer>, stray/<replica>
 *     void/<replica>/<seq>      the bytes of what became void and may yet count again
 *     day/<number>              what was held on a day, once a day
 *     badge/<id>                one link, of a badge that a release held here stands on
 */
export const recordName = {
  self: 'self',
  believed: 'believed',
  release: (replica: ReplicaId, seq: number) => `release/${replica}/${seq}`,
  settled: (replica: ReplicaId, seq: number) => `settled/${replica}/${seq}`,
  tip: (replica: ReplicaId) => `tip/${replica}`,
  context: (key: Key) => `context/${key}`,
  history: (replica: ReplicaId, seq: number, key: Key) => `history/${replica}/${seq}/${key}`,
  statement: (issuer: PeerId, number: number) => `statement/${issuer}/${number}`,
  fork: (replica: ReplicaId) => `fork/${replica}`,
  broken: (issuer: PeerId) => `broken/${issuer}`,
  stray: (replica: ReplicaId) => `stray/${replica}`,
  voided: (replica: ReplicaId, seq: number) => `void/${replica}/${seq}`,
  day: (day: number) => `day/${day}`,
  badge: (id: BadgeId) => `badge/${id}`,
}

export function recordSelf(state: State, turn: Turn): void {
  const own = [...state.ownReplicas].sort(compareText).map(fromHex)
  turn.record(recordName.self, encode([state.incarnation, own]))
}

export function recordTip(state: State, replica: ReplicaId, turn: Turn): void {
  const tip = state.clock.get(replica)
  const isLogged = tip !== undefined && loggedAt(state, replica, tip.seq) !== undefined
  if (tip === undefined || isLogged) return turn.record(recordName.tip(replica), null)
  const proof = state.tipProofs.get(replica)?.bytes ?? null
  turn.record(recordName.tip(replica), encode([tip.seq, fromHex(tip.id), proof]))
}

type Shown = Pick<Logged, 'release' | 'bytes'>

export const shownKeys = (state: State, { bytes }: Shown): readonly Key[] =>
  decodeEvidence(state.mesh, bytes).changes.map(({ key }) => key)

/** The keys on which a release still has an unsettled change. */
export const liveKeys = (state: State, shown: Shown): readonly Key[] =>
  shownKeys(state, shown).filter((key) =>
    state.keys.get(key)?.unsettled.some(({ release }) => release.id === shown.release.id),
  )

export function recordSettled(state: State, logged: Logged, turn: Turn): void {
  const { replica, seq } = logged.release
  const live = logged.live === 0 ? [] : liveKeys(state, logged)
  turn.record(recordName.settled(replica, seq), encode([logged.coldSince ?? null, live]))
}

export const recordContext = (key: Key, context: VersionVector, turn: Turn): void =>
  turn.record(recordName.context(key), context.size === 0 ? null : encode(vectorToWire(context)))
