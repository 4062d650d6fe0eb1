import { limits } from '@grapevine/core'
import type { Fact, Said, Vector } from './oracle.js'
import { hexOf, oracleView } from './oracle.js'
import { heldAt } from './chain.js'
import { putHeadsOf } from './key-heads.js'
import { isShown, readingFault, shadowFault } from './read-faults.js'
import { firstFault } from './rule.js'
import type { Looked, Scene } from './scene.js'
import { mayBeAt } from './scene.js'
import type { View } from './view.js'
import { chainOf, isAtRest } from './view.js'

/** One peer as a whole. */
interface Whole extends Looked {
  /** The releases that its clock covers and that count, found again without what was kept up to date. */
  readonly facts: readonly Fact[]
  /** All put heads that follow from them. */
  readonly expected: ReadonlyMap<string, readonly Said[]>
}

export function wholeOf(scene: Scene, view: View): Whole {
  const facts = countedBy(scene, view).filter((fact) => view.trust?.isStruck(fact) !== true)
  return { scene, view, facts, expected: oracleView(facts) }
}

function countedBy({ facts }: Scene, view: View): readonly Fact[] {
  const counted: Fact[] = []
  const isSure = isAtRest(view)
  for (const [replica, seq] of view.clock) {
    const branch = !facts.isForked(replica)
      ? undefined
      : isSure
        ? chainOf(facts, view.node.synced, replica, seq)
        : view.held.get(replica)
    for (const at of facts.seqsDown(replica, 0, seq)) {
      const known = branch === undefined ? facts.at(replica, at)[0] : branch.get(at)
      if (known !== undefined) counted.push(known.fact)
    }
  }
  return counted
}

/** Nothing was stored since the clock was last looked at. */
export function movedFault({
  scene: { words },
  view: { node, clock },
}: Looked): string | undefined {
  const now: Vector = node.replica.clock()
  return firstFault(now.size >= clock.size ? now : clock, ([replica]) => {
    const [was, is] = [clock.get(replica) ?? 0, now.get(replica) ?? 0]
    if (was === is) return undefined
    return `${node.name} counted ${words.dot(replica, was)} and counts ${words.dot(replica, is)}, and has stored nothing`
  })
}

export function viewFault({ scene, view, expected }: Whole): string | undefined {
  const { replica, name } = view.node
  const keys = replica.keys()
  const all = new Set<string>([...keys, ...expected.keys()])
  scene.tally.checks += all.size
  const fault = firstFault(all, (key) => {
    const heads = expected.get(key) ?? []
    const reading = replica.read(key)
    if (isShown(reading, heads)) {
      view.doubted.delete(key)
      return undefined
    }
    if (scene.mayDiffer()) view.doubted.add(key)
    return view.doubted.has(key) ? undefined : readingFault(scene, view, key, heads, reading)
  })
  if (fault !== undefined) return fault
  const isAscending = keys.every((key, index) => index === 0 || keys[index - 1]! < key)
  return isAscending ? undefined : `${name} does not list its keys in ascending order`
}

export function booksFault({ scene, view, expected }: Whole): string | undefined {
  const ids = (heads: readonly Said[]): string => heads.map(({ fact }) => fact.id).join()
  return firstFault(new Set([...expected.keys(), ...view.keys.keys()]), (key) => {
    const [kept, found] = [putHeadsOf(view.keys.get(key)), expected.get(key) ?? []]
    if (ids(kept) === ids(found)) return undefined
    return `the checker has ${scene.words.heads(kept)} on ${key} of ${view.node.name}, and finds ${scene.words.heads(found)}`
  })
}

export function conflictsFault({ view, expected }: Whole): string | undefined {
  const { name, replica } = view.node
  const listed = replica.conflicts().map(({ key }) => key as string)
  const found = [...expected].filter(([, heads]) => heads.length > 1).map(([key]) => key)
  const isSure = (key: string): boolean => !view.doubted.has(key)
  const extra = listed.find((key) => isSure(key) && !found.includes(key))
  if (extra !== undefined) return `${name} lists a conflict on ${extra}, where there is none`
  const missing = found.find((key) => isSure(key) && !listed.includes(key))
  return missing && `${name} does not list the conflict on ${missing}`
}

