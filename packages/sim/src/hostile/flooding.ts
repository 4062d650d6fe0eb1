import {
  type Forged,
  forgePresence,
  forgeRelease,
  forgeStatement,
  forgeTree,
  leafOf,
} from './forge.js'
import {
  type Means,
  badgeUnder,
  between,
  drawSome,
  hashesHeld,
  newChain,
  noise,
  standingOf,
  takeChain,
  tell,
  tipsHeld,
  writeNext,
} from './means.js'
import {
  type Wire,
  bytesOf,
  deltaFrame,
  deltaFrames,
  encode,
  frameOf,
  hexOf,
  join,
  pageBytes,
  releaseFrame,
} from './wire.js'

/** More than anybody may send, or as much as one may, and all of it at once. */
export function overQuota(means: Means): void {
  const { random } = means.hands
  // What costs everybody a second or two comes seldom: thousands of runs see it often enough.
  if (random.chance(0.003)) return random.pick(costly)(means)
  random.pick(ways)(means)
}

const ways: readonly ((means: Means) => void)[] = [
  frameTooLarge,
  nested,
  nested,
  manyKeys,
  keyOrValueBeyond,
  holes,
  wants,
  wants,
  wantsBeyond,
  snapshotWants,
  claimsWithoutEnd,
]

const costly: readonly ((means: Means) => void)[] = [fillTheParking, fillItWithBytes, hugeFrame]

const victimOf = ({ hands }: Means): Parameters<Means['hands']['send']>[0] =>
  hands.random.pick(hands.others())

const none: ReadonlyMap<string, number> = new Map()
const valueBytesMax = 1024 * 1024
const frameBytesMax = 4 * 1024 * 1024 + pageBytes

/** Of many things one frame holds no more than two pages. */
function frameTooLarge(means: Means): void {
  const filling = new Uint8Array(2 * pageBytes)
  const id = noise(means, 16)
  const range = (seq: number): Wire => [id, seq, zeros, seq + 1]
  const frames: readonly (() => Uint8Array)[] = [
    () =>
      frameOf(
        'want',
        Array.from({ length: 4_000 }, (_, seq) => range(seq)),
      ),
    () => frameOf('evidence', [filling]),
    () => frameOf('delta', [filling, filling], [], false),
    () => frameOf('presence', filling),
    () => frameOf('snapshot', id, 0, false, [filling, filling]),
  ]
  means.hands.send(victimOf(means), means.hands.random.pick(frames)())
}

/** Where an id is asked for, and any will do. */
const zeros = new Uint8Array(32)

function hugeFrame(means: Means): void {
  const frame = releaseFrame(new Uint8Array(frameBytesMax + between(means, -20, 20)))
  means.hands.send(victimOf(means), frame)
}

/** Deeper than a value may be, than the tree of changes may be, than a stack is. */
function nested(means: Means): void {
  const { random } = means.hands
  const levels = random.pick([32, 33, 34, 200, 1_000, 60_000])
  const frame = random.pick([valueNested, treeNested, frameNested])(means, levels)
  tell(means, [frame])
}

/** A list in a list in a list, written byte by byte: no encoder goes that deep. */
function listsIn(levels: number): Uint8Array {
  const bytes = new Uint8Array(levels + 1).fill(0x81)
  bytes[levels] = 0xf6
  return bytes
}

function valueNested(means: Means, levels: number): Uint8Array {
  const start = encode(['deep', []])
  // The head of a list of three in the place of one of two, and the value behind it.
  const leaf = join(new Uint8Array([0x83]), start.subarray(1), listsIn(levels))
  return releaseFrame(forgeTree(means.hands, headerOfNew(means), leaf).bytes)
}

function treeNested(means: Means, levels: number): Uint8Array {
  const { bytes } = forgeRelease(means.hands, headerOfNew(means), [plain('deep', 1)])
  // Its last part, the tree, is nothing but sides of sides.
  const head = bytes.subarray(0, bytes.length - leafLength)
  return releaseFrame(join(head, listsIn(levels)))
}

const plain = (key: string, put: Wire): Parameters<typeof leafOf>[0] => ({ key, seen: none, put })
const leafLength = encode(leafOf(plain('deep', 1))).length

const frameNested = (_means: Means, levels: number): Uint8Array => listsIn(levels)

const headerOfNew = (means: Means): Parameters<typeof forgeRelease>[1] => ({
  peer: means.hands.node.peer,
  incarnation: newChain(means).incarnation,
  seq: 1,
  prev: null,
  ms: means.hands.now(),
  counter: 0,
  trust: standingOf(means),
})

/** As many as a release may have, or one more; mostly just a burden. */
function manyKeys(means: Means): void {
  const { random, node } = means.hands
  const count = random.chance(0.02) ? random.pick([4_096, 4_097]) : between(means, 20, 200)
  const folder = `many/${node.name}/${random.below(4)}`
  const changes = Array.from({ length: count }, (_, index) =>
    plain(`${folder}/${index}`, count > 4_096 ? 0 : means.nextValue()),
  )
  const written = writeNext(means, takeChain(means), changes)
  tell(means, [releaseFrame(written.bytes)])
  if (count <= 4_096) means.chains.push(written.chain)
}

/** Keys and values that no honest peer would write, each a little beyond what is allowed. */
function keyOrValueBeyond(means: Means): void {
  const { random } = means.hands
  const key = random.pick([
    'k'.repeat(513),
    '',
    '/',
    'a//b',
    '../../etc/passwd',
    'a/./b',
    'a\u0000b',
    'a\u202eb',
    'a\nb',
  ])
  const values: readonly Wire[] = [
    new Uint8Array(valueBytesMax),
    { ['__proto__']: { isAdmin: true } },
    'x'.repeat(valueBytesMax),
  ]
  const isKey = random.chance(0.7)
  const change = isKey ? plain(key, 1) : plain('of/all', random.pick(values))
  tell(means, [releaseFrame(forgeRelease(means.hands, headerOfNew(means), [change]).bytes)])
}

