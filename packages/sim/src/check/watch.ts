import type * as Core from '@grapevine/core'
import type { Node, Opening } from '../observer.js'
import { heldAt } from './chain.js'
import { recordOf } from './facts.js'
import { keysOf } from './key-heads.js'
import type { Ledger } from './ledger.js'
import { noteOwed } from './owed.js'
import { isSnapshot, noteMisled } from './read-faults.js'
import { hold } from './rule.js'
import {
  agreementRules,
  duplicateRules,
  openingRules,
  reopenRules,
  stepRules,
  stillRules,
  toldRules,
  truthRules,
  wholeRules,
} from './rules.js'
import type { Scene } from './scene.js'
import { answerOf, takeStep } from './step.js'
import type { Ended } from './store-faults.js'
import { endOf } from './store-faults.js'
import type { View } from './view.js'
import { createView, fillView, isAtRest, sizeOf } from './view.js'
import { wholeOf } from './whole-faults.js'

/** Which rules are held when, as stores open and end and inputs are handled. */
interface Watch {
  opened(node: Node, how: Opening): void
  stopped(node: Node): void
  /** It will not come back, and neither will its store. */
  left(node: Node): void
  handled(view: View, input: Core.Input, effects: readonly Core.Effect[]): void
  /** Everything, by the longest way; whether its store is opened again, too. */
  checked(view: View, isReopened: boolean): void
}

/** A still peer is looked at now and then all the same. */
const stillInputs = 32
/** How often the hashes of a peer that moves are compared. */
const agreementMoves = 256
/** Looking at everything costs as much as there is; so does the wait until the next time. */
const fullInputs = { least: 512, perRelease: 8 } as const
const reopenInputs = { least: 2048, perRelease: 64 } as const

export function createWatch(scene: Scene, ledger: Ledger): Watch {
  const { tally, facts, words } = scene
  const ended = new Map<Node, Ended>()

  function lookAtAll(view: View): void {
    const size = sizeOf(view)
    hold(wholeRules, wholeOf(scene, view), tally)
    hold(agreementRules, { scene, view }, tally)
    view.nextFull = view.inputs + fullInputs.least + fullInputs.perRelease * size
    if (view.inputs < view.nextReopen) return
    hold(reopenRules, { scene, view }, tally)
    view.nextReopen = view.inputs + reopenInputs.least + reopenInputs.perRelease * size
  }

  return {
    opened(node, how) {
      words.meet(node)
      if (!node.isHonest) return void scene.usedIds.add(node.replica.id())
      const old = scene.views.get(node)
      const view = createView(node, scene.trust?.view())
      if (how === 'restored' || how === 'cloned') scene.copied.add(node.peer)
      inherit(scene, view, old, how)
      fillView(view, facts)
      scene.views.set(node, view)
      if (old !== undefined && how !== 'restarted') ledger.storeEnds(old, scene)
      hold(openingRules, { scene, view, how, before: ended.get(node) }, tally)
      ended.delete(node)
      scene.usedIds.add(node.replica.id())
      // It was opened from its disk just now.
      view.nextReopen = reopenInputs.least
      lookAtAll(view)
    },
    stopped(node) {
      const view = scene.views.get(node)
      if (view === undefined) return
      settleFresh(view)
      for (const known of view.fresh) facts.forget(known)
      view.fresh = []
      ended.set(node, endOf(view))
    },
    left(node) {
      const view = scene.views.get(node)
      if (view === undefined) return
      ledger.storeEnds(view, scene)
      scene.views.delete(node)
      ended.delete(node)
    },
    handled(view, input, effects) {
      view.inputs += 1
      if (isSnapshot(input)) view.wasShownSnapshot = true
      hold(toldRules, { scene, node: view.node, effects }, tally)
      const what = weigh(view, effects)
      if (what === 'moved') step(scene, view, input, effects)
      else holdStill(scene, view, effects, what === 'judged')
      // These have worked out the hashes anyway.
      if (input.type === 'sync' || input.type === 'announce') {
        hold(agreementRules, { scene, view }, tally)
      }
      if (view.inputs >= view.nextFull) lookAtAll(view)
    },
    checked(view, isReopened) {
      const whole = wholeOf(scene, view)
      hold(wholeRules, whole, tally)
      hold(truthRules, whole, tally)
      hold(agreementRules, whole, tally)
      if (isReopened) hold(reopenRules, whole, tally)
    },
  }
}