export function watchFault({ view }: Whole): string | undefined {
  const keys = new Set<string>([...view.node.replica.keys(), ...view.shadow.keys()])
  return firstFault(keys, (key) => shadowFault(view, key))
}

export function ownFault({ scene, view }: Whole): string | undefined {
  const { node } = view
  return firstFault(view.acknowledged.values(), (release) => {
    const { replica, seq } = release
    const now = view.clock.get(replica) ?? 0
    if (now >= seq || mayBeAt(node, replica, now) || view.lowered.has(replica)) return undefined
    return `${node.name} acknowledged ${scene.words.release(release)} and does not hold it any more`
  })
}

export function memoryFault({ view }: Whole): string | undefined {
  const status = view.node.replica.status()
  const sizes = [
    ['parked bytes', status.parkedBytes, limits.parkedBytesMax],
    ['parked releases', status.waiting.length + status.early.length, limits.parkedReleasesMax],
    ['cold bytes', status.coldBytes, limits.coldBytesMax],
  ] as const
  return firstFault(sizes, ([what, size, max]) =>
    size <= max ? undefined : `${view.node.name} holds ${size} ${what}, the limit is ${max}`,
  )
}

/**
 * The oracle again, but it asks what each writer had really applied. Only keys on which honest peers
 * alone have written: what a hostile one says to have seen is neither true nor false.
 */
export function truthFault({ scene, view, facts, expected }: Whole): string | undefined {
  const spoilt = spoiltKeys(scene, facts)
  const truly = oracleView(facts, (said) => trulySeen(scene, said))
  return firstFault(new Set([...expected.keys(), ...truly.keys()]), (key) => {
    if (spoilt.has(key) || view.doubted.has(key)) return undefined
    const [heads, reading] = [truly.get(key) ?? [], view.node.replica.read(key)]
    return isShown(reading, heads) ? undefined : readingFault(scene, view, key, heads, reading)
  })
}

/** Who wrote over what was struck knew it, and does not name it. */
function spoiltKeys({ words, trust, facts: all }: Scene, facts: readonly Fact[]): Set<string> {
  const spoilt = new Set<string>()
  const add = ({ changes }: Fact): void => changes.forEach(({ key }) => spoilt.add(key))
  for (const fact of facts) if (words.honest(fact.peer) === undefined) add(fact)
  for (const id of trust?.everStruck ?? []) add(all.byId(id)!.fact)
  return spoilt
}

/** On a replica id that forked, a number does not say which release its writer held. */
function trulySeen({ facts }: Scene, { fact, change }: Said): Vector {
  const truth = facts.byId(fact.id)?.truth
  if (truth === undefined) return change.seen
  if (!facts.hasForks()) return truth
  const seen = new Map<string, number>()
  for (const [replica, seq] of truth) if (!facts.isForked(replica)) seen.set(replica, seq)
  for (const [replica, seq] of change.seen) if (facts.isForked(replica)) seen.set(replica, seq)
  return seen
}

/** Equal clocks and equal statements: equal put heads, and a hash that says so. */
export function agreementFault({ scene, view }: Looked): string | undefined {
  if (view.doubted.size > 0 || scene.mayDiffer()) return undefined
  const { clock, statements, state } = view.node.replica.hashes()
  const hashes = Buffer.concat([clock, statements]).toString('latin1')
  const word = hashes + branchesOf(scene, view)
  const now = { name: view.node.name, state: hexOf(state) }
  const before = scene.stated.get(word)
  if (before === undefined) scene.stated.set(word, now)
  if (before === undefined || before.state === now.state) return undefined
  return `${now.name} has the clock and the statements that ${before.name} had, and its state is ${now.state.slice(0, 8)}, not ${before.state.slice(0, 8)}`
}

/**
 * A tip that stands at the limit of a fork has no id in the clock, since its halves may disagree on
 * it: there the clock does not say which branch is held.
 */
function branchesOf({ facts }: Scene, { clock, held }: View): string {
  if (!facts.hasForks()) return ''
  return [...clock]
    .filter(([replica]) => facts.isForked(replica))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([replica, seq]) => heldAt(held, replica, seq)?.fact.id)
    .join()
}
