import type * as Core from '@grapevine/core'
import {
  type Header,
  type Mark,
  type Tree,
  forgePresence,
  forgeRelease,
  forgeStatement,
  hide,
  leafOf,
} from './forge.js'
import {
  type Means,
  badgeUnder,
  between,
  bytesHeld,
  hashesHeld,
  markOf,
  newChain,
  noise,
  someChanges,
  standingOf,
  tell,
  tipsOfOthers,
  withoutSight,
  writeNext,
} from './means.js'
import { bytesOf, decode, deltaFrame, encode, frameOf, releaseFrame } from './wire.js'

/**
 * In somebody else's name, or with a right that it does not have: well-formed, and with a signature
 * that would hold if nobody looked closely.
 */
export function forge(means: Means): void {
  means.hands.random.pick(ways)(means)
}

const ways: readonly ((means: Means) => void)[] = [
  releaseInAnotherName,
  otherChangesUnderASignature,
  forAnotherMeshOrPurpose,
  presenceInAnotherName,
  statementInAnotherName,
  statementWithoutRight,
  proofOfNothing,
  hiddenChanges,
  keyOfOthers,
]

/** Signed by the wrong key, by none, or with what somebody signed for something else. */
function badSignature(means: Means, name: Core.Release | undefined): Uint8Array {
  const { random } = means.hands
  const borrowed = name === undefined ? undefined : signatureIn(bytesHeld(means, name))
  return random.pick([
    means.hands.sign(noise(means, 40)),
    noise(means, 64),
    new Uint8Array(64),
    borrowed ?? noise(means, 64),
  ])
}

const signatureIn = (signed: Uint8Array | undefined): Uint8Array | undefined =>
  signed === undefined ? undefined : (decode(signed) as readonly Uint8Array[])[1]

/** The next release of somebody's chain, or one that somebody is said to have written instead. */
function headerInTheNameOf(means: Means, name: Core.Release, isNext: boolean): Header {
  const { peer, incarnation, seq, prev } = name
  const parent = prev === null ? null : bytesOf(prev)
  return {
    peer,
    incarnation,
    seq: isNext ? seq + 1 : seq,
    prev: isNext ? bytesOf(name.id) : parent,
    ms: means.hands.now(),
    counter: 0,
    trust: standingOf(means, { badge: name.badge }),
  }
}

const travels = (means: Means, bytes: Uint8Array): Uint8Array =>
  means.hands.random.chance(0.5) ? releaseFrame(bytes) : deltaFrame([bytes])

function releaseInAnotherName(means: Means): void {
  const names = tipsOfOthers(means)
  if (names.length === 0) return
  const name = means.hands.random.pick(names)
  const signature = badSignature(means, name)
  const header = headerInTheNameOf(means, name, means.hands.random.chance(0.6))
  const changes = withoutSight(someChanges(means), name.replica, header.seq - 1)
  const forged = forgeRelease(means.hands, header, changes, { signature })
  tell(means, [travels(means, forged.bytes)])
}

/** A header and its signature, as somebody made them, with changes that they are not over. */
function otherChangesUnderASignature(means: Means): void {
  const names = tipsOfOthers(means)
  if (names.length === 0) return
  const name = means.hands.random.pick(names)
  const bytes = bytesHeld(means, name)
  if (bytes === undefined) return
  const [header, signature, tree] = decode(bytes) as readonly [Uint8Array, Uint8Array, Tree]
  const [change] = withoutSight(someChanges(means, 1), name.replica, name.seq - 1)
  const added = leafOf({ ...change!, key: `~/${change!.key}` })
  const other = means.hands.random.chance(0.5) ? added : [tree, added]
  tell(means, [travels(means, encode([header, signature, other]))])
}

/** Signed with its own key and in its own name, but not for this mesh, or not as a release. */
function forAnotherMeshOrPurpose(means: Means): void {
  const { header } = writeNext(means, newChain(means), someChanges(means))
  const slip = means.hands.random.chance(0.5)
    ? { meshId: noise(means, 32) }
    : { purpose: means.hands.random.pick(['statement', 'presence'] as const) }
  const forged = forgeRelease(means.hands, header, someChanges(means), slip)
  tell(means, [travels(means, forged.bytes)])
}

