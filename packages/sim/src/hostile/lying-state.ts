import type * as Core from '@grapevine/core'
import { bendPresence, forgePresence } from './forge.js'
import {
  type Chain,
  type Means,
  between,
  bytesHeld,
  drawSome,
  hashesHeld,
  noise,
  someChanges,
  newChain,
  tell,
  tipsHeld,
  sendAll,
  spentAfter,
  takeChain,
  writeNext,
  writeOn,
} from './means.js'
import { type Leaving, takeMood } from './mood.js'
import { bendSnapshot, thinSnapshot } from './snapshot-lies.js'
import {
  type Wire,
  bytesOf,
  decode,
  encode,
  frameOf,
  hexOf,
  partsOf,
  releaseFrame,
} from './wire.js'
import { kindOf } from '../frames.js'

/** Claims another state than the one it has, and gives less than it was asked for. */
export function lieAboutState(means: Means): void {
  means.hands.random.pick(ways)(means)
}

const ways: readonly ((means: Means) => void)[] = [
  otherStateHash,
  otherStateHash,
  snapshotOfLies,
  snapshotOfLies,
  snapshotOfLies,
  endlessSnapshot,
  saysItIsGone,
  emptyDelta,
  evidenceOfNothing,
  snapshotUnasked,
  goOnLying,
]

/** Just as far, and yet not the same: told to some, or to all with its name under it. */
function otherStateHash(means: Means): void {
  const { hands } = means
  const [statements, clock] = hashesHeld(means)
  const hashes = [statements, clock, noise(means, 32)] as const
  const { peer, replica } = hands.node
  const at = hands.now() + hands.random.below(1_000)
  const presence = forgePresence(hands, { peer, at, hashes, clock: replica.clock() })
  const summary = frameOf('summary', ...hashes, hands.random.below(3))
  tell(means, [hands.random.chance(0.7) ? summary : frameOf('presence', presence)])
}

/** Says that all is gone from its log, so that it is asked for a snapshot; and that one is bent. */
function snapshotOfLies(means: Means): void {
  const { hands } = means
  const bend = bendSnapshot(means)
  takeMood(means, {
    leaves: (leaving) => [{ ...leaving, bytes: bend(leaving.bytes) }],
  })
  sayGone(means, drawSome(means, hands.others(), between(means, 1, 3)))
}

export const sayGone = ({ hands }: Means, to: ReturnType<Means['hands']['others']>): void => {
  for (const node of to) hands.send(node, frameOf('delta', [], [], true))
}

/**
 * Writes over what others wrote; makes them forget what it replaced, by a snapshot that lacks it; and
 * then forks the chain that it wrote it on, so that nothing of it counts any more.
 */
export function undermine(means: Means): void {
  const { hands, chains } = means
  const { replica } = hands.node
  // Its own replica must hold what it wrote, or its snapshot shows the old values after all.
  const place = chains.findIndex((chain) => heldTip(replica, chain) !== undefined)
  const chain = chains[place]
  if (chain === undefined) {
    const [written] = writeOn(means, takeChain(means), 1)
    chains.push(written!.chain)
    return hands.gossip(releaseFrame(written!.bytes))
  }
  chains.splice(place, 1)
  const bend = thinSnapshot(means)
  takeMood(means, { leaves: (leaving) => [{ ...leaving, bytes: bend(leaving.bytes) }] })
  sayGone(means, hands.others())
  const { prev, ...tip } = heldTip(replica, chain)!
  const seq = chain.seq - 1
  const spent = spentAfter(means, { replica: tip.replica, seq })
  const before = { ...chain, seq, tip: prev === null ? null : bytesOf(prev), spent }
  const [other] = writeOn(means, before, 1)
  const frame = releaseFrame(other!.bytes)
  sendAll(means, hands.others(), [frame], between(means, 1_000, 8_000))
  means.spoilt.push(other!.chain)
}

