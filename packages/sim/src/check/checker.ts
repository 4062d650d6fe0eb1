import type * as Core from '@grapevine/core'
import type { Foundation } from './badge-book.js'
import type { Facts } from './facts.js'
import { createFacts } from './facts.js'
import { createLedger } from './ledger.js'
import { pendingOf } from './pending.js'
import { hold } from './rule.js'
import { acknowledgedRules, refusalRules } from './rules.js'
import { createScene } from './scene.js'
import { createTrustOracle } from './trust-view.js'
import { createWatch } from './watch.js'
import { createWords } from './words.js'
import type { Library, Node, Observer } from '../observer.js'
import type { Hash } from './oracle.js'
import { createReader } from './oracle.js'
import type { Plan } from '../plan.js'

interface CheckerOptions {
  readonly library: Library
  readonly meshId: Uint8Array
  readonly hash: Hash
  readonly plan: Plan
  /** A throw-away replica, opened from what a disk is sure to give back. */
  readonly reopen: (node: Node) => Core.Replica
  /** Who may write what, as the mesh has it; none: everybody everything. */
  readonly writeFault?: Core.MeshRules['writeFault']
  /** Of a closed mesh. */
  readonly trust?: Pick<Foundation, 'root' | 'verify'> | undefined
}

/**
 * Watches all honest peers and holds each against the oracle, after every input. It trusts nothing
 * but the records that replicas store, and a fault throws a `Violation` at once.
 */
export interface Checker extends Observer {
  /** Everything again and in full, of all peers that are up. */
  checkAll(nodes: readonly Node[]): void
  /** Why these peers have not converged, in sentences; none: they have. */
  pending(nodes: readonly Node[]): readonly string[]
  /** Whether, at the last look, all who were behind only waited for a second member's word. */
  readonly isStalled: boolean
  /** How many single checks were made. */
  readonly checks: number
}

/** Opening a store again costs as much as there is in it: in a crowd some are enough. */
const reopenedMax = 8

export function createChecker(options: CheckerOptions): Checker {
  const { plan, writeFault, reopen } = options
  const words = createWords()
  const isHonest = (peer: string): boolean => words.honest(peer) !== undefined
  const read = createReader(options.meshId, options.hash)
  const facts = createFacts(read, isHonest)
  const trust = options.trust && createTrustOracle({ ...options, ...options.trust }, read)
  const scene = createScene({ plan, facts, words, writeFault, trust, reopen })
  const { views, tally } = scene
  const ledger = createLedger(facts)
  const watch = createWatch(scene, ledger)
  const leaving = new Set<number>()
  let isStalled = false
  let looks = 0

  return {
    planned(event) {
      if (event.do !== 'leave') return
      const node = [...views.keys()].find(({ index }) => index === event.who)
      if (node?.isUp === true) leaving.add(event.who)
      else if (node !== undefined) watch.left(node)
    },
    opened: (node, how) => watch.opened(node, how),
    stopped(node) {
      watch.stopped(node)
      if (leaving.delete(node.index)) watch.left(node)
    },
    handled(node, input, effects) {
      const view = views.get(node)
      if (view === undefined) overhear(facts, node, effects)
      else watch.handled(view, input, effects)
    },
    refused(node, input, error) {
      const view = views.get(node)
      if (view !== undefined) hold(refusalRules, { scene, view, input, error }, tally)
    },
    acknowledged(node, release) {
      const view = views.get(node)
      if (view === undefined) return
      hold(acknowledgedRules, { scene, view, release }, tally)
      const known = facts.byId(release.id)
      if (known !== undefined) known.isOut = true
      ledger.enter(view, release)
    },
    checkAll(nodes) {
      looks += 1
      const every = Math.ceil(nodes.length / reopenedMax)
      for (const node of nodes) {
        const view = views.get(node)
        const isReopened = (node.index + looks) % every === 0
        if (view !== undefined && node.isUp) watch.checked(view, isReopened)
      }
    },
    pending(nodes) {
      const living = nodes.filter((node) => node.isUp && views.has(node))
      const found = pendingOf(scene, ledger, living)
      isStalled = found.isStalled
      return found.reasons
    },
    get isStalled() {
      return isStalled
    },
    get checks() {
      return tally.checks
    },
  }
}

/** Hostile peers are not checked; what they sign counts all the same. */
function overhear(facts: Facts, node: Node, effects: readonly Core.Effect[]): void {
  for (const effect of effects) {
    if (effect.type !== 'persist') continue
    for (const [name, bytes] of effect.records) {
      if (bytes !== null && name.startsWith('release/')) facts.overhear(name, bytes, node)
    }
  }
}
