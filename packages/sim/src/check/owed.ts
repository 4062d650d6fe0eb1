import { sameValue } from './values.js'
import type { Step } from './step.js'
import type { View } from './view.js'
import type { Scene } from './scene.js'

/**
 * What an admin takes away stays away. What the holder of a copied or restored store loses by a fork
 * does not: it is written again, if not at once then when the fork is proven.
 */
export function noteOwed({ view, effects, made, voided }: Step): void {
  if (voided.length === 0 && (view.owed.length === 0 || made.length === 0)) return
  const isForbidden = effects.some(
    (effect) =>
      effect.type === 'notice' && effect.notice === 'void' && effect.text.includes('may not write'),
  )
  if (isForbidden) return
  const puts = made.flatMap(({ fact }) => fact.changes)
  // What was revoked is not owed, even where the revocation itself turns out void.
  const lost = voided.filter(({ fact }) => view.trust?.isRevoked(fact) !== true)
  view.owed = [...view.owed, ...lost].filter(
    ({ change }) =>
      !puts.some(
        ({ key, put }) =>
          key === change.key && put !== undefined && sameValue(put.value, change.put?.value),
      ),
  )
}

export function owedReasons({ words }: Scene, { node, owed, trust }: View): readonly string[] {
  if (owed.length === 0) return []
  const cuts = node.replica.statements().filter(({ kind }) => kind === 'cut')
  const cut = new Set<string>(cuts.flatMap(({ marks }) => marks.map(({ replica }) => replica)))
  return owed
    .filter(({ fact }) => !cut.has(fact.replica))
    .filter(({ fact }) => trust === undefined || !(trust.isRevoked(fact) || trust.isStruck(fact)))
    .map((said) => `${node.name} lost ${words.heads([said])} on ${said.change.key} by a fork`)
}
