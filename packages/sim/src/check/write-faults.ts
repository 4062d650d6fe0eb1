import type * as Core from '@grapevine/core'
import type { Fact, FactChange, Said, StampOf } from './oracle.js'
import { covers, isLater, isPut } from './oracle.js'
import { heldAt } from './chain.js'
import { firstFault } from './rule.js'
import type { Step } from './step.js'
import { answerOf } from './step.js'
import { printValue, sameValue } from './values.js'

export function forgedFault({ scene, node, stored }: Step): string | undefined {
  return firstFault(stored.learned, ({ fact }) => {
    const author = scene.words.honest(fact.peer)
    if (author === undefined || fact.peer === node.peer) return undefined
    return `${node.name} took ${scene.words.release(fact)}, and ${author} never made it durable, or never made it at all`
  })
}

export function twiceFault({ scene, stored }: Step): string | undefined {
  return firstFault(stored.learned, ({ fact }) => {
    const all = scene.facts.at(fact.replica, fact.seq)
    const isHonest = scene.words.honest(fact.peer) !== undefined
    if (all.length < 2 || !isHonest || scene.copied.has(fact.peer as Core.PeerId)) return undefined
    return `one number, two releases: ${all.map((one) => scene.words.release(one.fact)).join(' and ')}`
  })
}

export function rightFault({ scene, node, taken }: Step): string | undefined {
  const { writeFault } = scene
  if (writeFault === undefined) return undefined
  return firstFault(taken, ({ fact }) =>
    firstFault(fact.changes, ({ key }) => {
      const fault = writeFault(fact.peer as Core.PeerId, key, fact.ms)
      return fault === undefined
        ? undefined
        : `${node.name} took ${key} of ${scene.words.release(fact)}: ${fault}`
    }),
  )
}

export function usedIdFault({ scene, node, stored, made }: Step): string | undefined {
  if (!stored.isSelf) return undefined
  const id = node.replica.id()
  const isOwn = made.some(({ fact }) => fact.replica === id)
  if (scene.usedIds.has(id) || (scene.facts.reach(id) > 0 && !isOwn)) {
    return `${node.name} begins to write under ${id.slice(0, 8)}, which was in use before`
  }
  scene.usedIds.add(id)
  return undefined
}

/** A store that meets a release of its own id which it has not written is not the only one of its kind. */
export function sharedIdFault({ scene, node, effects, made, taken }: Step): string | undefined {
  const id = node.replica.id()
  // A store that was set back and asked for the same in the same moment signs the very same again.
  const written = effects.find(({ type }) => type === 'written')
  const again = written?.type === 'written' ? written.release?.id : undefined
  return firstFault(taken, (known) => {
    if (known.fact.replica !== id || made.includes(known)) return undefined
    if (known.fact.id === again) return undefined
    return `${node.name} took ${scene.words.release(known.fact)}, which it has not written, and goes on under the same replica id`
  })
}

export function chainFault({ scene, view, node, made }: Step): string | undefined {
  return firstFault(made, ({ fact }) => {
    const { replica, seq } = fact
    if (heldAt(view.held, replica, seq)?.fact !== fact) {
      return `${node.name} wrote ${scene.words.release(fact)} and does not count it`
    }
    const before = heldAt(view.held, replica, seq - 1)?.fact.id
    if (before === fact.prev) return undefined
    return `${node.name} wrote ${scene.words.release(fact)} after ${fact.prev?.slice(0, 8) ?? 'nothing'}, and what it holds before it is ${before?.slice(0, 8) ?? 'nothing'}`
  })
}

export function stampFault({ scene, node, made, greatest }: Step): string | undefined {
  let least: StampOf = greatest
  return firstFault(made, ({ fact }) => {
    const before = least
    least = fact
    if (isLater(fact, before)) return undefined
    return `${node.name} stamped ${scene.words.release(fact)} with ${fact.ms}+${fact.counter}, after having held ${before.ms}+${before.counter}`
  })
}

