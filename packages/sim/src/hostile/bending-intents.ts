import { type Tree, authorsRootOf, hide, isAuthored, leafOf, leavesOf, rootOf } from './forge.js'
import { forgeTree, growTree } from './forge.js'
import { type Means, newChain, noise, standingOf, tell, tipsOfOthers, writeNext } from './means.js'
import { type Wire, decode, deltaFrame, encode, frameOf, join, releaseFrame } from './wire.js'

/** What somebody else signed to be written, as it was numbered. */
interface Seen {
  readonly message: string | null
  readonly requestId: string | null
  readonly authorship: readonly [Uint8Array, Uint8Array, number, number, Uint8Array]
  readonly leaves: readonly Uint8Array[]
}

/** Numbers the intents of others: again, or with something else in them than they signed. */
export function bendIntent(means: Means): void {
  const { random } = means.hands
  const known = intentsHeld(means)
  if (known.length === 0) return
  random.pick(ways)(means, random.pick(known))
}

const ways: readonly ((means: Means, seen: Seen) => void)[] = [
  again,
  otherValue,
  oneMore,
  otherTerms,
  otherTerms,
  halfShown,
  halfShown,
]

const lookedAtMax = 60

function intentsHeld({ hands }: Means): readonly Seen[] {
  const { synced } = hands.node
  const names = [...synced.keys()].filter((name) => name.startsWith('release/'))
  return names.slice(-lookedAtMax).flatMap((name) => {
    const [header, , tree] = decode(synced.get(name)!) as readonly [Uint8Array, Wire, Tree]
    if (!isAuthored(header)) return []
    const fields = decode(header) as readonly Wire[]
    return [
      {
        message: fields[7] as string | null,
        requestId: fields[8] as string | null,
        authorship: fields[10] as unknown as Seen['authorship'],
        leaves: leavesOf(tree),
      },
    ]
  })
}

/** A first release of its own that says to be the will of another. */
function number(means: Means, seen: Seen, tree = growTree(seen.leaves)): Uint8Array {
  const trust = { ...standingOf(means)!, authorship: seen.authorship as unknown as Wire }
  const { header } = writeNext(means, newChain(means), [{ key: 'k', seen: new Map(), put: 1 }])
  const named = { message: seen.message, requestId: seen.requestId }
  return forgeTree(means.hands, { ...header, ...named, trust }, tree).bytes
}

const send = (means: Means, release: Uint8Array): void =>
  tell(means, [
    means.hands.random.pick([releaseFrame, (one: Uint8Array) => deltaFrame([one])])(release),
  ])

/** As it is: whoever signed it said until when anybody may. */
function again(means: Means, seen: Seen): void {
  send(means, number(means, seen))
}

const withLeaf = (seen: Seen, place: number, leaf: Uint8Array): Seen => ({
  ...seen,
  leaves: seen.leaves.with(place, leaf),
})

const keyIn = (leaf: Uint8Array): string => (decode(leaf) as readonly [string])[0]

const leafWith = (means: Means, key: string): Uint8Array =>
  leafOf({ key, seen: new Map(), put: means.nextValue() })

function otherValue(means: Means, seen: Seen): void {
  const place = means.hands.random.below(seen.leaves.length)
  const key = means.hands.random.chance(0.7) ? keyIn(seen.leaves[place]!) : 'k'
  send(means, number(means, withLeaf(seen, place, leafWith(means, key))))
}

function oneMore(means: Means, seen: Seen): void {
  send(means, number(means, { ...seen, leaves: [...seen.leaves, leafWith(means, '~/more')] }))
}

/** For longer, under another badge, in another name, or under another request id. */
function otherTerms(means: Means, seen: Seen): void {
  const { random, node } = means.hands
  const [author, badge, atMs, untilMs, signature] = seen.authorship
  const others = tipsOfOthers(means).flatMap((tip) => tip.badge ?? [])
  const other = others.length === 0 ? badge : Buffer.from(random.pick(others), 'hex')
  const bent: readonly Seen['authorship'][] = [
    [author, badge, atMs, untilMs + 3_600_000, signature],
    [author, badge, 0, untilMs, signature],
    [author, Uint8Array.from(other), atMs, untilMs, signature],
    [Uint8Array.from(Buffer.from(node.peer, 'hex')), badge, atMs, untilMs, signature],
    [author, badge, atMs, untilMs, noise(means, 64)],
  ]
  const isNamed = random.chance(0.2)
  const named = isNamed ? { requestId: `again ${random.below(100)}` } : {}
  send(
    means,
    number(means, { ...seen, ...named, authorship: isNamed ? seen.authorship : random.pick(bent) }),
  )
}

/**
 * The release is over other changes than the intent; what is hidden names the one for the peer's root,
 * and the other for the author's.
 */
function halfShown(means: Means, seen: Seen): void {
  const { hands } = means
  if (seen.leaves.length < 2) return otherValue(means, seen)
  const place = hands.random.below(seen.leaves.length)
  const lie = leafWith(means, keyIn(seen.leaves[place]!))
  const bent = withLeaf(seen, place, lie)
  const whole = number(means, bent)
  const [header, signature, tree] = decode(whole) as readonly [Uint8Array, Uint8Array, Tree]
  const pair = join(rootOf(hands, lie), authorsRootOf(hands, seen.leaves[place]!))
  const pruned = hide(hands, tree, {
    isHidden: (leaf) => leaf.length === lie.length && Buffer.compare(leaf, lie) === 0,
    isAuthored: true,
  })
  const shown = encode([header, signature, replaceHash(pruned, pair)])
  const frames = [releaseFrame(shown), deltaFrame([shown]), frameOf('evidence', [shown])]
  tell(means, [hands.random.pick(frames)])
}

/** The one thing that is hidden says something else. */
function replaceHash(tree: Tree, pair: Uint8Array): Tree {
  if (tree instanceof Uint8Array) return tree
  if (tree.length === 1) return [pair]
  return [replaceHash(tree[0], pair), replaceHash(tree[1], pair)]
}
