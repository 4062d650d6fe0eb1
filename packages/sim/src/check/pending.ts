import type * as Core from '@grapevine/core'
import type { Node } from '../observer.js'
import type { Vector } from './oracle.js'
import { hexOf, joinInto } from './oracle.js'
import { heldAt } from './chain.js'
import type { Ledger } from './ledger.js'
import { owedReasons } from './owed.js'
import type { Scene } from './scene.js'

interface Pending {
  /** Why these peers are not all the same, in sentences; none: they are. */
  readonly reasons: readonly string[]
  /** All who are behind hold back a snapshot that nobody else vouches for. */
  readonly isStalled: boolean
}

/** What a peer says of itself, read once. */
interface Stand {
  readonly node: Node
  readonly clock: Vector
  readonly hashes: Core.Hashes
  readonly isUnvouched: boolean
}

const reasonsMax = 12

export function pendingOf(scene: Scene, ledger: Ledger, nodes: readonly Node[]): Pending {
  const stands = nodes.map((node) => ({
    node,
    clock: node.replica.clock(),
    hashes: node.replica.hashes(),
    isUnvouched: scene.views.get(node)?.isUnvouched === true,
  }))
  if (new Set(stands.map((stand) => wordOf(scene, stand))).size <= 1) {
    // All have the same: what one of them misses is nowhere.
    const nowhere = nodes.slice(0, 1).flatMap((node) => ledger.missingAt(scene.views.get(node)!))
    const reasons = nowhere.map(
      (release) => `${scene.words.release(release)} was acknowledged, and nobody has it`,
    )
    const owed = nodes.flatMap((node) => owedReasons(scene, scene.views.get(node)!))
    return { reasons: shortened([...reasons, ...owed]), isStalled: false }
  }
  const most = new Map<string, number>()
  for (const { clock } of stands) joinInto(most, clock)
  const lacks = stands.map((stand) => lacksOf(scene, stand, most))
  const reasons = [
    ...lacks.flat(),
    ...statementReasons(scene, stands),
    ...stands.slice(1).flatMap(({ node }) => differences(scene, node, nodes[0]!)),
  ]
  const behind = stands.filter((_, index) => lacks[index]!.length > 0)
  return {
    reasons: reasons.length > 0 ? shortened(reasons) : ['their hashes differ, and nothing else'],
    isStalled: behind.length > 0 && behind.every(({ isUnvouched }) => isUnvouched),
  }
}

const shortened = (reasons: readonly string[]): readonly string[] =>
  reasons.length <= reasonsMax
    ? reasons
    : [...reasons.slice(0, reasonsMax), `and ${reasons.length - reasonsMax} more`]

function wordOf(scene: Scene, { hashes }: Stand): string {
  const { clock, statements, state } = hashes
  return [clock, statements, ...(scene.mayDiffer() ? [] : [state])].map(hexOf).join()
}

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** Releases that somebody else has, and what is waited for. */
function lacksOf(scene: Scene, { node, clock, isUnvouched }: Stand, most: Vector): string[] {
  const behind = [...most].filter(([replica, seq]) => (clock.get(replica) ?? 0) < seq)
  if (behind.length === 0) return []
  const { words, facts } = scene
  const { limits, waiting } = node.replica.status()
  const lacked = new Map<string, number>()
  for (const [replica, seq] of behind) {
    const limit = limits.get(replica as Core.ReplicaId) ?? seq
    const count = Math.min(seq, limit) - (clock.get(replica) ?? 0)
    const [known] = facts.at(replica, seq)
    const author = known === undefined ? replica.slice(0, 8) : words.peer(known.fact.peer)
    if (count > 0) lacked.set(author, (lacked.get(author) ?? 0) + count)
  }
  const why = isUnvouched ? ' (a snapshot waits for a voucher)' : ''
  return [
    ...[...lacked].map(
      ([author, count]) => `${node.name} lacks ${many(count, 'release')} of ${author}${why}`,
    ),
    ...waiting.map(
      ({ release, missing }) =>
        `${node.name} holds back ${words.release(release)} until it has ${words.dot(missing.replica, missing.seq)}`,
    ),
  ]
}

/** Statements and forks that one has heard of, and another has not. */
function statementReasons({ words }: Scene, stands: readonly Stand[]): readonly string[] {
  if (new Set(stands.map(({ hashes }) => hexOf(hashes.statements))).size === 1) return []
  const reasons: string[] = []
  const issuers = new Map<string, string>()
  const forks = new Set<Core.ReplicaId>()
  for (const { node } of stands) {
    for (const { id, issuer } of node.replica.statements()) issuers.set(id, issuer)
    for (const replica of node.replica.status().forked) forks.add(replica)
  }
  for (const { node } of stands) {
    const held = new Set(node.replica.statements().map(({ id }) => id))
    const lacked = [...issuers].filter(([id]) => !held.has(id)).map(([, issuer]) => issuer)
    for (const issuer of new Set(lacked)) {
      const count = lacked.filter((other) => other === issuer).length
      reasons.push(`${node.name} lacks ${many(count, 'statement')} of ${words.peer(issuer)}`)
    }
    const known = new Set(node.replica.status().forked)
    for (const replica of forks) {
      if (known.has(replica)) continue
      reasons.push(`${node.name} has not heard of the fork of ${words.dot(replica, 1)}`)
    }
  }
  return reasons
}

/** What two peers hold or show otherwise. */
function differences(scene: Scene, node: Node, other: Node): readonly string[] {
  const keys = new Set([...node.replica.keys(), ...other.replica.keys()])
  return [
    ...branches(scene, node, other),
    ...[...keys].flatMap((key) => difference(scene, node, other, key)),
  ]
}

function branches({ views, words }: Scene, node: Node, other: Node): readonly string[] {
  const [mine, theirs] = [views.get(node)!.held, views.get(other)!.held]
  return [...mine].flatMap(([replica, chain]) => {
    for (const [seq, known] of [...chain].sort(([a], [b]) => a - b)) {
      const another = heldAt(theirs, replica, seq)
      if (another === undefined || another.fact.id === known.fact.id) continue
      const [a, b] = [words.release(known.fact), words.release(another.fact)]
      return [`${node.name} holds ${a}, and ${other.name} ${b}`]
    }
    return []
  })
}

function difference({ words }: Scene, node: Node, other: Node, key: string): readonly string[] {
  const [a, b] = [node.replica.read(key), other.replica.read(key)]
  if (a?.version === b?.version) return []
  const [isMine, isTheirs] = [isConflict(a), isConflict(b)]
  if (isMine !== isTheirs) {
    const [who, whoNot] = isMine ? [node.name, other.name] : [other.name, node.name]
    return [`${who} lists a conflict on ${key} that ${whoNot} does not`]
  }
  return [`${node.name} shows ${words.reading(a)} on ${key}, and ${other.name} ${words.reading(b)}`]
}

const isConflict = (reading: Core.Reading | undefined): boolean =>
  reading !== undefined && reading.others.length > 0
