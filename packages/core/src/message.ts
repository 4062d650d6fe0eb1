import { asBoolean, asBytes, asCount, asList, decode, encode } from './codec.js'
import { Malformed } from './errors.js'
import { type BadgeId, type PeerId, type ReleaseId, type ReplicaId, fromHex, toHex } from './ids.js'
import { type Hashes } from './hashes.js'
import { limits } from './limits.js'
import { type Mark, markFromWire, markToWire } from './statement.js'

/** Releases of one replica id that somebody lacks: those after `after`, up to `to`. */
export interface Range {
  readonly replica: ReplicaId
  readonly after: number
  /** What the asker holds at `after`, so that a fork is seen by whoever is asked. */
  readonly afterId: ReleaseId | null
  readonly to: number
}

/** Which statements and proofs a replica holds, of the issuers and replica ids in one stretch. */
export interface Standing {
  readonly from: string | null
  readonly to: string | null
  readonly chains: readonly {
    readonly issuer: PeerId
    readonly number: number
    readonly id: string
  }[]
  readonly forks: readonly { readonly replica: ReplicaId; readonly seq: number }[]
  readonly broken: readonly { readonly issuer: PeerId; readonly number: number }[]
}

export type Pair = readonly [Uint8Array, Uint8Array]

/** Everything that replicas say to each other. */
export type Message =
  /** A release, by gossip. */
  | { readonly type: 'release'; readonly bytes: Uint8Array }
  /** A release too large for gossip: come and fetch it. */
  | { readonly type: 'announce'; readonly mark: Mark }
  /** Opens a session, and closes it: three hashes to compare. */
  | {
      readonly type: 'summary'
      readonly hashes: Hashes
      readonly step: SummaryStep
      /** What the sender shows does not rest on one member's word. */
      readonly isVouching: boolean
    }
  | { readonly type: 'standing'; readonly standing: Standing }
  /** Statements and proofs the other lacks; with the sender's own standing, an answer is expected. */
  | {
      readonly type: 'statements'
      readonly statements: readonly Uint8Array[]
      readonly pairs: readonly Pair[]
      readonly standing: Standing | undefined
    }
  /** The digest: one page of the sender's clock; ids between `from` and `to` that are not named count as 0. */
  | {
      readonly type: 'clock'
      readonly from: ReplicaId | null
      readonly to: ReplicaId | null
      readonly tips: readonly Mark[]
    }
  | { readonly type: 'want'; readonly ranges: readonly Range[] }
  /** Releases the other lacks; `rest`: what did not fit; `isGone`: some have left the log. */
  | {
      readonly type: 'delta'
      readonly releases: readonly Uint8Array[]
      readonly rest: readonly Range[]
      readonly isGone: boolean
    }
  /** Bare releases that do not fit into the chain the other holds. */
  | { readonly type: 'evidence'; readonly releases: readonly Uint8Array[] }
  | { readonly type: 'snapshot-want'; readonly id: Uint8Array | null; readonly page: number }
  | {
      readonly type: 'snapshot'
      readonly id: Uint8Array
      readonly page: number
      readonly isLast: boolean
      readonly items: readonly Uint8Array[]
    }
  | { readonly type: 'presence'; readonly bytes: Uint8Array }
  /** What releases stand on: each a list of links, root first. */
  | { readonly type: 'badges'; readonly chains: readonly (readonly Uint8Array[])[] }
  | { readonly type: 'badges-want'; readonly ids: readonly BadgeId[] }

/** `open` asks for everything that differs; `close` and `answer` only compare. */
export type SummaryStep = (typeof summarySteps)[number]
const summarySteps = ['open', 'close', 'answer'] as const

export type MessageType = Message['type']

export const messageTypes: readonly MessageType[] = [
  'release',
  'announce',
  'summary',
  'standing',
  'statements',
  'clock',
  'want',
  'delta',
  'evidence',
  'snapshot-want',
  'snapshot',
  'presence',
  'badges',
  'badges-want',
]

