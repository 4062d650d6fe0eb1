import { signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'
import type { Value } from '@grapevine/core'
import type { Desk } from '../desk.js'
import { inOrder } from './canonical.js'
import { kindOf, readText, textOf } from './value-text.js'
import type { Kind, Read } from './value-text.js'

/** What somebody types for a key, and what was there when it began. */
export interface Typed {
  readonly key: string
  readonly kind: Kind
  readonly text: string
  /** What was seen of the key: it must still be that when it is published. */
  readonly base: Base
}

export interface Base {
  readonly value: Value | undefined
  /** null: there was none. */
  readonly version: string | null
}

/** By their keys; they outlive the view, a lost line and another look. */
export interface Drafts {
  readonly all: ReadonlySignal<ReadonlyMap<string, Typed>>
  put(typed: Typed): void
  drop(key: string): void
}

const known = new WeakMap<Desk, Drafts>()

export function draftsOf(desk: Desk): Drafts {
  const drafts = known.get(desk) ?? openDrafts()
  known.set(desk, drafts)
  return drafts
}

export function openDrafts(): Drafts {
  const all = signal<ReadonlyMap<string, Typed>>(new Map())
  return {
    all,
    put: (typed) => (all.value = new Map(all.value).set(typed.key, typed)),
    drop(key) {
      const rest = new Map(all.value)
      if (rest.delete(key)) all.value = rest
    },
  }
}

export const typedFor = (key: string, base: Base, value = base.value): Typed => ({
  key,
  kind: kindOf(value),
  text: textOf(value),
  base,
})

/** Whether something would be lost. */
export const isTouched = ({ kind, text, base }: Typed): boolean =>
  base.value === undefined
    ? text !== ''
    : kind !== kindOf(base.value) || text !== textOf(base.value)

/** As the peer would hold it. */
export function readTyped({ kind, text }: Pick<Typed, 'kind' | 'text'>): Read {
  const read = readText(text, kind)
  return read.isValid ? { isValid: true, value: inOrder(read.value) } : read
}
