import { limits } from '@grapevine/core'
import { recordOf } from './facts.js'
import { firstFault } from './rule.js'
import { limitAt, mayBeAt } from './scene.js'
import type { Step } from './step.js'

export function hollowFault({ scene, node, grown, stored }: Step): string | undefined {
  return firstFault(grown, ({ replica, to }) => {
    const isStored =
      stored.copies.has(recordOf({ replica, seq: to })) || stored.tips.get(replica)?.seq === to
    if (isStored) return undefined
    return `${node.name} counts ${scene.words.dot(replica, to)} and has not stored it`
  })
}

export function holeFault({
  scene,
  view,
  node,
  input,
  grown,
  stored,
  isJump,
}: Step): string | undefined {
  if (!isJump || (view.wasShownSnapshot && input.type === 'received')) return undefined
  return firstFault(grown, ({ replica, from, to }) => {
    for (let seq = from + 1; seq <= to; seq++) {
      const copy = stored.copies.get(recordOf({ replica, seq }))
      if (copy !== undefined && copy.shown === copy.known.fact.changes.length) continue
      const { words } = scene
      return `${node.name} counts ${words.dot(replica, to)} and does not hold all of ${words.dot(replica, seq)}`
    }
    return undefined
  })
}

export function unsignedFault({ scene, node, grown }: Step): string | undefined {
  return firstFault(grown, ({ replica, to }) =>
    scene.facts.reach(replica) >= to
      ? undefined
      : `${node.name} counts ${scene.words.dot(replica, to)}, which nobody ever signed`,
  )
}

export function loweredFault({ scene, node, lowered }: Step): string | undefined {
  return firstFault(lowered, ({ replica, from, to }) => {
    if (mayBeAt(node, replica, to)) return undefined
    return `${node.name} counted ${scene.words.dot(replica, from)} and now only ${scene.words.dot(replica, to)}, and no limit says so`
  })
}

export function readyFault(step: Step): string | undefined {
  const { scene, view, node, taken, made, lowered } = step
  // What a limit takes away in the same step may have been seen.
  if (lowered.length > 0) return undefined
  return firstFault(taken, (known) => {
    const { fact } = known
    // A writer hands on what its heads have seen, also where a limit rose and that is not back yet.
    if (made.includes(known)) return undefined
    return firstFault(fact.changes, ({ seen }) =>
      firstFault(seen, ([replica, seq]) => {
        const held = view.clock.get(replica) ?? 0
        if (held >= seq || held >= limitAt(node, replica)) return undefined
        return `${node.name} took ${scene.words.release(fact)}, which has seen ${scene.words.dot(replica, seq)}, and holds only ${held}`
      }),
    )
  })
}

export function earlyFault({ scene, node, taken, stored }: Step): string | undefined {
  return firstFault(taken, ({ fact }) => {
    const aheadMs = fact.ms - node.wall()
    if (aheadMs <= limits.stampAheadMsMax || fact.peer === node.peer) return undefined
    if (!stored.copies.has(recordOf(fact))) return undefined
    return `${node.name} took ${scene.words.release(fact)}, stamped ${aheadMs} ms ahead of its clock`
  })
}
