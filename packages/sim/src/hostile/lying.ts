import type * as Core from '@grapevine/core'
import { bendPresence, flat, forgePresence, markToWire } from './forge.js'
import {
  type Means,
  between,
  drawSome,
  hashesHeld,
  newChain,
  noise,
  seenOn,
  takeChain,
  tell,
  tipsHeld,
  tipsOfOthers,
  writeNext,
} from './means.js'
import { type Leaving, takeMood } from './mood.js'
import { type Wire, bytesOf, frameOf, hexOf, partsOf, releaseFrame } from './wire.js'
import { kindOf } from '../frames.js'

/** Claims to hold more than it does, or less, or what nobody ever wrote. */
export function lieAboutClock(means: Means): void {
  means.hands.random.pick(ways)(means)
}

const ways: readonly ((means: Means) => void)[] = [
  presenceClaims,
  presenceClaims,
  clockClaims,
  summaryClaims,
  seenThatIsNot,
  seenBeforeItIs,
  olderThanItsCause,
  announceNothing,
  goOnLying,
  goOnLying,
]

type Bend = (seq: number) => number

/** Everything, nothing, a little more, a little less, or just as far under another name. */
const bendOf = (means: Means): Bend =>
  means.hands.random.pick<Bend>([
    () => Number.MAX_SAFE_INTEGER,
    () => 0,
    (seq) => seq + between(means, 1, 50),
    (seq) => Math.max(0, seq - between(means, 1, 5)),
    (seq) => seq,
  ])

function bentClock(means: Means, clock: Iterable<readonly [string, number]>): Map<string, number> {
  const bend = bendOf(means)
  const bent = [...clock].map(([id, seq]) => [id, bend(seq)] as const)
  const unknown = means.hands.random.chance(0.2) ? [[hexOf(noise(means, 16)), 7] as const] : []
  return new Map([...bent, ...unknown].filter(([, seq]) => seq > 0))
}

/** Whoever believes it collects too early, or not at all. */
function presenceClaims(means: Means): void {
  const { hands } = means
  const bytes = forgePresence(hands, {
    peer: hands.node.peer,
    at: hands.now() + hands.random.below(1_000),
    hashes: hashesHeld(means),
    clock: bentClock(means, hands.node.replica.clock()),
  })
  tell(means, [frameOf('presence', bytes)])
}

/** Out of the blue: who has more is asked for it, who has less is given it. */
function clockClaims(means: Means): void {
  const { hands } = means
  const claim = bentClock(means, hands.node.replica.clock())
  const tips = [...claim].map(([id, seq]) => tipOf(means, id, seq))
  for (const to of drawSome(means, hands.others(), between(means, 1, 3))) {
    hands.send(to, frameOf('clock', null, null, tips))
  }
}

/** A tip under its true id, where that is known, or under another one: then it looks like a fork. */
function tipOf(means: Means, replica: string, seq: number): Wire {
  const { random, node } = means.hands
  const held = random.chance(0.8)
    ? node.replica.release({ replica: replica as Core.ReplicaId, seq })
    : undefined
  return markToWire({
    replica,
    seq,
    id: held === undefined ? noise(means, 32) : bytesOf(held.release.id),
  })
}

function summaryClaims(means: Means): void {
  const { hands } = means
  const [statements, clock, state] = hashesHeld(means)
  const summaries = [
    [statements, noise(means, 32), state],
    [noise(means, 32), clock, state],
    [noise(means, 32), noise(means, 32), noise(means, 32)],
  ]
  for (const to of drawSome(means, hands.others(), between(means, 1, 3))) {
    hands.send(to, frameOf('summary', ...hands.random.pick(summaries), hands.random.below(3)))
  }
}

/** It has seen what nobody wrote: it waits for ever, and everybody asks for it. */
function seenThatIsNot(means: Means): void {
  const { random } = means.hands
  const names = tipsHeld(means)
  const name = names.length === 0 ? undefined : random.pick(names)
  const id = name === undefined || random.chance(0.3) ? hexOf(noise(means, 16)) : name.replica
  const seq = (name?.seq ?? 0) + random.pick([1_000, 2 ** 40, Number.MAX_SAFE_INTEGER - 2 ** 41])
  writeSeeing(means, id, seq)
}

/** It has seen what somebody is only about to write, and counts as written after it. */
function seenBeforeItIs(means: Means): void {
  const names = tipsOfOthers(means)
  if (names.length === 0) return
  const { replica, seq } = means.hands.random.pick(names)
  writeSeeing(means, replica, seq + between(means, 1, 3))
}

function writeSeeing(means: Means, id: string, seq: number): void {
  const { random, node } = means.hands
  const keys = node.replica.keys()
  const key = keys.length > 0 ? random.pick(keys) : 'k'
  const seen = new Map(seenOn(node.replica, key)).set(id, seq)
  const change = { key, seen, put: random.chance(0.8) ? means.nextValue() : undefined }
  tell(means, [releaseFrame(writeNext(means, newChain(means), [change]).bytes)])
}

/** Stamped before what it has seen: whoever goes by stamps meets it too early, and it never shows. */
function olderThanItsCause(means: Means): void {
  const { random, node, now } = means.hands
  const keys = node.replica.keys()
  if (keys.length === 0) return
  const key = random.pick(keys)
  const change = { key, seen: seenOn(node.replica, key), put: means.nextValue() }
  const ms = now() - between(means, 1, 600) * 1_000
  const written = writeNext(means, takeChain(means), [change], { ms })
  means.chains.push(written.chain)
  tell(means, [releaseFrame(written.bytes)])
}

/** A large release that is to be fetched, and is nowhere. */
function announceNothing(means: Means): void {
  const names = tipsHeld(means)
  const { random } = means.hands
  const isKnown = names.length > 0 && random.chance(0.6)
  const { replica, seq } = isKnown
    ? random.pick(names)
    : { replica: hexOf(noise(means, 16)), seq: 0 }
  const mark = { replica, seq: seq + random.pick([1, 5, 2 ** 50]), id: noise(means, 32) }
  tell(means, [frameOf('announce', markToWire(mark))])
}

/** For a while all that its replica says of its clock is bent. */
function goOnLying(means: Means): void {
  takeMood(means, {
    leaves: (leaving) => [{ ...leaving, bytes: bentFrame(means, leaving) }],
  })
}

function bentFrame(means: Means, { bytes }: Leaving): Uint8Array {
  const { hands } = means
  const parts = partsOf(bytes)
  switch (kindOf(bytes)) {
    case 'clock': {
      const [from, to, tips] = parts as readonly [Wire, Wire, readonly [Uint8Array, number][]]
      const claim = bentClock(
        means,
        tips.map(([id, seq]) => [hexOf(id), seq] as const),
      )
      return frameOf(
        'clock',
        from,
        to,
        [...claim].map(([id, seq]) => tipOf(means, id, seq)),
      )
    }
    case 'summary': {
      const [statements, , state, step] = parts
      return frameOf('summary', statements!, noise(means, 32), state!, step!)
    }
    case 'presence': {
      const bent = bendPresence(hands, parts[0] as Uint8Array, (fields) =>
        fields.with(4, flat(bentClock(means, hands.node.replica.clock()))),
      )
      return frameOf('presence', bent)
    }
    default:
      return bytes
  }
}
