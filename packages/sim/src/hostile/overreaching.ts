import { forgeRelease, hide, isAuthored } from './forge.js'
import type { Change, Tree } from './forge.js'
import { sayGone } from './lying-state.js'
import {
  type Means,
  between,
  drawSome,
  newChain,
  someChanges,
  standingOf,
  takeChain,
  tell,
  tipsOfOthers,
  writeNext,
} from './means.js'
import { takeMood } from './mood.js'
import { widerSnapshot } from './snapshot-lies.js'
import { decode, deltaFrame, encode, frameOf, releaseFrame } from './wire.js'

/** Writes more than its badge says, in every way in which releases travel. */
export function overreach(means: Means): void {
  const release = means.hands.random.pick([keyBeyond, keyBeyond, onBadgeOfAnother])(means)
  if (release !== undefined) means.hands.random.pick(ways)(means, release)
}

const foreign = ['beyond/a', 'shop', 'granted/a', 'story/one', 'a'] as const

/** One key that it may write perhaps, and one that most may not. */
function keyBeyond(means: Means): Uint8Array {
  const { random, node } = means.hands
  const beyond: Change = { key: random.pick(foreign), seen: new Map(), put: means.nextValue() }
  const own: Change = { key: `of/${node.name}/own`, seen: new Map(), put: means.nextValue() }
  return writeNext(means, newChain(means), random.chance(0.5) ? [beyond, own] : [beyond]).bytes
}

/** Signed with its own key; the right that it names is that of somebody else. */
function onBadgeOfAnother(means: Means): Uint8Array | undefined {
  const names = tipsOfOthers(means).filter(({ badge }) => badge !== undefined)
  if (names.length === 0) return undefined
  const { badge } = means.hands.random.pick(names)
  const trust = standingOf(means, { badge })
  return writeNext(means, newChain(means), someChanges(means), { trust }).bytes
}

const ways: readonly ((means: Means, release: Uint8Array) => void)[] = [
  (means, release) => tell(means, [releaseFrame(release)]),
  (means, release) => tell(means, [deltaFrame([release])]),
  asEvidence,
  inSnapshot,
]

function asEvidence(means: Means, release: Uint8Array): void {
  const [header, signature, tree] = decode(release) as readonly [Uint8Array, Uint8Array, Tree]
  const hiding = { isHidden: () => true, isAuthored: isAuthored(header) }
  const bare = encode([header, signature, hide(means.hands, tree, hiding)])
  tell(means, [frameOf('evidence', [means.hands.random.chance(0.5) ? bare : release])])
}

/** Says that all is gone from its log, and shows it in the snapshot that it is asked for. */
function inSnapshot(means: Means, release: Uint8Array): void {
  const { hands } = means
  const bend = widerSnapshot(means, release, hands.badges())
  takeMood(means, { leaves: (leaving) => [{ ...leaving, bytes: bend(leaving.bytes) }] })
  sayGone(means, drawSome(means, hands.others(), between(means, 1, 3)))
}

const mib = 1024 * 1024

/** A header that says it spent less than it did, or more, or more than anybody may. */
export function overspend(means: Means): void {
  const { random } = means.hands
  const chain = takeChain(means)
  const { header, bytes, chain: after } = writeNext(means, chain, someChanges(means))
  const [, , tree] = decode(bytes) as readonly [Uint8Array, Uint8Array, Tree]
  const spentBytes = random.pick([0, 1, 511, (after.spent?.bytes ?? 0) + 1, 31 * mib, 33 * mib])
  const changes = [{ key: `of/${means.hands.node.name}/spent`, seen: new Map(), put: tree.length }]
  tell(means, [releaseFrame(forgeRelease(means.hands, header, changes, { spentBytes }).bytes)])
}
