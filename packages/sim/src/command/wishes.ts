import { BadInput } from './bad-input.js'
import { parseFaults } from './faults.js'
import type { FaultWish } from './faults.js'
import { topologies } from '../plan.js'
import type { Plan, Topology } from '../plan.js'
import {
  bytes,
  count,
  delay,
  duration,
  durationBetween,
  oneOf,
  rate,
  seedNumber,
  toggle,
} from './units.js'
import type { Read } from './units.js'

/** What a user asked for; whatever they did not say is chosen for them in `rehearsal.ts`. */
export interface Wishes {
  readonly seed?: number
  readonly peers?: number
  readonly forMs?: number
  readonly faults?: readonly FaultWish[]
  readonly writers?: number
  readonly writesPerSecond?: number
  readonly keys?: number
  readonly valueBytes?: number
  readonly topology?: Topology
  readonly regions?: number
  readonly betweenMs?: number
  readonly delayMs?: number
  readonly hasGossip?: boolean
  readonly syncMs?: number
  readonly settleMs?: number
  readonly isRevocable?: boolean
  readonly collectMs?: number
  readonly signatures?: Plan['signatures']
}

interface WishForm<T> {
  /** In a scenario file; its flag is `--` and the last word of this. */
  readonly field: string
  readonly example: string
  readonly says: string
  readonly read: Read<T>
}

type WishForms = { readonly [Name in keyof Wishes]-?: WishForm<NonNullable<Wishes[Name]>> }

const form = <T>(field: string, example: string, says: string, read: Read<T>): WishForm<T> => ({
  field,
  example,
  says,
  read,
})

/** One table for the flags and for the fields of a scenario file, so that both take the same. */
export const wishForms: WishForms = {
  peers: form('peers', '40', '3 to 10,000; 20 unless you say', count(3, 10_000)),
  seed: form('seed', '81', 'all chance comes from it; a new one unless you say', seedNumber),
  forMs: form('for', '60s', 'how long faults and writes go on', durationBetween(1000, 86_400_000)),
  faults: form('faults', 'loss=5%', 'what goes wrong, see below', parseFaults),
  writers: form('writes.writers', '4', 'how many peers write', count(0, 10_000)),
  writesPerSecond: form('writes.rate', '5/s', 'how often all writers together write', rate),
  keys: form('writes.keys', '50', 'how many keys they write', count(1, 100_000)),
  valueBytes: form('writes.size', '100B', 'how large a value is', bytes),
  topology: form('network.topology', 'ring', topologies.join(', '), oneOf(topologies)),
  regions: form('network.regions', '3', 'in how many places the peers are', count(1, 100)),
  betweenMs: form('network.between', '20ms', 'how far it is from place to place', delay),
  delayMs: form('network.delay', '0.5ms', 'how long a link takes, on average', delay),
  hasGossip: form('network.gossip', 'off', 'off: sessions alone must bring everything', toggle),
  syncMs: form(
    'disk.sync',
    '5ms',
    'how long a disk takes until a write is safe',
    durationBetween(0, 10_000),
  ),
  settleMs: form(
    'settle',
    '2min',
    'how long healing may take in the end',
    durationBetween(1000, 86_400_000),
  ),
  isRevocable: form('mesh.revocable', 'off', 'off: no admin can take writes back', toggle),
  collectMs: form('mesh.collect', '5s', 'how often peers let go of what is settled', duration),
  signatures: form(
    'mesh.signatures',
    'ed25519',
    'real ones, slower',
    oneOf(['stub', 'ed25519'] as const),
  ),
}

export const wishNames = Object.keys(wishForms) as readonly (keyof Wishes)[]

/** The wish of this name, read from what was typed. */
export function wish(name: keyof Wishes, text: string, where: string): Wishes {
  const { example, read } = wishForms[name]
  if (text === '') throw new BadInput(`${where}: it is empty, write it like ${example}`)
  return { [name]: read(text, where) }
}
