import {
  type Shown,
  type Tip,
  byKeyOf,
  clockHashOf,
  headsOf,
  keyOf,
  shownIn,
  stateHashOf,
} from './claim.js'
import { type Tree, hide, isAuthored, rootOf } from './forge.js'
import { type Means, bytesHeld, noise } from './means.js'
import { type Wire, bytesOf, decode, encode, frameOf, hexOf, join, partsOf } from './wire.js'
import { kindOf } from '../frames.js'

/** What a snapshot shows, taken apart so that it can be bent and still adds up. */
interface Content {
  /** Items that are left as they are: statements, proofs, badges, ends of the revoked. */
  readonly others: readonly (readonly Wire[])[]
  readonly statementsHash: Uint8Array
  readonly tips: readonly (Tip & { readonly proof: Wire })[]
  readonly contexts: readonly (readonly Wire[])[]
  readonly releases: readonly ShownRelease[]
}

interface ShownRelease {
  readonly header: Uint8Array
  readonly signature: Uint8Array
  readonly tree: Tree
  readonly changes: readonly Shown[]
}

/** `draw` lies between 0 and 1, the same for all who are told it: who compares finds one story. */
type Lie = (means: Means, content: Content, draw: number) => Content

/** Kinds of items by their number on the wire. */
const head = 0
const tip = 3
const context = 4
const changes = 5
const badge = 6
const bentKinds: ReadonlySet<Wire | undefined> = new Set([head, tip, context, changes])

type Bend = (frame: Uint8Array) => Uint8Array

/** One way to bend snapshots, the same for all that leave under it. */
export const bendSnapshot = (means: Means): Bend =>
  bendBy(means, means.hands.random.pick(lies), means.hands.random.chance(0.85))

/** Leaves out all that was replaced: nobody reads it, and no hash says that it is missing. */
export const thinSnapshot = (means: Means): Bend => bendBy(means, leaveOutWhatWasReplaced, true)

function bendBy(means: Means, lie: Lie, addsUp: boolean): Bend {
  const draw = means.hands.random()
  return (frame) => {
    if (kindOf(frame) !== 'snapshot') return frame
    const [id, page, isLast, items] = partsOf(frame) as readonly [
      Wire,
      number,
      boolean,
      Uint8Array[],
    ]
    // What takes more than one page is told as it is: the first page names what all of them hold.
    if (page !== 0 || !isLast) return frame
    const content = lie(means, read(means, items), draw)
    return frameOf('snapshot', id, page, isLast, write(means, content, addsUp))
  }
}

/** Shows one more release, that of somebody who may not write it, as if it had been taken. */
export const widerSnapshot = (means: Means, release: Uint8Array, links: readonly Wire[]): Bend =>
  bendBy(
    means,
    (_means, content) => {
      const shown = readRelease(means, release)
      const [{ dot, id } = { dot: ['', 0] as const, id: '' }] = shown.changes
      const proof = encode([shown.header, shown.signature, hideAll(means, shown)])
      return {
        ...content,
        others: [...content.others, [badge, links]],
        tips: [...content.tips, { replica: bytesOf(dot[0]), seq: dot[1], id: bytesOf(id), proof }],
        releases: [...content.releases, shown],
      }
    },
    true,
  )

const hideAll = ({ hands }: Means, { header, tree }: Pick<ShownRelease, 'header' | 'tree'>): Tree =>
  hide(hands, tree, { isHidden: () => true, isAuthored: isAuthored(header) })

const lies: readonly Lie[] = [
  leaveOutHeads,
  leaveOutKeys,
  showWhatWasReplaced,
  leaveOutWhatWasReplaced,
  leaveOutRemoves,
  olderClock,
  greaterClock,
  falseContexts,
  falseStatements,
]

/** Puts, so that they are gone. */
function leaveOutHeads(means: Means, content: Content, draw: number): Content {
  const heads = headsIn(content).filter(({ isPut }) => isPut)
  const victim = heads[Math.floor(draw * heads.length)]
  return without(means, content, (shown) => shown === victim)
}

/** All that was ever said of some keys. */
function leaveOutKeys(means: Means, content: Content): Content {
  const keys = new Set(shownOf(content).map(({ key }) => key))
  const gone = new Set([...keys].filter(() => means.hands.random.chance(0.5)))
  return without(means, content, ({ key }) => gone.has(key))
}

/** The newest word on a key is left out, and what it had replaced is shown in its place. */
function showWhatWasReplaced(means: Means, content: Content): Content {
  const heads = new Set(headsIn(content))
  const replaced = new Set(
    shownOf(content)
      .filter((shown) => !heads.has(shown))
      .map(({ key }) => key),
  )
  return without(means, content, (shown) => heads.has(shown) && replaced.has(shown.key))
}

/** What nobody reads, and what a cut could bring back. */
function leaveOutWhatWasReplaced(means: Means, content: Content): Content {
  const heads = new Set(headsIn(content))
  return without(means, content, (shown) => !heads.has(shown))
}

/** Nor does any hash tell of removes. */
function leaveOutRemoves(means: Means, content: Content): Content {
  return without(means, content, ({ isPut }) => !isPut)
}

