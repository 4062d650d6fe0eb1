import { apply } from './apply.js'
import { MeshError } from './errors.js'
import { compareText } from './ids.js'
import { limits } from './limits.js'
import { encodeMessage } from './message.js'
import { type Change, type Release, decodeEvidence, signRelease } from './release.js'
import { nextStamp } from './stamp.js'
import { type State } from './state.js'
import { type Turn } from './turn.js'

/** Numbers, stamps, signs, stores and tells one release of this replica. */
export function commit(
  state: State,
  draft: {
    readonly changes: readonly Change[]
    readonly message: string | undefined
    readonly requestId: string | undefined
  },
  turn: Turn,
): Release {
  const tip = state.clock.get(state.replica)
  const seq = (tip?.seq ?? 0) + 1
  const stamp = nextStamp(state.stamp, turn.now)
  if (draft.changes.length > limits.releaseChangesMax) {
    throw tooLarge(`has ${draft.changes.length} changes`, `${limits.releaseChangesMax}`)
  }
  const bytes = signRelease(state.mesh, {
    ...draft,
    changes: [...draft.changes].sort((a, b) => compareText(a.key, b.key)),
    peer: state.peer,
    incarnation: state.incarnation,
    seq,
    prev: tip?.id ?? null,
    stamp,
  })
  if (bytes.length > limits.releaseBytesMax) {
    throw tooLarge(`takes ${bytes.length} bytes`, `${limits.releaseBytesMax}`)
  }
  // Reading back what was just written keeps one path from bytes to meaning.
  const evidence = decodeEvidence(state.mesh, bytes)
  const { release } = evidence
  apply(state, evidence, turn)
  const message =
    bytes.length > limits.announceBytesMin
      ? encodeMessage({ type: 'announce', mark: { replica: release.replica, seq, id: release.id } })
      : encodeMessage({ type: 'release', bytes })
  turn.tell({ type: 'gossip', bytes: message })
  return release
}

const tooLarge = (what: string, limit: string): MeshError =>
  new MeshError(
    'RELEASE_TOO_LARGE',
    `the release ${what}, the limit is ${limit}: publish it in parts`,
  )
