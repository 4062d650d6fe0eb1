import { MeshError, badgeOf, memberFault, openMesh } from '@grapevine/core'
import type { BadgeChain, Mesh, Records } from '@grapevine/core'
import { asList, asText, decode, encode } from '@grapevine/core'
import { genesisRecord, isClosed, rulesOf, settleGenesis } from '../running/genesis.js'
import type { Genesis } from '../running/genesis.js'
import { equals } from 'uint8arrays/equals'
import { cryptoOf } from '../running/identity.js'
import type { Identity } from '../network/network.js'
import type { Settings } from '../options.js'
import type { Transaction } from '../store/store.js'
import { checkSubject } from './badge-text.js'
import { makeOwnBadge } from './join.js'
import { firstRing, ringNumber } from './network-keys.js'
import { ageLabel, badgeRecord, storedBadge } from './own-badge.js'
import { isNewer } from './succession.js'
import type { Token } from './token.js'

/** With what a peer begins: of which mesh it is, and in a closed one, by what. */
export interface Entry {
  readonly genesis: Genesis
  /** In a closed mesh. */
  readonly badge: BadgeChain | undefined
  /** Where the token said that members are. */
  readonly seeds: readonly string[]
  /** Makes another badge with the token that it was opened with. */
  readonly renew: (() => BadgeChain) | undefined
  /** What is new of it: in a closed mesh to be durable before anybody hears of it. */
  readonly transaction: Transaction
}

interface Newcomer {
  readonly records: Records
  readonly identity: Identity
  readonly settings: Pick<Settings, 'genesis' | 'join' | 'badge' | 'name' | 'clock'>
  /** What others seal secrets to, for its badge. */
  readonly recipient: string
}

/** Joins the mesh of a token, or goes on in the one that the store belongs to. */
export function enterMesh({ records, identity, settings, recipient }: Newcomer): Entry {
  const { join: token, clock } = settings
  const genesis = settleGenesis(records, settings.genesis)
  if (!isClosed(genesis)) {
    const transaction = genesisRecord(genesis)
    return { genesis, badge: undefined, seeds: [], renew: undefined, transaction }
  }
  const mesh = openMesh(rulesOf(genesis), cryptoOf(identity))
  const labels = new Map([[ageLabel, recipient]])
  const make = (by: Token): BadgeChain =>
    makeOwnBadge(by, { identity, name: settings.name, labels, nowMs: clock.now() })
  const { badge, isNew } = badgeFor({ mesh, records, identity, settings, recipient, make })
  const seeds = [...new Set([...(token?.addresses ?? []), ...storedSeeds(records)])]
  const transaction = new Map([
    ...genesisRecord(genesis),
    ...(isNew ? badgeRecord(badge) : []),
    ...keysFor(records, token),
    [seedsRecord, encode(seeds.slice(0, seedsMax))] as const,
  ])
  const renew = token && (() => make(token))
  return { genesis, badge, seeds, renew, transaction: newsIn(transaction, records) }
}

/** What is not stored already. */
const newsIn = (transaction: Transaction, records: Records): Transaction =>
  new Map(
    [...transaction].filter(([name, bytes]) => {
      const stored = records.get(name)
      return bytes === null || stored === undefined || !equals(bytes, stored)
    }),
  )

interface Own {
  readonly mesh: Mesh
  readonly records: Records
  readonly identity: Identity
  readonly settings: Newcomer['settings']
  readonly recipient: string
  readonly make: (by: Token) => BadgeChain
}

/** The badge that was remembered; else, and where that has ended, the one that was handed in or can be made. */
function badgeFor({ mesh, records, identity, settings, recipient, make }: Own): {
  readonly badge: BadgeChain
  readonly isNew: boolean
} {
  const stored = storedBadge(mesh, records)
  const { badge: carried, join: token, clock } = settings
  if (carried !== undefined) {
    checkSubject('the badge', carried, identity.peer)
    if (stored === undefined || isNewer(carried.chain, stored)) {
      return { badge: carried.chain, isNew: true }
    }
  }
  const isGood =
    stored !== undefined &&
    memberFault(stored, laterOf(stored, clock.now())) === undefined &&
    badgeOf(stored).labels.get(ageLabel) === recipient
  if (isGood || token === undefined) {
    if (stored !== undefined) return { badge: stored, isNew: false }
    throw notMember('it has no badge')
  }
  try {
    return { badge: make(token), isNew: true }
  } catch (error) {
    // Whoever was a member reads on, and is told what to do.
    if (stored === undefined || !(error instanceof MeshError)) throw error
    return { badge: stored, isNew: false }
  }
}

/** A clock that is behind is no reason for a new badge. */
const laterOf = (chain: BadgeChain, nowMs: number): number =>
  Math.max(nowMs, badgeOf(chain).notBefore)

const notMember = (why: string): MeshError =>
  new MeshError(
    'NOT_A_MEMBER',
    `this peer cannot enter the mesh: ${why}; ask a member for a token, and pass it as \`join\``,
  )

/** A token that is newer than what this peer has heard lets it in again after a long absence. */
function keysFor(records: Records, token: Token | undefined): Transaction {
  const number = ringNumber(records)
  if (token === undefined) {
    if (number !== undefined) return new Map()
    throw notMember('it has a badge, but no key for the first door')
  }
  const { networkKey } = token
  if (number !== undefined && number >= networkKey.number) return new Map()
  return firstRing(networkKey.number, networkKey.secret, undefined)
}

const seedsRecord = 'peer/seeds'
const seedsMax = 32
const seedBytesMax = 1024

function storedSeeds(records: Records): readonly string[] {
  const bytes = records.get(seedsRecord)
  if (bytes === undefined) return []
  return asList(decode(bytes), 'seeds').map((seed) => asText(seed, 'seed', seedBytesMax))
}
