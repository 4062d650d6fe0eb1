import { decode } from './codec.js'
import { type Effect } from './effect.js'
import { Malformed } from './errors.js'
import { sortedEntries } from './ids.js'
import { type Records } from './load.js'
import { openMesh } from './mesh.js'
import { type Message, type Pair, encodeMessage, pairFromWire } from './message.js'
import { type Evidence, type Release, decodeEvidence } from './release.js'
import { type OpenOptions, openReplica } from './replica.js'
import { compareStamps } from './stamp.js'
import { type Statement, decodeStatement } from './statement.js'

export interface Salvaged {
  /** A whole store, under a new replica id. */
  readonly records: Records
  readonly kept: number
  /** Readable, but something they follow is lost: others may still have it. */
  readonly unplaced: readonly Release[]
}

/**
 * Makes a store of what can still be read of a broken one. Nothing of it is believed: a new replica
 * is told each release and statement, as if another peer had sent it.
 */
export function salvage({ records, now, ...options }: SalvageOptions): Salvaged {
  const { replica, effects } = openReplica(options)
  const kept = new Map<string, Uint8Array>()
  store(kept, effects)
  for (const message of messagesIn(options, records)) {
    const bytes = encodeMessage(message)
    store(kept, replica.handle({ type: 'received', from: replica.peer, bytes }, now))
  }
  return {
    records: kept,
    // order: a count
    kept: [...kept.keys()].filter((name) => name.startsWith('release/')).length,
    unplaced: replica.status().waiting.map(({ release }) => release),
  }
}

export interface SalvageOptions extends Pick<OpenOptions, 'mesh' | 'crypto' | 'peer'> {
  readonly records: Records
  readonly now: number
}

function store(kept: Map<string, Uint8Array>, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.type !== 'persist') continue
    // order: each record alone
    for (const [name, bytes] of effect.records) {
      if (bytes === null) kept.delete(name)
      else kept.set(name, bytes)
    }
  }
}

/** Statements first, as in every session, and each thing after what it follows. */
function messagesIn(
  { mesh, crypto }: Pick<OpenOptions, 'mesh' | 'crypto'>,
  records: Records,
): readonly Message[] {
  const opened = openMesh(mesh, crypto)
  const statements: Statement[] = []
  const pairs: Pair[] = []
  const releases: Evidence[] = []
  for (const [name, bytes] of sortedEntries(records)) {
    const [table] = name.split('/')
    try {
      if (table === 'statement') statements.push(decodeStatement(opened, bytes))
      if (table === 'fork' || table === 'broken') pairs.push(pairFromWire(decode(bytes)))
      if (table === 'release') releases.push(decodeEvidence(opened, bytes))
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
    }
  }
  statements.sort((a, b) => a.number - b.number)
  releases.sort((a, b) => compareStamps(a.release, b.release))
  return [
    ...statements.map((one) => statementsOf([one.bytes], [])),
    ...pairs.map((pair) => statementsOf([], [pair])),
    ...releases.map(({ bytes }): Message => ({ type: 'release', bytes })),
  ]
}

const statementsOf = (statements: readonly Uint8Array[], pairs: readonly Pair[]): Message => ({
  type: 'statements',
  statements,
  pairs,
  standing: undefined,
})
