import * as dagCbor from '@ipld/dag-cbor'
import { limits } from '@grapevine/core'
import type * as Core from '@grapevine/core'
import { kindOf } from '../frames.js'
import type { Node } from '../observer.js'
import type { Fact } from './oracle.js'
import { heldAt } from './chain.js'
import { recordOf } from './facts.js'
import { firstFault } from './rule.js'
import type { Looked, Scene } from './scene.js'
import type { Step } from './step.js'

/** Only in closed meshes: whoever checks these finds nothing to say of an open one. */

interface Told {
  readonly scene: Scene
  readonly node: Node
  readonly effects: readonly Core.Effect[]
}

export function badgeFault({ node, stored }: Step): string | undefined {
  return firstFault(stored.trust, ({ name, link }) => {
    if (link === undefined || (link.isSigned && name === `badge/${link.id}`)) return undefined
    return `${node.name} keeps a badge of ${link.name} that its issuer never signed so`
  })
}

export function saidFault({ scene, node, stored }: Step): string | undefined {
  return firstFault(stored.trust, ({ said }) =>
    said?.fault === undefined
      ? undefined
      : `${node.name} took a ${said.kind} of ${scene.words.peer(said.issuer)}: ${said.fault}`,
  )
}

/** What others cannot believe is laid at the door of whoever shows it. */
export function shownFault({ scene, node, effects }: Told): string | undefined {
  const { trust } = scene
  if (trust === undefined) return undefined
  return firstFault(effects, (effect) => {
    if (effect.type !== 'send' && effect.type !== 'gossip') return undefined
    if (kindOf(effect.bytes) !== 'badges') return undefined
    const [, chains] = dagCbor.decode<readonly [number, readonly (readonly Uint8Array[])[]]>(
      effect.bytes,
    )
    const fault = firstFault(chains, (links) => trust.shownFault(links))
    return fault && `${node.name} shows a badge that nobody believes: ${fault}`
  })
}

/** Every spelling that is stored, for what it shows; and what is only counted. */
export function authorFault({ scene, node, stored, taken }: Step): string | undefined {
  const { trust, words } = scene
  if (trust === undefined) return undefined
  const say = (fact: Fact): string | undefined => {
    const fault = trust.rightFault(fact)
    return fault && `${node.name} took ${words.release(fact)}: ${fault}`
  }
  return (
    firstFault(stored.copies.values(), ({ fact }) => say(fact)) ??
    firstFault(taken, ({ fact }) =>
      stored.copies.has(recordOf(fact)) ? undefined : say({ ...fact, changes: [] }),
    )
  )
}

/** Where the budget of a replica id stands follows from the release before. */
export function budgetFault({ scene, view, node, stored }: Step): string | undefined {
  if (view.trust === undefined) return undefined
  return firstFault(stored.copies.values(), ({ known, shown, fact }) => {
    const before = heldAt(view.held, fact.replica, fact.seq - 1)?.fact
    const isSure =
      (fact.seq === 1 || before?.id === fact.prev) && shown === known.fact.changes.length
    if (!isSure) return undefined
    const regained =
      before && Math.floor(((fact.ms - before.ms) * limits.budgetBytesPerSecond) / 1000)
    const carried = before === undefined ? 0 : Math.max(0, before.spentBytes - regained!)
    const spent = carried + limits.releaseCostBytes + fact.changesBytes
    if (spent === fact.spentBytes && spent <= limits.budgetBytesMax) return undefined
    return `${node.name} took ${scene.words.release(fact)}, which says that it spent ${fact.spentBytes} bytes, and it spent ${spent}`
  })
}

/** Doors open and close by what is told here: whoever is revoked must be told, and nobody else. */
export function doorFault({ scene, view, node, effects, stored }: Step): string | undefined {
  if (view.trust === undefined) return undefined
  for (const effect of effects) if (effect.type === 'revoked') view.keptOut = effect.subjects
  if (!stored.trust.some(({ isMoving }) => isMoving)) return undefined
  const due = view.trust.revoked()
  if (due.join() === [...view.keptOut].sort().join()) return undefined
  const named = (keys: readonly string[]): string =>
    keys.map((key) => scene.words.peer(key)).join(', ') || 'nobody'
  return `${node.name} was told to keep out ${named(view.keptOut)}, and by what was said it is ${named(due)}`
}

/** What a revocation makes void is in no clock. */
export function revokedFault({ scene, view, node, stored, taken }: Step): string | undefined {
  const { trust } = view
  if (trust === undefined) return undefined
  const isMoved = stored.trust.some(({ isMoving }) => isMoving)
  const all = isMoved ? [...view.held.values()].flatMap((chain) => [...chain.values()]) : taken
  return firstFault(all, ({ fact }) =>
    trust.isRevoked(fact)
      ? `${node.name} counts ${scene.words.release(fact)}, whose peer was revoked before it`
      : undefined,
  )
}

/** Forks aside, whose proofs are releases: limits follow from what was said, and from nothing else. */
export function limitFault({ scene, view }: Looked): string | undefined {
  const { trust, node } = view
  if (trust === undefined) return undefined
  const { limits: found, forked } = node.replica.status()
  const forks = new Set<string>(forked)
  return firstFault(new Set<string>([...found.keys(), ...trust.limited()]), (replica) => {
    if (forks.has(replica)) return undefined
    const [is, due] = [found.get(replica as never) ?? Infinity, trust.limitOf(replica)]
    if (is === due) return undefined
    return `${node.name} ends ${scene.words.dot(replica, is)}, and by what was said it ends at ${due}`
  })
}

/** Nobody can fill a store with the ends of what no honest peer ever counted. */
export function strayFault({ scene, view }: Looked): string | undefined {
  const { trust, node } = view
  if (trust === undefined) return undefined
  return firstFault(trust.strays().values(), (stray) =>
    scene.facts.reach(stray.replica) > 0
      ? undefined
      : `${node.name} keeps the end of ${scene.words.dot(stray.replica, stray.seq)}, which nobody ever held`,
  )
}