export const encodeMessage = (message: Message): Uint8Array =>
  encode([messageTypes.indexOf(message.type), ...toWire(message)])

function toWire(message: Message): readonly unknown[] {
  switch (message.type) {
    case 'release':
    case 'presence':
      return [message.bytes]
    case 'announce':
      return [markToWire(message.mark)]
    case 'summary': {
      const { statements, clock, state } = message.hashes
      const step = summarySteps.indexOf(message.step)
      return [statements, clock, state, message.isVouching ? step : step + summarySteps.length]
    }
    case 'standing':
      return [standingToWire(message.standing)]
    case 'statements':
      return [
        message.statements,
        message.pairs,
        message.standing ? standingToWire(message.standing) : null,
      ]
    case 'clock':
      return [idOrNull(message.from), idOrNull(message.to), message.tips.map(markToWire)]
    case 'want':
      return [message.ranges.map(rangeToWire)]
    case 'delta':
      return [message.releases, message.rest.map(rangeToWire), message.isGone]
    case 'evidence':
      return [message.releases]
    case 'snapshot-want':
      return [message.id, message.page]
    case 'snapshot':
      return [message.id, message.page, message.isLast, message.items]
    case 'badges':
      return [message.chains]
    case 'badges-want':
      return [message.ids.map(fromHex)]
  }
}

export function decodeMessage(bytes: Uint8Array): Message {
  const [kind, ...parts] = asList(decode(bytes), 'message')
  const type = messageTypes[asCount(kind, 'message type', messageTypes.length - 1)]!
  const fields = wireSizes[type]
  if (parts.length !== fields)
    throw new Malformed(`${type} has ${parts.length} parts, not ${fields}`)
  const message = fromWire(type, parts)
  checkSize(message, bytes.length)
  return message
}

/** Only one single large thing may pass the size of a page; what comes by the dozen costs by the dozen. */
function checkSize(message: Message, bytes: number): void {
  const bytesMax = 2 * limits.pageBytesMax
  const isSingle =
    message.type === 'release' ||
    (message.type === 'delta' && message.releases.length === 1) ||
    (message.type === 'snapshot' && message.items.length === 1) ||
    (message.type === 'statements' && message.statements.length + message.pairs.length === 1)
  if (bytes <= bytesMax || isSingle) return
  throw new Malformed(`${message.type} is ${bytes} bytes long, the limit is ${bytesMax}`)
}

const wireSizes: Record<MessageType, number> = {
  release: 1,
  announce: 1,
  summary: 4,
  standing: 1,
  statements: 3,
  clock: 3,
  want: 1,
  delta: 3,
  evidence: 1,
  'snapshot-want': 2,
  snapshot: 4,
  presence: 1,
  badges: 1,
  'badges-want': 1,
}