function presenceInAnotherName(means: Means): void {
  const { hands } = means
  const victim = hands.random.pick(hands.others())
  const name = tipsOfOthers(means).find(({ peer }) => peer === victim.peer)
  const clock = new Map([...hands.node.replica.clock()].map(([id, seq]) => [id, seq + 1_000]))
  const bytes = forgePresence(
    hands,
    { peer: victim.peer, at: hands.now() + 1_000, hashes: hashesHeld(means), clock },
    { signature: badSignature(means, name) },
  )
  tell(means, [frameOf('presence', bytes)])
}

/** Cuts a member in the name of an admin. */
function statementInAnotherName(means: Means): void {
  const { hands } = means
  const admin = hands.others().find(({ isAdmin }) => isAdmin)
  const marks = someMarks(means)
  if (admin === undefined || marks.length === 0) return
  const said = hands.node.replica.statements().filter(({ issuer }) => issuer === admin.peer)
  const last = said.at(-1)
  const statement = {
    kind: hands.random.pick(['cut', 'seal', 'close'] as const),
    issuer: admin.peer,
    number: said.length + 1,
    prev: last === undefined ? null : bytesOf(last.id),
    marks,
    incarnation: null,
    badge: badgeUnder(means),
  }
  const borrowed = signatureIn(last?.bytes)
  const signature = borrowed ?? badSignature(means, undefined)
  tell(means, [statementsFrame([forgeStatement(hands, statement, { signature }).bytes])])
}

const statementsFrame = (statements: readonly Uint8Array[]): Uint8Array =>
  frameOf('statements', statements, [], null)

function someMarks(means: Means): readonly Mark[] {
  const names = tipsOfOthers(means)
  if (names.length === 0) return []
  const name = means.hands.random.pick(names)
  const nothing = { replica: name.replica, seq: 0, id: null }
  return [means.hands.random.chance(0.5) ? nothing : markOf(name)]
}

/** Well signed in its own name; but only admins cut and seal, and nobody closes what is not theirs. */
function statementWithoutRight(means: Means): void {
  const { hands } = means
  const marks = someMarks(means)
  if (hands.node.isAdmin || marks.length === 0) return
  const said = hands.node.replica.statements().filter(({ issuer }) => issuer === hands.node.peer)
  const last = said.at(-1)
  const statement = {
    kind: hands.random.pick(['cut', 'seal', 'close'] as const),
    issuer: hands.node.peer,
    number: said.length + 1,
    prev: last === undefined ? null : bytesOf(last.id),
    marks,
    incarnation: hands.random.chance(0.5) ? newChain(means).incarnation : null,
    badge: badgeUnder(means),
  }
  tell(means, [statementsFrame([forgeStatement(hands, statement).bytes])])
}

/** A pair that is in order, or one whose second half its owner never signed. */
function proofOfNothing(means: Means): void {
  const { hands } = means
  const names = tipsOfOthers(means).filter(({ seq }) => seq > 1)
  if (names.length === 0) return
  const name = hands.random.pick(names)
  const half = bytesHeld(means, name)
  const parent = bytesHeld(means, { replica: name.replica, seq: name.seq - 1 })
  const second = forgeRelease(hands, headerInTheNameOf(means, name, false), someChanges(means), {
    signature: badSignature(means, name),
  })
  const other = hands.random.chance(0.5) ? second.bytes : parent
  if (half === undefined || other === undefined) return
  tell(means, [frameOf('statements', [], [[half, other]], null)])
}

/** All changes hidden behind their hash, or one of two: what is left is signed all the same. */
function hiddenChanges(means: Means): void {
  const chain = newChain(means)
  const { bytes } = writeNext(means, chain, someChanges(means, between(means, 1, 4)))
  const [header, signature, tree] = decode(bytes) as readonly [Uint8Array, Uint8Array, Tree]
  const isHidden = means.hands.random.chance(0.5)
    ? () => true
    : (leaf: Uint8Array) => leaf.length % 2 === 0
  const pruned = hide(means.hands, tree, { isHidden })
  const shown = encode([header, signature, pruned])
  const frames = [releaseFrame(shown), deltaFrame([shown]), frameOf('evidence', [shown])]
  tell(means, [means.hands.random.pick(frames)])
}

/** A key that only some may write. Where the mesh has no such rule, it is a write like any other. */
function keyOfOthers(means: Means): void {
  const put = means.nextValue()
  const chain = newChain(means)
  const change = {
    key: `admins/${means.hands.random.below(5)}`,
    seen: new Map<string, number>(),
    put,
  }
  tell(means, [releaseFrame(writeNext(means, chain, [change]).bytes)])
}
