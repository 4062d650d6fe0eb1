import { badgeOf } from './badge.js'
import { badgeAt, badgesOf, holdBadges, tellBadges } from './badges.js'
import { Malformed } from './errors.js'
import { type BadgeId, type Dot, formatDot } from './ids.js'
import { reincarnate, reissue } from './incarnation.js'
import { leaveBranch, limitsMoved } from './limit.js'
import { type Pair, encodeMessage } from './message.js'
import { encode } from './codec.js'
import { recordName } from './record.js'
import { type Evidence, type Release, decodeEvidence, isSigned, showOnly } from './release.js'
import { type Mark } from './statement.js'
import { type State, clockCoversDot, idAt, loggedAt, proofAt, sortedLog } from './state.js'
import { type Mesh } from './mesh.js'
import { type Turn } from './turn.js'

/**
 * Two releases that one replica id signed and that cannot both be in one chain. The pair proves it
 * to everybody, and cuts the replica id just before the fork.
 */
export interface ForkProof {
  /** The last release that both branches may share; which one that is, the pair does not say. */
  readonly limit: Mark
  readonly pair: readonly [Uint8Array, Uint8Array]
}

export function readForkProof(mesh: Mesh, a: Uint8Array, b: Uint8Array): ForkProof {
  const halves = [a, b].map((bytes) =>
    decodeEvidence(
      mesh,
      showOnly(mesh, bytes, () => false),
    ),
  )
  const [low, high] = halves.sort((x, y) => x.release.seq - y.release.seq) as [Evidence, Evidence]
  const seq = undisputed(low.release, high.release)
  if (seq === undefined) throw new Malformed('the two releases do not prove a fork')
  if (!isSigned(mesh, low) || !isSigned(mesh, high)) {
    throw new Malformed('the signature of a fork proof does not hold')
  }
  return { limit: { replica: low.release.replica, seq, id: null }, pair: [low.bytes, high.bytes] }
}

/**
 * The last seq that the two releases leave undisputed; undefined: they prove no fork. Two releases of
 * one dot that name different parents dispute those, too.
 */
function undisputed(low: Release, high: Release): number | undefined {
  if (low.replica !== high.replica || low.id === high.id) return undefined
  if (low.seq === high.seq) return low.prev === high.prev ? low.seq - 1 : low.seq - 2
  return low.seq + 1 === high.seq && high.prev !== low.id ? low.seq - 1 : undefined
}

/** Two releases look like a fork: keep the proof, if it is one, and act on it. */
export function learnFork(state: State, held: Uint8Array, other: Uint8Array, turn: Turn): void {
  const proof = readForkProof(state.mesh, held, other)
  const { replica } = proof.limit
  takeForkProof(state, proof, turn)
  const own = ownBeyond(state, proof.limit)
  leaveBranch(state, replica, turn)
  reissue(state, replica, own, turn)
}

/** Where our own release at the limit is not the parent of a half, the fork lies deeper still. */
function sharpen(state: State, proof: ForkProof): ForkProof {
  const own = loggedAt(state, proof.limit.replica, proof.limit.seq)
  if (own === undefined) return proof
  const stranger = proof.pair.find((half) => {
    const { release } = decodeEvidence(state.mesh, half)
    return release.seq === own.release.seq + 1 && release.prev !== own.release.id
  })
  if (stranger === undefined) return proof
  return readForkProof(state.mesh, own.bytes, stranger)
}

/** The badges that a pair names; none where it proves something else than a fork. */
export const badgesOfFork = (state: State, pair: Pair): readonly BadgeId[] =>
  // order: any will do
  [...state.forks.values()].some((proof) => proof.pair === pair)
    ? pair.flatMap((half) => badgesOf(decodeEvidence(state.mesh, half).release))
    : []

/** Whether both halves are of a member; in an open mesh whoever comes is one. */
const isOfMember = (state: State, { pair }: ForkProof): boolean =>
  state.mesh.closed !== true ||
  pair.every((half) => {
    const { badge, peer } = decodeEvidence(state.mesh, half).release
    const chain = badge && badgeAt(state, badge)
    return chain !== undefined && badgeOf(chain).subject === peer
  })

/** Fork proofs are a plain set; per replica id the deepest fork counts. */
export function takeForkProof(state: State, shown: ForkProof, turn: Turn): void {
  // Of made-up keys there are proofs without end; what stands on the badge of another was never a release.
  if (!isOfMember(state, shown)) return
  const proof = sharpen(state, shown)
  const { replica, seq } = proof.limit
  const known = state.forks.get(replica)
  if (known !== undefined && known.limit.seq <= seq) return
  const own = ownBeyond(state, proof.limit)
  state.forks.set(replica, proof)
  turn.record(recordName.fork(replica), encode(proof.pair))
  const halves = proof.pair.map((half) => decodeEvidence(state.mesh, half).release)
  tellBadges(state, halves.flatMap(badgesOf), turn)
  for (const release of halves) holdBadges(state, release, turn)
  turn.tell({
    type: 'notice',
    notice: 'forked',
    text: `replica id ${replica} signed two releases after ${formatDot(proof.limit)}: it is cut there; find the second copy of its store`,
  })
  const bytes = encodeMessage({
    type: 'statements',
    statements: [],
    pairs: [proof.pair],
    standing: undefined,
  })
  turn.tell({ type: 'gossip', bytes })
  if (replica === state.replica) reincarnate(state, 'its replica id forked', turn)
  limitsMoved(state, turn)
  reissue(state, replica, own, turn)
}

/** What its owner may have to write again. */
const ownBeyond = (state: State, limit: Mark): readonly Evidence[] =>
  state.ownReplicas.has(limit.replica) ? loggedBeyond(state, limit) : []

/** What the log holds beyond a mark, before the mark takes it away. */
export function loggedBeyond(state: State, mark: Mark): readonly Evidence[] {
  return sortedLog(state, mark.replica)
    .filter(({ release, whole }) => whole && release.seq > mark.seq)
    .map(({ bytes }) => decodeEvidence(state.mesh, bytes))
}

/** A shown release that is in no chain with ours, or with what we know of a fork: learn what it proves. */
export function compareShown(state: State, bytes: Uint8Array, turn: Turn): void {
  const { release } = decodeEvidence(state.mesh, bytes)
  const { replica, seq, id, prev } = release
  const parent = { replica, seq: seq - 1 }
  const isOther = (dot: Dot, named: string | null): boolean => {
    const own = clockCoversDot(state, dot) ? idAt(state, replica, dot.seq) : undefined
    return own !== undefined && own !== named
  }
  const stranger = state.forks.get(replica)?.pair.find((half) => {
    const { release: known } = decodeEvidence(state.mesh, half)
    return known.seq === seq + 1 && known.prev !== id
  })
  const held = isOther(release, id)
    ? proofAt(state, release)
    : seq > 1 && isOther(parent, prev)
      ? proofAt(state, parent)
      : stranger
  if (held !== undefined) learnFork(state, held, bytes, turn)
}