/** Releases that can never be taken: of each chain the first is missing, and always will be. */
function releasesWithHoles(means: Means, count: number, valueBytes = 0): readonly Forged[] {
  const { hands } = means
  const chain = newChain(means)
  const put = valueBytes > 0 ? new Uint8Array(valueBytes) : 1
  const isOneChain = hands.random.chance(0.5)
  return Array.from({ length: count }, (_, index) => {
    const header = {
      ...headerOfNew(means),
      incarnation: isOneChain ? chain.incarnation : noise(means, 8),
      seq: isOneChain ? 2 + 2 * index : between(means, 2, 1_000_000),
      prev: noise(means, 32),
    }
    return forgeRelease(hands, header, [plain('hole', put)])
  })
}

/** They come as deltas to one, or by gossip to all. */
function holes(means: Means): void {
  const bytes = releasesWithHoles(means, between(means, 20, 400)).map((release) => release.bytes)
  const { hands } = means
  if (hands.random.chance(0.2))
    return bytes.slice(0, 60).forEach((one) => hands.gossip(releaseFrame(one)))
  const victim = victimOf(means)
  for (const frame of deltaFrames(bytes)) hands.send(victim, frame)
}

function fillTheParking(means: Means): void {
  const victim = victimOf(means)
  const bytes = releasesWithHoles(means, 10_100).map((release) => release.bytes)
  for (const frame of deltaFrames(bytes)) means.hands.send(victim, frame)
}

function fillItWithBytes(means: Means): void {
  const victim = victimOf(means)
  for (const { bytes } of releasesWithHoles(means, 70, valueBytesMax - 200)) {
    means.hands.send(victim, deltaFrame([bytes]))
  }
}

/** The same stretch asked for again and again, as often as a frame holds it. */
function wants(means: Means): void {
  const { hands } = means
  const tips = tipsHeld(means)
  if (tips.length === 0) return
  const count = hands.random.pick([1, 256, 257, 900])
  const ranges = Array.from({ length: count }, () => {
    const { replica, seq } = hands.random.pick(tips)
    const after = hands.random.below(seq)
    return [bytesOf(replica), after, null, hands.random.pick([seq, seq + 1_000, after])]
  })
  const frame = frameOf('want', ranges)
  const victim = victimOf(means)
  for (let again = between(means, 1, 5); again > 0; again--) hands.send(victim, frame)
}

/** What cannot be: of unknown ids, beyond the end of numbers, from behind the end, with made-up ids. */
function wantsBeyond(means: Means): void {
  const { hands } = means
  const ids = [...tipsHeld(means).map(({ replica }) => bytesOf(replica)), noise(means, 16)]
  const seq = (): number => hands.random.pick([0, 1, 2, 1_000, 2 ** 31, Number.MAX_SAFE_INTEGER])
  const range = (): Wire => [
    hands.random.pick(ids),
    seq(),
    hands.random.chance(0.5) ? noise(means, 32) : null,
    seq(),
  ]
  const ranges = Array.from({ length: between(means, 1, 40) }, range)
  const frames = [frameOf('want', ranges), frameOf('delta', [], ranges, hands.random.chance(0.2))]
  hands.send(victimOf(means), hands.random.pick(frames))
}

/** A reading of the whole state, asked for again and again, and pages out of their turn. */
function snapshotWants(means: Means): void {
  const { hands } = means
  const victim = victimOf(means)
  const count = hands.random.chance(0.02) ? 1_000 : between(means, 20, 150)
  const isUnknown = hands.random.chance(0.3)
  for (let index = 0; index < count; index++) {
    const id = isUnknown ? noise(means, 16) : null
    const page = isUnknown || hands.random.chance(0.8) ? 0 : hands.random.below(1_000)
    hands.send(victim, frameOf('snapshot-want', id, page), hands.random.below(30_000))
  }
}

/** Long lists of what nobody ever heard of. */
function claimsWithoutEnd(means: Means): void {
  const { hands } = means
  // An admin that said this would close what it names: that is its right, and no trick.
  if (hands.node.isAdmin) return
  const ids = Array.from({ length: between(means, 500, 1_100) }, () => noise(means, 16)).sort(
    (a, b) => Buffer.compare(a, b),
  )
  const clock = new Map(ids.map((id) => [hexOf(id), 2 ** 40]))
  const marks = ids.map((id) => [id, 2 ** 40, zeros])
  const { peer } = hands.node
  const presence = forgePresence(hands, { peer, at: hands.now(), hashes: hashesHeld(means), clock })
  const chain = newChain(means)
  const statement = forgeStatement(hands, {
    kind: 'close',
    issuer: peer,
    number: 1,
    prev: null,
    marks: [...clock].map(([replica, seq]) => ({ replica, seq, id: zeros })),
    incarnation: chain.incarnation,
    badge: badgeUnder(means),
  })
  const issuers = ids.map((id) => [join(id, id), 1, zeros])
  const frames = [
    frameOf('presence', presence),
    frameOf('clock', null, null, marks),
    frameOf('standing', [null, null, issuers, [], []]),
    frameOf('statements', [statement.bytes], [], null),
    frameOf('statements', [], [], [null, null, [], ids.map((id) => [id, 1]), []]),
  ]
  for (const bytes of drawSome(means, frames, between(means, 1, 2))) tell(means, [bytes])
}
