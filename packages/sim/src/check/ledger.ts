import type * as Core from '@grapevine/core'
import type { Facts } from './facts.js'
import { covers } from './oracle.js'
import type { Scene } from './scene.js'
import { limitAt } from './scene.js'
import type { View } from './view.js'
import { isAtRest } from './view.js'

/** What was acknowledged, and what of it may be gone: it was on no other disk than one that is lost. */
export interface Ledger {
  enter(view: View, release: Core.Release): void
  /** A store is gone; what took its place, if anything did, is a store like any other. */
  storeEnds(gone: View, scene: Scene): void
  /** What this peer had to hold, and does not. */
  missingAt(view: View): readonly Core.Release[]
}

export function createLedger(facts: Facts): Ledger {
  const entered = new Map<string, Core.Release>()
  const lost = new Set<string>()

  const due = (): readonly Core.Release[] => [...entered.values()].filter(({ id }) => !lost.has(id))

  return {
    enter(view, release) {
      entered.set(release.id, release)
      view.acknowledged.set(release.id, release)
    },
    storeEnds(gone, { views, reopen }) {
      const others = [...views.values()].filter((view) => view !== gone)
      for (const view of others) if (isAtRest(view)) view.durable = view.clock
      const doubtful = due().filter(
        (release) => !others.some(({ durable }) => covers(durable, release)),
      )
      if (doubtful.length === 0) return
      const clocks = others.map(({ node }) => reopen(node).clock())
      for (const release of doubtful) {
        if (!clocks.some((clock) => covers(clock, release))) lost.add(release.id)
      }
    },
    missingAt({ node, trust }) {
      const clock = node.replica.clock()
      const isRevoked = ({ id }: Core.Release): boolean => {
        const known = facts.byId(id)
        return known !== undefined && trust?.isRevoked(known.fact) === true
      }
      return due().filter(
        (release) =>
          !covers(clock, release) &&
          limitAt(node, release.replica) >= release.seq &&
          !isRevoked(release),
      )
    },
  }
}