/** Of the answer to a write: each change and the heads that its key had. Not of what is written again. */
function overwrittenFault(
  step: Step,
  fault: (change: FactChange, heads: readonly Said[], fact: Fact) => string | undefined,
): string | undefined {
  const answer = answerOf(step)
  if (answer === undefined) return undefined
  const { doubted, misled } = step.view
  return firstFault(answer.fact.changes, (change) =>
    doubted.has(change.key) || misled.has(change.key)
      ? undefined
      : fault(change, step.headsBefore.get(change.key) ?? [], answer.fact),
  )
}

export function forgottenFault(step: Step): string | undefined {
  const { scene, node, before } = step
  return overwrittenFault(step, ({ key, seen }, heads) =>
    firstFault(heads, ({ fact, change }) => {
      if (!covers(seen, fact)) {
        return `${node.name} wrote ${key} and does not say that it has seen ${scene.words.release(fact)}`
      }
      return firstFault(change.seen, ([replica, seq]) => {
        const known = Math.min(seq, before.get(replica) ?? 0)
        if ((seen.get(replica) ?? 0) >= known || scene.facts.isForked(replica)) return undefined
        return `${node.name} wrote ${key} and forgot that ${scene.words.release(fact)} had seen ${scene.words.dot(replica, known)}`
      })
    }),
  )
}

export function pretendedFault(step: Step): string | undefined {
  const { scene, node, before } = step
  return overwrittenFault(step, ({ key, seen }, heads) =>
    firstFault(seen, ([replica, seq]) => {
      const held = before.get(replica) ?? 0
      if (held >= seq || scene.facts.isForked(replica)) return undefined
      // A limit took it away and has risen since: it is still known by those that had seen it.
      if (heads.some(({ change }) => (change.seen.get(replica) ?? 0) >= seq)) return undefined
      return `${node.name} wrote ${key} and says that it has seen ${scene.words.dot(replica, seq)}, of which it holds only ${held}`
    }),
  )
}

export function conditionFault({ view, node, input, made }: Step): string | undefined {
  if (input.type !== 'write' || input.ifMatch === undefined || made.length === 0) return undefined
  return firstFault(input.ifMatch, ([key, version]) => {
    const shown = view.shadow.get(key)?.version ?? null
    if (shown === version) return undefined
    return `${node.name} wrote ${key} on the condition that it is at ${version ?? 'nothing'}, and it was at ${shown ?? 'nothing'}`
  })
}

/**
 * A retry is answered with the first release, and nothing is done again. What waited for this very
 * write, because it lied about having seen it, comes in the same step and may replace it at once.
 */
export function askedFault({ node, input, effects, made, taken }: Step): string | undefined {
  if (input.type !== 'write' || taken.length > made.length) return undefined
  const answer = effects.find((effect) => effect.type === 'written')
  const isRetry = made.length === 0 && answer?.type === 'written' && answer.release !== undefined
  if (isRetry) return undefined
  const put = firstFault(input.put ?? [], ([key, value]) => {
    const shown = node.replica.read(key)
    if (shown !== undefined && sameValue(shown.value, value) && shown.others.length === 0) {
      return undefined
    }
    return `${node.name} put ${printValue(value)} on ${key} and then read ${printValue(shown?.value)}`
  })
  return (
    put ??
    firstFault(input.remove ?? [], (key) => {
      const shown = node.replica.get(key)
      return shown === undefined
        ? undefined
        : `${node.name} removed ${key} and then read ${printValue(shown)}`
    })
  )
}

export function repeatedFault(step: Step): string | undefined {
  const { input } = step
  // What was signed as a whole is written as a whole.
  if (input.type !== 'write' || input.force === true || input.intent !== undefined) return undefined
  return overwrittenFault(step, ({ key, put }, heads) => {
    const [shown, ...others] = heads.filter(isPut)
    if (put === undefined || shown === undefined || others.length > 0) return undefined
    if (!sameValue(shown.change.put!.value, put.value)) return undefined
    return `${step.node.name} wrote ${printValue(put.value)} on ${key}, where it was already`
  })
}