function fromWire(type: MessageType, parts: readonly unknown[]): Message {
  const [a, b, c, d] = parts
  switch (type) {
    case 'release':
    case 'presence':
      return { type, bytes: asBytes(a, type) }
    case 'announce':
      return { type, mark: markFromWire(a) }
    case 'summary': {
      const hashes = {
        statements: asBytes(a, 'hash', 32),
        clock: asBytes(b, 'hash', 32),
        state: asBytes(c, 'hash', 32),
      }
      const step = asCount(d, 'step', 2 * summarySteps.length - 1)
      const isVouching = step < summarySteps.length
      return { type, hashes, step: summarySteps[step % summarySteps.length]!, isVouching }
    }
    case 'standing':
      return { type, standing: standingFromWire(a) }
    case 'statements':
      return {
        type,
        statements: bytesList(a, 'statements'),
        pairs: asList(b, 'pairs').map(pairFromWire),
        standing: c === null ? undefined : standingFromWire(c),
      }
    case 'clock':
      return {
        type,
        from: idFromWire(a),
        to: idFromWire(b),
        tips: asList(c, 'tips').map(markFromWire),
      }
    case 'want':
      return { type, ranges: asList(a, 'ranges').map(rangeFromWire) }
    case 'delta':
      return {
        type,
        releases: bytesList(a, 'releases'),
        rest: asList(b, 'rest').map(rangeFromWire),
        isGone: asBoolean(c, 'is gone'),
      }
    case 'evidence':
      return { type, releases: bytesList(a, 'releases') }
    case 'snapshot-want':
      return {
        type,
        id: a === null ? null : asBytes(a, 'snapshot id', 16),
        page: asCount(b, 'page'),
      }
    case 'snapshot':
      return {
        type,
        id: asBytes(a, 'snapshot id', 16),
        page: asCount(b, 'page'),
        isLast: asBoolean(c, 'is last'),
        items: bytesList(d, 'items'),
      }
    case 'badges':
      return { type, chains: asList(a, 'badges').map((links) => bytesList(links, 'links')) }
    case 'badges-want':
      return {
        type,
        ids: asList(a, 'badges').map((id) => toHex<BadgeId>(asBytes(id, 'badge', 32))),
      }
  }
}

export const pairFromWire = (value: unknown): Pair => {
  const [one, two] = asList(value, 'pair', 2)
  return [asBytes(one, 'half'), asBytes(two, 'half')]
}

const bytesList = (value: unknown, what: string): readonly Uint8Array[] =>
  asList(value, what).map((item) => asBytes(item, what))

const idOrNull = (id: ReplicaId | null): Uint8Array | null => (id === null ? null : fromHex(id))

const idFromWire = (value: unknown): ReplicaId | null =>
  value === null ? null : toHex(asBytes(value, 'replica id', 16))

const rangeToWire = ({ replica, after, afterId, to }: Range): readonly unknown[] => [
  fromHex(replica),
  after,
  afterId === null ? null : fromHex(afterId),
  to,
]

function rangeFromWire(value: unknown): Range {
  const [replica, after, afterId, to] = asList(value, 'range', 4)
  return {
    replica: toHex<ReplicaId>(asBytes(replica, 'replica id', 16)),
    after: asCount(after, 'after'),
    afterId: afterId === null ? null : toHex<ReleaseId>(asBytes(afterId, 'id', 32)),
    to: asCount(to, 'to'),
  }
}

const standingToWire = ({ from, to, chains, forks, broken }: Standing): readonly unknown[] => [
  from === null ? null : fromHex(from),
  to === null ? null : fromHex(to),
  chains.map(({ issuer, number, id }) => [fromHex(issuer), number, fromHex(id)]),
  forks.map(({ replica, seq }) => [fromHex(replica), seq]),
  broken.map(({ issuer, number }) => [fromHex(issuer), number]),
]

function standingFromWire(value: unknown): Standing {
  const [from, to, chains, forks, broken] = asList(value, 'standing', 5)
  return {
    from: from === null ? null : toHex(asBytes(from, 'from')),
    to: to === null ? null : toHex(asBytes(to, 'to')),
    chains: asList(chains, 'chains').map((chain) => {
      const [issuer, number, id] = asList(chain, 'chain', 3)
      return { ...numberedFromWire([issuer, number]), id: toHex(asBytes(id, 'id', 32)) }
    }),
    forks: asList(forks, 'forks').map((fork) => {
      const [replica, seq] = asList(fork, 'fork', 2)
      return {
        replica: toHex<ReplicaId>(asBytes(replica, 'replica id', 16)),
        seq: asCount(seq, 'seq'),
      }
    }),
    broken: asList(broken, 'broken').map(numberedFromWire),
  }
}

function numberedFromWire(value: unknown): { readonly issuer: PeerId; readonly number: number } {
  const [issuer, number] = asList(value, 'issuer and number', 2)
  return {
    issuer: toHex<PeerId>(asBytes(issuer, 'issuer', 32)),
    number: asCount(number, 'number'),
  }
}