/** As it was some releases ago: nothing in it is false. */
function olderClock(means: Means, content: Content): Content {
  const place = means.hands.random.below(content.tips.length)
  const victim = content.tips[place]
  const older = victim && tipBefore(means, victim)
  if (victim === undefined || older === undefined) return content
  const replica = hexOf(victim.replica)
  const isBeyond = ({ dot: [id, seq], seen }: Shown): boolean =>
    (id === replica && seq > older.seq) || (seen.get(replica) ?? 0) > older.seq
  return { ...without(means, content, isBeyond), tips: content.tips.with(place, older) }
}

function tipBefore(means: Means, { replica, seq }: Tip): Content['tips'][number] | undefined {
  const dot = { replica: hexOf(replica), seq: seq - 1 } as Parameters<typeof bytesHeld>[1]
  const bytes = bytesHeld(means, dot)
  const release = means.hands.node.replica.release(dot)?.release
  if (bytes === undefined || release === undefined) return undefined
  const [header, signature, tree] = decode(bytes) as readonly [Uint8Array, Wire, Tree]
  const proof = encode([header, signature, hideAll(means, { header, tree })])
  return { replica, seq: seq - 1, id: bytesOf(release.id), proof }
}

/** Covers what it does not show; with nobody's signature under it. */
function greaterClock(means: Means, content: Content): Content {
  if (content.tips.length === 0) return content
  const place = means.hands.random.below(content.tips.length)
  const victim = content.tips[place]!
  const more = { ...victim, seq: victim.seq + 1_000, id: noise(means, 32) }
  return { ...content, tips: content.tips.with(place, more) }
}

/** Contexts have no signature: these name all that the clock covers, on keys of anybody. */
function falseContexts(means: Means, content: Content): Content {
  const { random } = means.hands
  const clock = content.tips.flatMap(({ replica, seq }) =>
    random.chance(0.1) ? [replica, seq + 1] : [replica, seq],
  )
  const keys = [...new Set(shownOf(content).map(({ key }) => key)), 'of/nobody']
  return { ...content, contexts: keys.map((key) => [context, key, clock]) }
}

/** The statements that it hides, or names wrongly, decide what counts. */
function falseStatements(means: Means, content: Content): Content {
  const { random } = means.hands
  const others = random.chance(0.5) ? [] : content.others.toReversed()
  return {
    ...content,
    others,
    statementsHash: random.chance(0.5) ? noise(means, 32) : content.statementsHash,
  }
}

const shownOf = ({ releases }: Content): readonly Shown[] =>
  releases.flatMap((release) => release.changes)

const headsIn = (content: Content): readonly Shown[] =>
  [...byKeyOf(shownOf(content)).values()].flatMap(headsOf)

/** The same without some changes; a release that shows nothing any more is left out. */
function without(means: Means, content: Content, isGone: (shown: Shown) => boolean): Content {
  const releases = content.releases.flatMap((release) => {
    const gone = new Set(release.changes.filter(isGone).map(({ key }) => key))
    if (gone.size === 0) return release
    const left = release.changes.filter(({ key }) => !gone.has(key))
    const tree = hide(means.hands, release.tree, {
      isHidden: (leaf) => gone.has(keyOf(leaf)),
      isAuthored: isAuthored(release.header),
    })
    return left.length === 0 ? [] : { ...release, tree, changes: left }
  })
  return { ...content, releases }
}

function read(means: Means, items: readonly Uint8Array[]): Content {
  const lists = items.map((item) => decode(item) as readonly Wire[])
  const of = (kind: number): readonly (readonly Wire[])[] =>
    lists.filter(([first]) => first === kind)
  return {
    statementsHash: of(head)[0]![1] as Uint8Array,
    others: lists.filter(([kind]) => !bentKinds.has(kind)),
    tips: of(tip).map(([, replica, seq, id, proof]) => ({
      replica: replica as Uint8Array,
      seq: seq as number,
      id: id as Uint8Array,
      proof: proof!,
    })),
    contexts: of(context),
    releases: of(changes).map(([, bytes]) => readRelease(means, bytes as Uint8Array)),
  }
}

function readRelease({ hands }: Means, bytes: Uint8Array): ShownRelease {
  const text = new TextEncoder()
  const [header, signature, tree] = decode(bytes) as readonly [Uint8Array, Uint8Array, Tree]
  const [, peer, incarnation, seq] = decode(header) as readonly [
    Wire,
    Uint8Array,
    Uint8Array,
    number,
  ]
  const named = join(text.encode('grapevine/replica/1\n'), hands.meshId, peer, incarnation)
  const signed = join(
    text.encode('grapevine/release/1\n'),
    hands.meshId,
    header,
    rootOf(hands, tree),
  )
  const replica = hexOf(hands.hash(named).subarray(0, 16))
  const shown = shownIn(tree, [replica, seq], hexOf(hands.hash(signed)))
  return { header, signature, tree, changes: shown }
}

function write(means: Means, content: Content, addsUp: boolean): readonly Uint8Array[] {
  const { hands } = means
  const stateHash = addsUp ? stateHashOf(hands, shownOf(content)) : noise(means, 32)
  const items: readonly (readonly Wire[])[] = [
    [head, content.statementsHash, clockHashOf(hands, content.tips), stateHash],
    ...content.others,
    ...content.contexts,
    ...content.tips.map(({ replica, seq, id, proof }) => [tip, replica, seq, id, proof]),
    ...content.releases.map(({ header, signature, tree }) => [
      changes,
      encode([header, signature, tree]),
    ]),
  ]
  return items.map(encode)
}