const heldTip = (replica: Core.Replica, chain: Chain): Core.Release | undefined =>
  replica.release({ replica: chain.replica as Core.ReplicaId, seq: chain.seq })?.release

/** Page after page of something, and never the last one. */
function endlessSnapshot(means: Means): void {
  const { hands } = means
  const id = noise(means, 16)
  const slowMs = hands.random.pick([0, 500, 4_000, 6_000])
  let left = between(means, 5, 100)
  const page = (number: number): Uint8Array => {
    const item = encode([4, `endless/${number}`, []])
    return frameOf('snapshot', id, number, false, [item])
  }
  const victims = drawSome(means, hands.others(), between(means, 1, 2))
  takeMood(means, {
    hears({ from, bytes }) {
      if (kindOf(bytes) !== 'snapshot-want' || left <= 0) return false
      const [asked, number] = partsOf(bytes)
      const isOurs = asked instanceof Uint8Array && hexOf(asked) === hexOf(id)
      if (!isOurs && asked !== null) return false
      left -= 1
      hands.send(from, page(isOurs && typeof number === 'number' ? number : 0), slowMs)
      return true
    },
  })
  sayGone(means, victims)
}

/** Although it is held: to everybody who asks, for a while. */
function saysItIsGone(means: Means): void {
  const isGone = means.hands.random.chance(0.7)
  takeMood(means, {
    leaves: (leaving) => [
      kindOf(leaving.bytes) === 'delta'
        ? { ...leaving, bytes: frameOf('delta', [], [], isGone) }
        : leaving,
    ],
  })
}

/** Nothing, and a promise of more, as often as one asks. */
function emptyDelta(means: Means): void {
  const { hands } = means
  const rest = tipsHeld(means).map(({ replica, seq }): Wire => {
    const to = hands.random.pick([seq, seq + 1, seq + 10_000])
    return [bytesOf(replica), hands.random.below(seq + 1), null, to]
  })
  const victim = hands.random.pick(hands.others())
  for (let again = between(means, 1, 5); again > 0; again--) {
    hands.send(victim, frameOf('delta', [], rest, false), hands.random.below(5_000))
  }
}

/** What everybody has, what nobody signed, and what follows nothing. */
function evidenceOfNothing(means: Means): void {
  const { hands } = means
  const held = tipsHeld(means).flatMap((tip) => bytesHeld(means, tip) ?? [])
  const unsigned = held.slice(0, 1).map((bytes) => {
    const [header, , tree] = decode(bytes) as readonly Wire[]
    return encode([header!, noise(means, 64), tree!])
  })
  const own = writeNext(means, newChain(means), someChanges(means)).bytes
  const releases = hands.random.pick([held.slice(0, 20), unsigned, [own], [noise(means, 80)]])
  hands.send(hands.random.pick(hands.others()), frameOf('evidence', releases))
}

function snapshotUnasked(means: Means): void {
  const { hands } = means
  const item = encode([0, noise(means, 32), noise(means, 32), noise(means, 32)])
  const page = hands.random.chance(0.7) ? 0 : between(means, 1, 9)
  const frame = frameOf('snapshot', noise(means, 16), page, hands.random.chance(0.5), [item])
  hands.send(hands.random.pick(hands.others()), frame)
}

/** For a while its replica's own words name another state, each time another one. */
function goOnLying(means: Means): void {
  takeMood(means, {
    leaves: (leaving) => [{ ...leaving, bytes: bentFrame(means, leaving) }],
  })
}

function bentFrame(means: Means, { bytes }: Leaving): Uint8Array {
  const parts = partsOf(bytes)
  switch (kindOf(bytes)) {
    case 'summary':
      return frameOf('summary', ...parts.with(2, noise(means, 32)))
    case 'presence': {
      const bent = bendPresence(means.hands, parts[0] as Uint8Array, (fields) => {
        const [statements, clock] = fields[3] as readonly Wire[]
        return fields.with(3, [statements!, clock!, noise(means, 32)])
      })
      return frameOf('presence', bent)
    }
    default:
      return bytes
  }
}
