import {
  type Chain,
  type Means,
  type Written,
  bytesHeld,
  badgeUnder,
  between,
  dealOut,
  drawSome,
  markAt,
  noise,
  secondMs,
  seenOn,
  sendAll,
  someChanges,
  spentAfter,
  takeChain,
  tell,
  tipsHeld,
  writeNext,
  writeOn,
} from './means.js'
import { type Mark, forgeStatement } from './forge.js'
import { undermine } from './lying-state.js'
import { bytesOf, deltaFrame, deltaFrames, frameOf, releaseFrame } from './wire.js'

/** Says one thing here and another there, each well signed. */
export function equivocate(means: Means): void {
  means.hands.random.pick(ways)(means)
}

const ways: readonly ((means: Means) => void)[] = [
  twoFaces,
  twoFaces,
  wrongParent,
  otherPast,
  forkItself,
  atOneMoment,
  twoStatements,
  writeOnBeyond,
  undermine,
]

/** A chain that everybody takes, told to all, before the lie begins. */
function honestStart(means: Means): Chain {
  const chain = takeChain(means)
  const written = writeOn(means, chain, between(means, 0, 3))
  if (written.length === 0) return chain
  tell(means, deltaFrames(written.map(({ bytes }) => bytes)))
  return written.at(-1)!.chain
}

const framesOf = (written: readonly Written[]): readonly Uint8Array[] =>
  written.map(({ bytes }) => releaseFrame(bytes))

/** One dot with two or three contents, and as often more releases behind each. */
function twoFaces(means: Means): void {
  const { random } = means.hands
  const start = honestStart(means)
  const faces = between(means, 2, 3)
  const deep = random.chance(0.5) ? 1 : between(means, 2, 6)
  const piles = dealOut(means, faces)
  const branches = piles.map(() => writeOn(means, start, random.chance(0.7) ? deep : 1))
  const isPaged = random.chance(0.3)
  for (const [face, branch] of branches.entries()) {
    const bytes = branch.map((written) => written.bytes)
    sendAll(means, piles[face]!, isPaged ? [deltaFrame(bytes)] : framesOf(branch))
  }
  means.spoilt.push(random.pick(branches).at(-1)!.chain)
  if (random.chance(0.3)) confess(means, branches)
}

/** The proof itself, some time later, from whoever it convicts. */
function confess({ hands }: Means, branches: readonly (readonly Written[])[]): void {
  const pair = branches.slice(0, 2).map((branch) => branch[0]!.bytes)
  const victim = hands.random.pick(hands.others())
  hands.send(victim, frameOf('statements', [], [pair], null), hands.random.below(60 * secondMs))
}

/** It follows nothing that anybody ever saw, or not what everybody holds. */
function wrongParent(means: Means): void {
  const start = honestStart(means)
  const chain = start.seq === 0 ? writeOn(means, start, 1) : []
  const tip = chain.at(-1)?.chain ?? start
  const next = writeNext(means, tip, someChanges(means), { prev: noise(means, 32) })
  tell(means, framesOf([...chain, next]))
  means.spoilt.push(tip)
}

/** Two releases of one dot that also differ in what they follow: the fork lies deeper. */
function otherPast(means: Means): void {
  const [first] = writeOn(means, takeChain(means), 1)
  const one = writeOn(means, first!.chain, between(means, 1, 2))
  const other = writeNext(means, one.at(-1)!.chain, someChanges(means), { prev: noise(means, 32) })
  const [here, there] = dealOut(means, 2)
  sendAll(means, here!, framesOf([first!, ...one, ...writeOn(means, one.at(-1)!.chain, 1)]))
  sendAll(means, there!, framesOf([first!, ...one, other]))
  means.spoilt.push(other.chain)
}

/** Its own replica's chain, as a copied store would fork it. */
function forkItself(means: Means): void {
  const { hands } = means
  const own = tipsHeld(means).find(({ replica }) => replica === hands.node.replica.id())
  if (own === undefined) return otherPast(means)
  const isBehind = hands.random.chance(0.5)
  const chain: Chain = {
    incarnation: own.incarnation,
    replica: own.replica,
    seq: isBehind ? own.seq - 1 : own.seq,
    tip: isBehind && own.prev === null ? null : bytesOf(isBehind ? own.prev! : own.id),
    spent: spentAfter(means, { replica: own.replica, seq: isBehind ? own.seq - 1 : own.seq }),
  }
  const branch = writeOn(means, chain, between(means, 1, 3))
  sendAll(means, drawSome(means, hands.others(), between(means, 1, 2)), framesOf(branch))
  const held = bytesHeld(means, own)
  if (held !== undefined && hands.random.chance(0.3)) tell(means, [releaseFrame(held)])
}

/** Puts of one key in many releases of one chain, all at the same moment, and none has seen another. */
function atOneMoment(means: Means): void {
  const { hands } = means
  const [{ key } = { key: 'k' }] = someChanges(means, 1)
  const seen = seenOn(hands.node.replica, key)
  const ms = hands.now()
  let chain = takeChain(means)
  const written = Array.from({ length: between(means, 2, 12) }, () => {
    const next = writeNext(means, chain, [{ key, seen, put: means.nextValue() }], { ms })
    chain = next.chain
    return next
  })
  tell(means, framesOf(written))
  means.chains.push(chain)
}

/** Two statements with one number: each closes an id of its own, as its owner may. */
function twoStatements(means: Means): void {
  const { hands } = means
  const start = honestStart(means)
  // Nobody is told of these: what was held beyond the lower mark would leave a hole (a known gap).
  const written = writeOn(means, start, between(means, 1, 3))
  const said = hands.node.replica.statements().filter(({ issuer }) => issuer === hands.node.peer)
  const last = said.at(-1)
  const close = (mark: Mark): Uint8Array =>
    forgeStatement(hands, {
      kind: 'close',
      issuer: hands.node.peer,
      number: said.length + 1,
      prev: last === undefined ? null : bytesOf(last.id),
      marks: [mark],
      incarnation: start.incarnation,
      badge: badgeUnder(means),
    }).bytes
  const tip = written.at(-1)!.chain
  const faces = [close(markAt(start)), close(markAt(tip))]
  const piles = dealOut(means, 2)
  const isTold = hands.random.chance(0.5)
  for (const [face, statement] of faces.entries()) {
    const frame = frameOf('statements', [statement], [], null)
    sendAll(means, piles[face]!, [frame])
    if (isTold) sendAll(means, piles[1 - face]!, [frame], hands.random.below(30 * secondMs))
  }
  means.spoilt.push(tip)
}

/** Goes on where everybody knows, or will know, that nothing counts any more. */
function writeOnBeyond(means: Means): void {
  const { spoilt, hands } = means
  if (spoilt.length === 0) return twoFaces(means)
  const place = hands.random.below(spoilt.length)
  const written = writeOn(means, spoilt[place]!, between(means, 1, 4))
  tell(means, framesOf(written))
  spoilt[place] = written.at(-1)!.chain
}
