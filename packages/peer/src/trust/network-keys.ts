import { createHash } from 'node:crypto'
import {
  Malformed,
  asBytes,
  asCount,
  asList,
  badgeOf,
  decode,
  encode,
  isAdminOfAll,
  memberFault,
  readChain,
} from '@grapevine/core'
import type { BadgeChain, Mesh, PeerId, Records } from '@grapevine/core'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import type { Transaction } from '../store/store.js'
import type { Signer } from './signer.js'
import { linksFromWire } from './token.js'

/**
 * What opens the first door: whoever does not know it learns nothing but an open port. It is changed
 * by a signed record that travels among members only; for a while the old one opens, too.
 */
export interface NetworkKeys {
  /** Newest first. */
  live(): readonly Uint8Array[]
  newest(): { readonly number: number; readonly secret: Uint8Array }
  /** What others should hear; undefined: this peer has the key from a token, and nobody's word yet. */
  frame(): Uint8Array | undefined
  /** True: it was news. Throws `Malformed`. */
  hear(frame: Uint8Array): boolean
}

interface NetworkKeysOptions {
  readonly mesh: Mesh
  readonly records: Records
  readonly now: () => number
  readonly note: (transaction: Transaction) => void
  readonly revocationFault: (chain: BadgeChain) => string | undefined
}

const recordName = 'peer/network-keys'
const formatVersion = 1
const secretBytes = 32
/** With more of them a door would have to try each for whoever knocks. */
const liveKeysMax = 4
/** However short somebody wants it: the news must get around. */
export const keepOldMsMin = 60_000

interface Ring {
  readonly number: number
  readonly secret: Uint8Array
  readonly frame: Uint8Array | undefined
  readonly old: readonly { readonly secret: Uint8Array; readonly untilMs: number }[]
}

/** The ring that somebody begins with. */
export const firstRing = (
  number: number,
  secret: Uint8Array,
  frame: Uint8Array | undefined,
): Transaction => ringRecord({ number, secret, frame, old: [] })

export function openNetworkKeys(options: NetworkKeysOptions): NetworkKeys {
  const { mesh, now, note } = options
  let ring = readRing(options.records)

  const oldOnes = (): Ring['old'] => ring.old.filter(({ untilMs }) => now() <= untilMs)

  function keep(next: Ring): void {
    ring = { ...next, old: next.old.slice(0, liveKeysMax - 1) }
    note(ringRecord(ring))
  }

  /** Until then whoever was not there yet can come and hear of the new one. */
  const oldUntil = ({ atMs, keepOldMs }: Rotation): number =>
    Math.max(Math.min(atMs, now()) + keepOldMs, now() + keepOldMsMin)

  function take(frame: Uint8Array, rotation: Rotation): void {
    const { number, secret } = rotation
    const replaced = { secret: ring.secret, untilMs: oldUntil(rotation) }
    const old = [replaced, ...oldOnes()].filter((one) => !equals(one.secret, secret))
    keep({ number, secret, frame, old })
  }

  /** Two admins changed it at once: all come to keep the same one, and still open to the other. */
  function settle(frame: Uint8Array, rotation: Rotation, held: Uint8Array): boolean {
    if (Buffer.compare(hashOf(frame), hashOf(held)) > 0) {
      take(frame, rotation)
      return true
    }
    const lost = { secret: rotation.secret, untilMs: oldUntil(rotation) }
    if (oldOnes().some(({ secret }) => equals(secret, lost.secret))) return false
    keep({ ...ring, old: [lost, ...oldOnes()] })
    return false
  }

  return {
    live: () => [ring.secret, ...oldOnes().map(({ secret }) => secret)],
    newest: () => ring,
    frame: () => ring.frame,
    hear(frame) {
      const rotation = readRotation(frame)
      if (rotation.number < ring.number) return false
      if (ring.frame !== undefined && equals(frame, ring.frame)) return false
      const chain = checkRotation(mesh, rotation)
      if (chain !== undefined && options.revocationFault(chain) !== undefined) return false
      if (rotation.number === ring.number && ring.frame !== undefined) {
        return settle(frame, rotation, ring.frame)
      }
      const isSame = equals(rotation.secret, ring.secret)
      if (isSame) keep({ ...ring, number: rotation.number, frame })
      else take(frame, rotation)
      return !isSame
    },
  }
}

