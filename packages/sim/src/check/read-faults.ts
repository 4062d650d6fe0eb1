import type * as Core from '@grapevine/core'
import type { Said } from './oracle.js'
import { isPut } from './oracle.js'
import { recordOf } from './facts.js'
import { putHeadsOf } from './key-heads.js'
import { firstFault } from './rule.js'
import type { Scene } from './scene.js'
import type { Step } from './step.js'
import { sameValue } from './values.js'
import type { View } from './view.js'

/** All keys of a release are looked at together: it is visible whole, or not at all. */
export function headsFault(step: Step): string | undefined {
  const { scene, view, node, touched } = step
  if (touched.size === 0) return undefined
  scene.tally.checks += touched.size
  return firstFault(touched, (key) => {
    if (view.doubted.has(key)) return undefined
    const expected = putHeadsOf(view.keys.get(key))
    const reading = node.replica.read(key)
    if (isShown(reading, expected)) return undefined
    if (scene.mayDiffer() || isHidden(step, key, expected, reading)) {
      view.doubted.add(key)
      return undefined
    }
    return readingFault(scene, view, key, expected, reading)
  })
}

/** The very same heads, in their order, with their values. */
export function isShown(reading: Core.Reading | undefined, heads: readonly Said[]): boolean {
  const winner = heads[0]
  if (reading === undefined || winner === undefined) return reading === winner
  return (
    reading.others.length === heads.length - 1 &&
    isSaid(reading, winner) &&
    reading.others.every((other, index) => isSaid(other, heads[index + 1]!))
  )
}

const isSaid = (shown: Pick<Core.Reading, 'release' | 'value'>, { fact, change }: Said): boolean =>
  shown.release.id === fact.id && sameValue(shown.value, change.put!.value)

export const readingFault = (
  { words }: Scene,
  { node, clock }: View,
  key: string,
  expected: readonly Said[],
  reading: Core.Reading | undefined,
): string =>
  `${node.name} shows ${words.reading(reading)} on ${key}, and by the releases of the ${clock.size} replica ids that its clock covers it had to show ${words.heads(expected)}`

/**
 * A hostile member can keep something back in a snapshot from somebody who never held it: that is
 * noticed and repaired later. It cannot take away what was held.
 */
function isHidden(
  step: Step,
  key: string,
  expected: readonly Said[],
  reading: Core.Reading | undefined,
): boolean {
  if (!step.isJump || !isFromLiar(step)) return false
  const shown = reading === undefined ? [] : [reading, ...reading.others]
  const ids = new Set<string>(shown.map(({ release }) => release.id))
  const before = step.headsBefore.get(key) ?? []
  const vanished = before.filter(
    (said) =>
      isPut(said) && expected.some(({ fact }) => fact === said.fact) && !ids.has(said.fact.id),
  )
  const isPhantom = shown.some(({ release }) => step.scene.facts.byId(release.id) === undefined)
  return vanished.length === 0 && !isPhantom
}

/**
 * What a liar leaves out of a snapshot need not be seen: a remove that has left, and what it had seen.
 * Who is given less than there is cannot name it when it writes the key.
 */
export function noteMisled(step: Step): void {
  if (!step.isJump || !isFromLiar(step)) return
  for (const { fact } of step.taken) {
    if (step.stored.copies.has(recordOf(fact))) continue
    for (const { key } of fact.changes) step.view.misled.add(key)
  }
}

const snapshotKind = 10

/** A frame begins with the head of a list, and then the kind of message in one byte. */
export const isSnapshot = (input: Core.Input): boolean =>
  input.type === 'received' && input.bytes[1] === snapshotKind

/** A snapshot that waited for a second word was made by two, and two can lie as one. */
function isFromLiar({ scene, input }: Step): boolean {
  if (input.type !== 'received') return false
  const views = [...scene.views.values()]
  const isDeceived = ({ doubted, misled }: View): boolean => doubted.size + misled.size > 0
  if (!isSnapshot(input)) return scene.plan.hostile > 1 || views.some(isDeceived)
  const sender = views.find(({ node }) => node.peer === input.from)
  return sender === undefined || isDeceived(sender)
}

export function orderFault({ node, effects }: Step): string | undefined {
  const last = effects.findLastIndex(({ type }) => type === 'persist')
  if (last <= 0) return undefined
  const early = effects.slice(0, last).find(({ type }) => type !== 'persist')
  return early && `${node.name} gives out ${early.type} before what it rests on is stored`
}

export function onceFault({ node, effects }: Step): string | undefined {
  const times = effects.filter(({ type }) => type === 'changed').length
  return times <= 1 ? undefined : `${node.name} tells the changes of one input ${times} times`
}

const absent = { id: undefined, version: null } as const

export function toldFault({ view, effects, touched }: Step): string | undefined {
  for (const effect of effects) {
    if (effect.type !== 'changed') continue
    const fault = firstFault(effect.changes, (change) => changeFault(view, change))
    if (fault !== undefined) return fault
  }
  return firstFault(touched, (key) => shadowFault(view, key))
}

/** Takes a change into the shadow, unless it does not follow from what was told before. */
function changeFault(view: View, change: Core.KeyChange): string | undefined {
  const { key, version } = change
  const { name } = view.node
  const was = view.shadow.get(key) ?? absent
  const before = change.before?.release.id
  const id = change.now?.release.id
  if (was.id !== before) {
    return `${name} tells that ${key} showed release ${short(before)} before, and it had told ${short(was.id)}`
  }
  if (was.version === version) return `${name} tells a change of ${key}, and nothing changed`
  if (id === undefined) view.shadow.delete(key)
  else view.shadow.set(key, { id, version })
  return undefined
}

export function shadowFault({ node, shadow }: View, key: string): string | undefined {
  const told = shadow.get(key) ?? absent
  const reading = node.replica.read(key)
  const version = reading?.version ?? null
  if (told.id === reading?.release.id && told.version === version) return undefined
  return `${node.name} shows release ${short(reading?.release.id)} on ${key} at version ${version?.slice(0, 8) ?? 'none'}, and whoever watched was told ${short(told.id)} at ${told.version?.slice(0, 8) ?? 'none'}`
}

const short = (id: string | undefined): string => id?.slice(0, 8) ?? 'none'
