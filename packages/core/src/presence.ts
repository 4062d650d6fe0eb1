import { equals } from 'uint8arrays/equals'
import { asBytes, asCount, asList, asText, checkFormat, decode, encode } from './codec.js'
import { Malformed } from './errors.js'
import { type Hashes, hashesOf, stateWord } from './hashes.js'
import {
  type Dot,
  type Key,
  type PeerId,
  type ReplicaId,
  compareText,
  fromHex,
  sortedEntries,
  toHex,
} from './ids.js'
import { clipText } from './key.js'
import { limits } from './limits.js'
import { type Mesh } from './mesh.js'
import { recordName } from './record.js'
import { vectorFromWire, vectorToWire } from './release.js'
import { type State, clockVector } from './state.js'
import { type Turn } from './turn.js'
import { type VersionVector, emptyVector, join } from './version-vector.js'

/** A release that reached a peer, whose schema there does not take its value for this key. */
export interface Refusal extends Dot {
  readonly key: Key
  readonly reason: string
}

/** A peer's small signed heartbeat: where it stands, and what it could not take. */
export interface Presence {
  readonly peer: PeerId
  /** The sender's time, growing; an older one says nothing new. */
  readonly at: number
  readonly hashes: Hashes
  /**
   * Part of its clock: the replica ids that moved last, where all would be too many. undefined: it has
   * not moved since it was said last, and whoever stands there too can tell it by its hash.
   */
  readonly clock: VersionVector | undefined
  readonly refusals: readonly Refusal[]
  readonly labels: ReadonlyMap<string, string>
  readonly software: string
}

export interface HeardPresence extends Omit<Presence, 'clock'> {
  /** All that its last presences claim together. */
  readonly clock: VersionVector
  readonly heardAt: number
}

export interface Announcement {
  readonly labels?: ReadonlyMap<string, string> | undefined
  readonly software?: string | undefined
}

const formatVersion = 1

export function signPresence(state: State, announcement: Announcement, turn: Turn): Uint8Array {
  // A clock that was set back must not silence this peer.
  state.presenceAt = Math.max(turn.now, state.presenceAt + 1)
  confirm(state, turn)
  const { statements, clock, state: stateHash } = hashesOf(state)
  const isBrief = hasSaid(state, clock)
  const labels = sortedEntries(announcement.labels ?? new Map<string, string>())
  const refusals = sortedEntries(state.refusals).slice(0, limits.presenceRefusalsMax)
  const body = encode([
    formatVersion,
    fromHex(state.peer),
    state.presenceAt,
    [statements, clock, state.believed === undefined ? stateHash : noState],
    isBrief ? null : vectorToWire(lastMoved(clockVector(state))),
    refusals.map(([key, { replica, seq, reason }]) => [fromHex(replica), seq, key, reason]),
    labels.slice(0, limits.presenceLabelsMax).map(([name, value]) => [clip(name), clip(value)]),
    clip(announcement.software ?? ''),
  ])
  return encode([body, state.mesh.sign(state.mesh.signedBytes('presence', body))])
}

/** Whether this clock was said a short while ago: most of a large mesh's heartbeats need not name it. */
function hasSaid(state: State, clock: Uint8Array): boolean {
  const { saidClock } = state
  const isSame = saidClock !== undefined && equals(saidClock.hash, clock)
  if (isSame && saidClock.briefs < limits.presenceBriefsMax) {
    saidClock.briefs += 1
    return true
  }
  state.saidClock = { hash: clock, briefs: 0 }
  return false
}

/** What a replica states that cannot vouch for what it shows. */
const noState = new Uint8Array(32)

/** Where another member than the one that was believed states the very same, a newcomer is one no more. */
export function confirm(state: State, turn: Turn): void {
  const { believed } = state
  if (believed === undefined || votesFor(state, stateWord(hashesOf(state)), believed) === 0) return
  state.believed = undefined
  turn.record(recordName.believed, null)
}

const clip = (text: string): string => clipText(text, limits.labelBytesMax)

const lastMoved = (clock: VersionVector): VersionVector =>
  clock.size <= limits.presenceEntriesMax
    ? clock
    : // order: who moved last; any part of a clock is true
      new Map([...clock].slice(-limits.presenceEntriesMax))

