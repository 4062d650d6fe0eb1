import { encode } from './codec.js'
import { refreshReads } from './heads.js'
import { type ReplicaId, fromHex, sortedEntries, toHex } from './ids.js'
import { type Mesh } from './mesh.js'
import { type State, type Tip } from './state.js'

/** hash(clock with ids): with equal statements, equal clocks promise equal put heads. */
function clockHashOf(state: State): Uint8Array {
  state.clockHash ??= hashClock(state.mesh, state.clock)
  return state.clockHash
}

export function hashClock(mesh: Mesh, clock: ReadonlyMap<ReplicaId, Tip>): Uint8Array {
  const tips = sortedEntries(clock).map(([replica, { seq, id }]) => [
    fromHex(replica),
    seq,
    fromHex(id),
  ])
  return mesh.hash(encode(tips))
}

function statementsHashOf(state: State): Uint8Array {
  if (state.statementsHash === undefined) {
    const chains = sortedEntries(state.chains).map(([issuer, chain]) => [
      fromHex(issuer),
      chain.length,
      fromHex(chain.at(-1)!.id),
    ])
    const forks = sortedEntries(state.forks).map(([replica, { limit }]) => [
      fromHex(replica),
      limit.seq,
    ])
    const broken = sortedEntries(state.brokenChains).map(([issuer, { number }]) => [
      fromHex(issuer),
      number,
    ])
    state.statementsHash = state.mesh.hash(encode([chains, forks, broken]))
  }
  return state.statementsHash
}

export interface Hashes {
  readonly statements: Uint8Array
  readonly clock: Uint8Array
  readonly state: Uint8Array
}

export function hashesOf(state: State): Hashes {
  refreshReads(state)
  return {
    statements: statementsHashOf(state),
    clock: clockHashOf(state),
    state: state.hash.root(),
  }
}

/** What a member says of itself in one word, to be compared with what another says. */
export const stateWord = (hashes: Hashes): string =>
  toHex(hashes.statements) + toHex(hashes.clock) + toHex(hashes.state)
