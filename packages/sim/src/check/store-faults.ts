import type * as Core from '@grapevine/core'
import type { Opening } from '../observer.js'
import type { Vector } from './oracle.js'
import { hexOf } from './oracle.js'
import { heldAt } from './chain.js'
import { recordOf } from './facts.js'
import { firstFault } from './rule.js'
import type { Looked } from './scene.js'
import { mayBeAt } from './scene.js'
import type { View } from './view.js'
import { isAtRest } from './view.js'

/** A store was opened: from what it had, or as a new one. */
interface Opened extends Looked {
  readonly how: Opening
  /** Of the process before. */
  readonly before: Ended | undefined
}

/** How a process left its store. */
export interface Ended {
  readonly durable: Vector
  /** Where the disk held everything: the replica, word by word. */
  readonly exactly: string | undefined
}

const isNew = (how: Opening): boolean => how === 'first' || how === 'lost'

export function emptyFault({ view, how }: Opened): string | undefined {
  const { name, replica } = view.node
  if (!isNew(how) || (replica.clock().size === 0 && replica.keys().length === 0)) return undefined
  return `${name} starts on an empty disk and is not empty`
}

export function freshFault({ scene, view, how }: Opened): string | undefined {
  const { name, replica } = view.node
  if (!isNew(how) || !scene.usedIds.has(replica.id())) return undefined
  return `${name} starts on an empty disk under ${replica.id().slice(0, 8)}, which was in use before`
}

export function durableFault({ scene, view, how, before }: Opened): string | undefined {
  if (how !== 'restarted' || before === undefined) return undefined
  return firstFault(before.durable, ([replica, seq]) => {
    const now = view.clock.get(replica) ?? 0
    if (now >= seq || mayBeAt(view.node, replica, now)) return undefined
    return `${view.node.name} had ${scene.words.dot(replica, seq)} on its disk, and came back with ${now}`
  })
}

export function sameFault({ view, how, before }: Opened): string | undefined {
  if (how !== 'restarted' || before?.exactly === undefined) return undefined
  const now = inWords(view.node.replica)
  if (now === before.exactly) return undefined
  return `${view.node.name} came back as ${now}, and was ${before.exactly}`
}

export const endOf = (view: View): Ended => {
  const isSure = isAtRest(view)
  return {
    durable: isSure ? view.clock : view.durable,
    exactly: isSure ? inWords(view.node.replica) : undefined,
  }
}

function inWords(replica: Core.Replica): string {
  const { clock, statements, state } = replica.hashes()
  const short = (hash: Uint8Array): string => hexOf(hash).slice(0, 16)
  return `${replica.id().slice(0, 8)} at clock ${short(clock)}, statements ${short(statements)}, state ${short(state)}`
}

/** Opened from its records alone, it is the very same replica. Only where nothing is on its way. */
export function reopenFault({ scene, view }: Looked): string | undefined {
  if (!isAtRest(view)) return undefined
  const { node } = view
  const again = scene.reopen(node)
  const [is, was] = [inWords(again), inWords(node.replica)]
  if (is !== was) return `${node.name} would come back as ${is}, and is ${was}`
  scene.tally.checks += view.keys.size
  return firstFault(view.keys.keys(), (key) => {
    const [now, then] = [node.replica.read(key), again.read(key)]
    if (now?.version === then?.version && isSame(now, then)) return undefined
    return `${node.name} would come back with ${scene.words.reading(then)} on ${key}, and shows ${scene.words.reading(now)}`
  })
}

function isSame(a: Core.Reading | undefined, b: Core.Reading | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const all = ({ release, others }: Core.Reading): string =>
    [release.id, ...others.map((other) => other.release.id)].join()
  return all(a) === all(b)
}

/** A release of which something was said. */
interface Named extends Looked {
  readonly release: Core.Release
}

export function duplicateFault({ scene, view, release }: Named): string | undefined {
  const held = heldAt(view.held, release.replica, release.seq)
  if (held === undefined || held.fact.id === release.id) return undefined
  // What has left the log is known by its number only.
  if (view.node.replica.release(release) === undefined) return undefined
  const { words } = scene
  return `${view.node.name} takes ${words.release(release)} for a duplicate, and holds ${words.release(held.fact)}`
}

export function acknowledgedFault({ scene, view, release }: Named): string | undefined {
  const { node } = view
  const name = recordOf(release)
  const bytes = node.synced.get(name)
  if (bytes !== undefined && scene.facts.idIn(name, bytes) === release.id) return undefined
  // It may have been made void, or let go of, between the write and the answer.
  const again = scene.reopen(node)
  const { replica, seq } = release
  const isHeld = (again.clock().get(replica) ?? 0) >= seq
  const isVoid = (again.status().limits.get(replica) ?? Number.POSITIVE_INFINITY) < seq
  if (isHeld || isVoid) return undefined
  return `${node.name} acknowledged ${scene.words.release(release)}, and it is not on its disk`
}
