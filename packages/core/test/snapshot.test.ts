import { describe, expect, it } from 'vitest'
import * as lib from '../src/index.js'
import { type Node, cbor, parse, write } from './cbor.js'
import { recordCorpus, typeOf } from './corpus.js'
import { placesOf, replaceAt } from './mutate.js'
import { checkEffects, openTarget } from './target.js'

/** What is merged from it keeps every promise, or nothing is: `checkEffects` compares with the oracle. */

const corpus = recordCorpus(lib)
const scenes = corpus.scenes.filter(({ bytes }) => typeOf(bytes) === 'snapshot')

/** Frames of every snapshot with its items bent at one place, and how many of them were merged. */
function merged(bend: (items: readonly Node[], at: number) => readonly Node[]): number {
  let count = 0
  for (const scene of scenes) {
    const frame = parse(scene.bytes)!
    const [items] = frame.children.slice(-1) as [Node]
    for (let at = 0; at < items.children.length; at++) {
      const bent = { ...items, children: bend(items.children, at) }
      const bytes = write({ ...frame, children: [...frame.children.slice(0, -1), bent] })
      const target = openTarget(lib, corpus, scene)
      const input = { type: 'received', from: scene.from, bytes } as const
      checkEffects(lib, corpus, target, target.replica.handle(input, scene.now))
      if (target.replica.clock().size > 0) count += 1
    }
  }
  return count
}

const isSignature = ({ major, content }: Node): boolean => major === 2 && content.length === 64

const forge = (signature: Node): Node =>
  cbor.bytes(signature.content.map((byte, index) => (index === 9 ? byte ^ 1 : byte)))

describe('snapshot', () => {
  it('is merged as it is', () => {
    expect(merged((items) => items)).toBeGreaterThan(0)
  })

  it('shows all that its clock covers, or is refused', () => {
    const whole = merged((items) => items)
    const lacking = merged((items, at) => items.filter((_, index) => index !== at))
    expect(lacking).toBeLessThan(whole)
  })

  it('shows nothing else when it says something twice, or is refused', () => {
    const doubled = merged((items, at) => [...items.slice(0, at + 1), ...items.slice(at)])
    expect(doubled).toBeLessThanOrEqual(merged((items) => items))
  })

  it('is refused once any signature in it is another', () => {
    for (const scene of scenes) {
      const before = openTarget(lib, corpus, scene)
      for (const [path] of placesOf(parse(scene.bytes)!).filter(([, node]) => isSignature(node))) {
        const target = openTarget(lib, corpus, scene)
        const bytes = write(replaceAt(parse(scene.bytes)!, path, forge))
        const input = { type: 'received', from: scene.from, bytes } as const
        checkEffects(lib, corpus, target, target.replica.handle(input, scene.now))
        expect(target.replica.keys()).toEqual(before.replica.keys())
      }
    }
  })

  it('may come in any order', () => {
    expect(merged((items) => items.toReversed())).toBeGreaterThan(0)
  })

  it('is refused with an item that is none', () => {
    const none = [
      cbor.null,
      cbor.wrapped(cbor.list()),
      cbor.wrapped(cbor.list(cbor.int(6))),
      cbor.wrapped(cbor.list(cbor.int(5))),
    ]
    for (const item of none) {
      expect(
        merged((items, at) => items.map((one, index) => (index === at ? item : one))),
      ).toBeLessThan(merged((items) => items))
    }
  })
})