interface Rotation {
  readonly number: number
  readonly secret: Uint8Array
  readonly atMs: number
  readonly keepOldMs: number
  readonly issuer: PeerId
  readonly links: readonly Uint8Array[]
  readonly body: Uint8Array
  readonly signature: Uint8Array
}

/** The next key, by the root or by an admin of everything. */
export function signRotation(
  mesh: Mesh,
  signer: Signer,
  asked: Pick<Rotation, 'number' | 'secret' | 'atMs' | 'keepOldMs'>,
): Uint8Array {
  const { number, secret, atMs, keepOldMs } = asked
  const key = Buffer.from(signer.key, 'hex')
  const body = encode([formatVersion, number, secret, atMs, keepOldMs, key, signer.links])
  return encode([body, signer.sign(signedBytes(mesh, body))])
}

const domain = fromString('grapevine/network-key/1\n')
const signedBytes = (mesh: Mesh, body: Uint8Array): Uint8Array => concat([domain, mesh.id, body])

function readRotation(frame: Uint8Array): Rotation {
  const [bodyValue, signature] = asList(decode(frame), 'network key', 2)
  const body = asBytes(bodyValue, 'body')
  const fields = asList(decode(body), 'body', 7)
  if (fields[0] !== formatVersion) throw new Malformed('its format is another one')
  return {
    number: asCount(fields[1], 'number'),
    secret: asBytes(fields[2], 'secret', secretBytes),
    atMs: asCount(fields[3], 'time'),
    keepOldMs: asCount(fields[4], 'time to keep the old one'),
    issuer: Buffer.from(asBytes(fields[5], 'issuer', 32)).toString('hex') as PeerId,
    links: linksFromWire(fields[6]),
    body,
    signature: asBytes(signature, 'signature', 64),
  }
}

/** The badge it stands on; undefined: the root said it. Throws `Malformed` where it stands on nothing. */
function checkRotation(mesh: Mesh, rotation: Rotation): BadgeChain | undefined {
  const { issuer, links, atMs, body, signature } = rotation
  const chain = links.length === 0 ? undefined : readChain(mesh, links)
  const fault = chain === undefined ? rootFault(mesh, issuer) : adminFault(chain, issuer, atMs)
  if (fault !== undefined) throw new Malformed(`a network key does not hold: ${fault}`)
  if (mesh.verify(issuer, signedBytes(mesh, body), signature)) return chain
  throw new Malformed('the signature of a network key does not hold')
}

const rootFault = (mesh: Mesh, issuer: PeerId): string | undefined =>
  mesh.admins.has(issuer) ? undefined : 'whoever signed it has no badge'

export function adminFault(chain: BadgeChain, key: PeerId, atMs: number): string | undefined {
  const { name, subject } = badgeOf(chain)
  if (subject !== key) return 'its badge is for another key'
  if (!isAdminOfAll(chain)) return `${name} is no admin of everything`
  return memberFault(chain, atMs)
}

const hashOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

const ringRecord = ({ number, secret, frame, old }: Ring): Transaction => {
  const olds = old.map((one) => [one.secret, one.untilMs])
  return new Map([[recordName, encode([number, secret, frame ?? null, olds])]])
}

/** The number of the newest key that a store knows; undefined: it knows none. */
export const ringNumber = (records: Records): number | undefined =>
  records.has(recordName) ? readRing(records).number : undefined

function readRing(records: Records): Ring {
  const [number, secret, frame, old] = asList(decode(records.get(recordName)!), 'keys', 4)
  return {
    number: asCount(number, 'number'),
    secret: asBytes(secret, 'secret', secretBytes),
    frame: frame === null ? undefined : asBytes(frame, 'frame'),
    old: asList(old, 'old keys').map((one) => {
      const [bytes, untilMs] = asList(one, 'old key', 2)
      return { secret: asBytes(bytes, 'secret', secretBytes), untilMs: asCount(untilMs, 'until') }
    }),
  }
}