/** The presence that somebody signed, if it is news: what is known already need not be verified. */
export function decodePresence(
  mesh: Mesh,
  bytes: Uint8Array,
  isWanted: (presence: Presence) => boolean = () => true,
): Presence | undefined {
  const [bodyValue, signatureValue] = asList(decode(bytes, limits.pageBytesMax), 'presence', 2)
  const body = asBytes(bodyValue, 'presence body')
  const signature = asBytes(signatureValue, 'signature', 64)
  const presence = presenceFromWire(body)
  if (!isWanted(presence)) return undefined
  if (mesh.verify(presence.peer, mesh.signedBytes('presence', body), signature)) return presence
  throw new Malformed('the signature of a presence does not hold')
}

function presenceFromWire(body: Uint8Array): Presence {
  const fields = asList(decode(body), 'presence body', 8)
  checkFormat(fields[0], formatVersion)
  const [statements, clock, state] = asList(fields[3], 'hashes', 3).map((hash) =>
    asBytes(hash, 'hash', 32),
  )
  return {
    peer: toHex<PeerId>(asBytes(fields[1], 'peer', 32)),
    at: asCount(fields[2], 'presence time'),
    hashes: { statements: statements!, clock: clock!, state: state! },
    clock: fields[4] === null ? undefined : vectorFromWire(fields[4]),
    refusals: asList(fields[5], 'refusals').map(refusalFromWire),
    labels: new Map(
      asList(fields[6], 'labels').map((label) => {
        const [name, value] = asList(label, 'label', 2)
        return [
          asText(name, 'label', limits.labelBytesMax),
          asText(value, 'label', limits.labelBytesMax),
        ]
      }),
    ),
    software: asText(fields[7], 'software', limits.labelBytesMax),
  }
}

function refusalFromWire(value: unknown): Refusal {
  const [replica, seq, key, reason] = asList(value, 'refusal', 4)
  return {
    replica: toHex<ReplicaId>(asBytes(replica, 'replica id', 16)),
    seq: asCount(seq, 'seq'),
    key: asText(key, 'key', limits.keyBytesMax) as Key,
    reason: asText(reason, 'reason', limits.reasonBytesMax),
  }
}

/** Only members are heard, and each only forwards in its own time. */
export const isNews = ({ peer, members, presences }: State, said: Presence): boolean =>
  said.peer !== peer && members.has(said.peer) && said.at > (presences.get(said.peer)?.at ?? -1)

export function hearPresence(state: State, presence: Presence, now: number): void {
  const before = state.presences.get(presence.peer)?.clock ?? emptyVector
  const clock = claimedBy(state, presence, before)
  state.presences.set(presence.peer, { ...presence, clock, heardAt: now })
  noteStated(state, presence.peer, presence.hashes)
}

/** What it holds, by this presence and those before. */
function claimedBy(
  state: State,
  { clock, hashes }: Presence,
  before: VersionVector,
): VersionVector {
  if (clock === undefined) {
    return equals(hashes.clock, hashesOf(state).clock) ? clockVector(state) : before
  }
  // A whole clock replaces what was known, so that a peer that lost its disk claims no more than it has.
  return clock.size < limits.presenceEntriesMax ? clock : join([before, clock])
}

/** Only members vouch. */
export function noteStated(state: State, peer: PeerId, hashes: Hashes): void {
  if (!state.members.has(peer)) return
  const word = stateWord(hashes)
  const words = (state.stated.get(peer) ?? []).filter((other) => other !== word)
  state.stated.set(peer, [...words, word].slice(-limits.statedHashesMax))
}

/** How many members, but one, lately stated this very state of statements, clock and values. */
export const votesFor = (state: State, word: string, except: PeerId): number =>
  // order: a count
  [...state.stated].filter(([peer, words]) => peer !== except && words.includes(word)).length

/** Members heard lately, self included; undefined unless they are more than half of all members. */
export function quorumOf(state: State, now: number): readonly PeerId[] | undefined {
  const heard = [...state.members]
    .filter((member) => {
      const presence = state.presences.get(member)
      return (
        member === state.peer ||
        (presence !== undefined && now - presence.heardAt <= limits.memberAbsentMs)
      )
    })
    .sort(compareText)
  return heard.length * 2 > state.members.size ? heard : undefined
}