function step(scene: Scene, view: View, input: Core.Input, effects: readonly Core.Effect[]): void {
  if (isAtRest(view)) view.durable = view.clock
  if (view.fresh.length > 0) settleFresh(view)
  const taken = takeStep(scene, view, input, effects)
  for (const { replica } of taken.lowered) view.lowered.add(replica)
  noteMisled(taken)
  hold(stepRules, taken, scene.tally)
  noteOwed(taken)
  if (taken.isJump) view.isUnvouched = false
  const isPlainWrite = input.type === 'write' || input.type === 'rollback'
  const answer = isPlainWrite ? answerOf(taken) : undefined
  if (answer !== undefined) answer.truth = taken.before
  doubtLate(scene, view)
  view.moves += 1
  if (view.moves % agreementMoves === 0) hold(agreementRules, { scene, view }, scene.tally)
}

function holdStill(
  scene: Scene,
  view: View,
  effects: readonly Core.Effect[],
  isJudged: boolean,
): void {
  for (const effect of effects) {
    if (effect.type !== 'verdict' || effect.verdict !== 'duplicate') continue
    if (effect.release === undefined) continue
    hold(duplicateRules, { scene, view, release: effect.release }, scene.tally)
  }
  if (isJudged || view.inputs % stillInputs === 0) hold(stillRules, { scene, view }, scene.tally)
}

/** moved: something was stored or shown. judged: something arrived that was not taken. still: neither. */
function weigh(view: View, effects: readonly Core.Effect[]): 'moved' | 'judged' | 'still' {
  let what: 'moved' | 'judged' | 'still' = 'still'
  for (const effect of effects) {
    switch (effect.type) {
      case 'persist':
      case 'changed':
      case 'written':
        what = 'moved'
        break
      case 'verdict':
        if (what === 'still' && effect.verdict !== 'duplicate') what = 'judged'
        break
      case 'notice':
        if (effect.notice === 'unvouched') view.isUnvouched = true
        break
      case 'synced':
      case 'revoked':
      case 'gossip':
      case 'send':
      case 'pull':
        break
    }
  }
  return what
}

/** What is durable may have been sent. */
function settleFresh(view: View): void {
  const { synced } = view.node
  for (const known of view.fresh) if (synced.has(recordOf(known.fact))) known.isOut = true
  view.fresh = view.fresh.filter(({ isOut }) => !isOut)
}

/** What a process knew of its store, and a copy of the store it was copied from. */
function inherit(scene: Scene, view: View, old: View | undefined, how: Opening): void {
  if (how === 'first' || how === 'lost') return
  for (const other of scene.views.values()) {
    if (other.node.peer !== view.node.peer) continue
    for (const key of other.doubted) view.doubted.add(key)
    for (const key of other.misled) view.misled.add(key)
  }
  if (how !== 'restarted' || old === undefined) return
  view.owed = old.owed
  for (const replica of old.lowered) view.lowered.add(replica)
  for (const [id, release] of old.acknowledged) view.acknowledged.set(id, release)
}

/**
 * A hostile peer signed something that a clock covers and nobody showed until now: whoever covers it
 * can have been given a part only.
 */
function doubtLate({ facts, views }: Scene, acting: View): void {
  for (const known of facts.takeLate()) {
    const { replica, seq } = known.fact
    for (const view of views.values()) {
      if ((view.clock.get(replica) ?? 0) < seq) continue
      const held = heldAt(view.held, replica, seq)
      const isHidden = held === undefined || (held === known && view !== acting)
      if (isHidden) for (const key of keysOf(known.fact)) view.doubted.add(key)
    }
  }
}
