import { MeshError, formatDot, salvage } from '@grapevine/core'
import type { Records } from '@grapevine/core'
import { rulesOf, settleGenesis } from './genesis.js'
import { cryptoOf } from './identity.js'
import type { Identity } from '../network/network.js'

export interface Rebuilt {
  /** A whole store again, under a new replica id. */
  readonly records: Records
  readonly releases: number
  /** Names of releases that can be read, and follow one that is lost. */
  readonly unplaced: readonly string[]
}

/** Makes a store of the records that can still be read; the rest comes back from other members. */
export function rebuildRecords(identity: Identity, records: Records, now: number): Rebuilt {
  const genesis = settleGenesis(records, undefined)
  try {
    const salvaged = salvage({
      mesh: rulesOf(genesis),
      crypto: cryptoOf(identity),
      peer: identity.peer,
      records,
      now,
    })
    const own = [...records].filter(([name]) => name.startsWith('peer/'))
    return {
      records: new Map([...own, ...salvaged.records]),
      releases: salvaged.kept,
      unplaced: salvaged.unplaced.map(formatDot),
    }
  } catch (error) {
    if (error instanceof MeshError) throw error
    throw new MeshError(
      'STORE_CORRUPT',
      `nothing can be made of what is left (${String(error)}): keep identity.pem, move the rest away, and start with the same mesh and peers`,
    )
  }
}
