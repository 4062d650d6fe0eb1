import { expect } from 'vitest'
import * as lib from '../src/index.js'
import { decodeMessage } from '../src/message.js'
import { decodePresence } from '../src/presence.js'
import { nextStamp } from '../src/stamp.js'
import { decodeStatement } from '../src/statement.js'
import { type Node, cbor, write } from './cbor.js'
import {
  alone,
  cutBytes,
  give,
  gossipOf,
  grow,
  idsOf,
  meshOf,
  presenceBytes,
  presenceOf,
  refuse,
  release,
  sized,
  verdictOf,
  wantAll,
} from './mallory.js'
import { change } from './signed.js'
import { hex } from './stub-crypto.js'
import { startMs } from './world.js'

const { limits } = lib

/** What every replica refuses alike, and what one frame may hold. */
export const wireBoundaries = {
  keyBytesMax() {
    expect(lib.checkKey('é'.repeat(limits.keyBytesMax / 2))).toHaveLength(limits.keyBytesMax / 2)
    expect(() => lib.checkKey('x'.repeat(limits.keyBytesMax + 1))).toThrow(
      /it is 513 bytes long, the limit is 512/,
    )
    expect(() => lib.checkKey('é'.repeat(limits.keyBytesMax / 2) + 'x')).toThrow(
      /it is 513 bytes long/,
    )
  },

  valueBytesMax() {
    const world = alone()
    const text = 'x'.repeat(limits.valueBytesMax - 5)
    expect(world.put('alice', { a: text })).toBeDefined()
    expect(() => world.put('alice', { a: `${text}x` })).toThrow(
      /takes 1048577 bytes, the limit is 1048576/,
    )
    expect(verdictOf(give(world, release(world, change('k', cbor.text(text)))))).toBe('applied')
    expect(verdictOf(give(world, release(world, change('k', cbor.text(`${text}x`)))))).toMatch(
      /1048577 bytes/,
    )
  },

  valueNestingMax() {
    const world = alone()
    const nest = (levels: number): unknown => (levels === 0 ? 1 : [nest(levels - 1)])
    expect(world.put('alice', { a: nest(limits.valueNestingMax) })).toBeDefined()
    expect(() => world.put('alice', { a: nest(limits.valueNestingMax + 1) })).toThrow(
      /nested deeper than 32/,
    )
  },

  releaseChangesMax() {
    const world = alone()
    const keys = (count: number): string[] =>
      Array.from({ length: count }, (_, index) => `k${10_000 + index}`)
    const puts = (count: number): Map<string, number> => new Map(keys(count).map((key) => [key, 1]))
    const tree = (count: number): Node => grow(keys(count).map((key) => change(key, cbor.int(1))))
    expect(world.write('alice', { put: puts(limits.releaseChangesMax) })).toBeDefined()
    expect(() =>
      world.write('alice', { put: puts(limits.releaseChangesMax + 1), force: true }),
    ).toThrow(/has 4097 changes/)
    expect(verdictOf(give(world, release(world, tree(limits.releaseChangesMax))))).toBe('applied')
    expect(verdictOf(give(world, release(world, tree(limits.releaseChangesMax + 1))))).toMatch(
      /4097 changes|not a tree/,
    )
  },

  releaseBytesMax() {
    const world = alone()
    expect(verdictOf(give(world, sized(world, limits.releaseBytesMax)))).toBe('applied')
    expect(verdictOf(give(world, sized(world, limits.releaseBytesMax + 1)))).toMatch(
      /4194305 bytes long/,
    )
    const put = new Map(
      'abcde'.split('').map((key) => [key, new Uint8Array(limits.valueBytesMax - 5)]),
    )
    expect(() => world.write('alice', { put })).toThrow(
      /the release takes \d+ bytes, the limit is 4194304: publish it in parts/,
    )
  },

  releaseMessageBytesMax() {
    const world = alone()
    const message = 'é'.repeat(limits.releaseMessageBytesMax / 2)
    expect(world.write('alice', { put: new Map([['a', 1]]), message })).toBeDefined()
    const more = { put: new Map([['a', 2]]), message: `${message}x` }
    expect(() => world.write('alice', more)).toThrow(
      /the message is 1025 bytes long, the limit is 1024/,
    )
  },

  requestIdBytesMax() {
    const world = alone()
    const requestId = 'é'.repeat(limits.requestIdBytesMax / 2)
    expect(world.write('alice', { put: new Map([['a', 1]]), requestId })).toBeDefined()
    const more = { put: new Map([['a', 2]]), requestId: `${requestId}x` }
    expect(() => world.write('alice', more)).toThrow(
      /the request id is 65 bytes long, the limit is 64/,
    )
  },

  statementEntriesMax() {
    const world = alone()
    const marks = (count: number): Node[] =>
      idsOf(count).map((id) => cbor.list(cbor.bytes(id), cbor.int(0), cbor.null))
    const read = (count: number): number =>
      decodeStatement(meshOf(world), cutBytes(world, ...marks(count))).marks.length
    expect(read(limits.statementEntriesMax)).toBe(limits.statementEntriesMax)
    expect(() => read(limits.statementEntriesMax + 1)).toThrow(/at most 1024 marks/)
    const cut = (count: number): unknown => {
      const cuts = idsOf(count).map((id) => ({ replica: hex(id) as lib.ReplicaId, seq: 0 }))
      return world.handle('alice', { type: 'issue', statement: { kind: 'cut', marks: cuts } })
    }
    expect(cut(limits.statementEntriesMax)).toBeDefined()
    expect(() => cut(limits.statementEntriesMax + 1)).toThrow(lib.MeshError)
  },

  stampCounterMax() {
    const last = { ms: 5, counter: limits.stampCounterMax }
    expect(nextStamp({ ms: 5, counter: limits.stampCounterMax - 1 }, 5)).toEqual(last)
    expect(nextStamp(last, 5)).toEqual({ ms: 6, counter: 0 })
    const world = alone()
    const counted = (counter: number): Uint8Array =>
      release(world, change('k', cbor.int(1)), { counter })
    expect(verdictOf(give(world, counted(limits.stampCounterMax + 1)))).toMatch(/stamp counter/)
    expect(verdictOf(give(world, counted(limits.stampCounterMax)))).toBe('applied')
  },

  stampAheadMsMax() {
    const world = alone()
    const stamped = (ms: number): Uint8Array => release(world, change('k', cbor.int(1)), { ms })
    expect(verdictOf(give(world, stamped(startMs + limits.stampAheadMsMax + 1)))).toBe('early')
    world.tick(1)
    expect(world.replica('alice').get('k')).toBe(1)
    // What was taken can be at most that far ahead, so that this replica's own writes are no further.
    world.now -= 2
    expect(() => world.put('alice', { a: 1 })).toThrow(/correct the clock/)
    world.now += 2
    expect(world.put('alice', { a: 1 })).toBeDefined()
  },

  pageBytesMax() {
    const world = alone()
    const mesh = meshOf(world)
    const read = (bytes: number): unknown => decodePresence(mesh, new Uint8Array(bytes))
    expect(() => read(limits.pageBytesMax)).not.toThrow(/bytes long/)
    expect(() => read(limits.pageBytesMax + 1)).toThrow(/65537 bytes long, the limit is 65536/)
    for (let count = 0; count < 10; count++)
      world.put('alice', { [`k${count}`]: new Uint8Array(10_000) })
    const delta = wantAll(world)
    const sizes = delta.releases.map((bytes) => bytes.length)
    const sum = sizes.reduce((total, size) => total + size, 0)
    expect(sum).toBeLessThanOrEqual(limits.pageBytesMax)
    expect(sum + sizes[0]!).toBeGreaterThan(limits.pageBytesMax)
    expect(delta.rest).toHaveLength(1)
  },

  statementBytesMax() {
    const read = (bytes: number): unknown => decodeStatement(meshOf(alone()), new Uint8Array(bytes))
    expect(() => read(limits.statementBytesMax)).not.toThrow(/bytes long/)
    expect(() => read(limits.statementBytesMax + 1)).toThrow(/bytes long/)
  },

  wantRangesMax() {
    const world = alone()
    const sees = (count: number): Node => {
      const seen = idsOf(count).flatMap((id) => [cbor.bytes(id), cbor.int(1)])
      return cbor.wrapped(cbor.list(cbor.text('k'), cbor.list(...seen), cbor.int(1)))
    }
    const asked = (count: number): number => {
      const effects = give(alone(), release(world, sees(count)))
      const pull = effects.find(({ type }) => type === 'pull') as { readonly bytes: Uint8Array }
      const want = decodeMessage(pull.bytes) as { readonly ranges: readonly unknown[] }
      return want.ranges.length
    }
    expect(asked(limits.wantRangesMax)).toBe(limits.wantRangesMax)
    expect(asked(limits.wantRangesMax + 1)).toBe(limits.wantRangesMax)
  },

  frameBytesMax() {
    const frame = (bytes: number): Uint8Array =>
      write(cbor.list(cbor.int(0), cbor.bytes(new Uint8Array(bytes - 7))))
    expect(frame(limits.frameBytesMax)).toHaveLength(limits.frameBytesMax)
    expect(decodeMessage(frame(limits.frameBytesMax)).type).toBe('release')
    expect(() => decodeMessage(frame(limits.frameBytesMax + 1))).toThrow(
      /4259841 bytes long, the limit is 4259840/,
    )
  },

  announceBytesMin() {
    const world = alone()
    const probe = decodeMessage(gossipOf(world, 30_000)) as { readonly bytes: Uint8Array }
    const room = 30_000 + limits.announceBytesMin - probe.bytes.length
    expect(decodeMessage(gossipOf(alone(), room))).toHaveProperty(
      'bytes.length',
      limits.announceBytesMin,
    )
    expect(decodeMessage(gossipOf(alone(), room + 1)).type).toBe('announce')
  },

  presenceEntriesMax() {
    const world = alone()
    const hear = (index: number): unknown => {
      const incarnation = new Uint8Array(8)
      new DataView(incarnation.buffer).setUint32(0, index)
      return give(world, release(world, change('k', cbor.int(index)), { incarnation }))
    }
    for (let index = 0; index < limits.presenceEntriesMax; index++) hear(index)
    expect(presenceOf(world).clock?.size).toBe(limits.presenceEntriesMax)
    hear(limits.presenceEntriesMax)
    expect(world.replica('alice').clock().size).toBe(limits.presenceEntriesMax + 1)
    expect(presenceOf(world).clock?.size).toBe(limits.presenceEntriesMax)
  },

  presenceRefusalsMax() {
    const world = alone()
    refuse(world, 0, limits.presenceRefusalsMax)
    expect(presenceOf(world).refusals).toHaveLength(limits.presenceRefusalsMax)
    refuse(world, limits.presenceRefusalsMax, 1)
    expect(presenceOf(world).refusals).toHaveLength(limits.presenceRefusalsMax)
  },

  presenceBriefsMax() {
    const world = alone()
    world.put('alice', { a: 1 })
    const whole = (): boolean => presenceOf(world).clock !== undefined
    expect(whole()).toBe(true)
    for (let brief = 0; brief < limits.presenceBriefsMax; brief++) expect(whole()).toBe(false)
    expect(whole()).toBe(true)
  },

  presenceLabelsMax() {
    const world = alone()
    const labels = (count: number): Map<string, string> =>
      new Map(idsOf(count).map((id) => [hex(id), 'x']))
    expect(presenceOf(world, { labels: labels(limits.presenceLabelsMax) }).labels.size).toBe(
      limits.presenceLabelsMax,
    )
    expect(presenceOf(world, { labels: labels(limits.presenceLabelsMax + 1) }).labels.size).toBe(
      limits.presenceLabelsMax,
    )
  },

  labelBytesMax() {
    const world = alone()
    const full = 'é'.repeat(limits.labelBytesMax / 2)
    expect(presenceOf(world, { software: full }).software).toBe(full)
    expect(presenceOf(world, { software: `${full}x` }).software).toBe(full)
    expect(
      presenceOf(world, { software: `${'x'.repeat(limits.labelBytesMax - 2)}😀` }).software,
    ).toBe('x'.repeat(limits.labelBytesMax - 2))
    const signed = (software: string): Uint8Array =>
      presenceBytes(world, { software: cbor.text(software) })
    expect(decodePresence(meshOf(world), signed(full))!.software).toBe(full)
    expect(() => decodePresence(meshOf(world), signed(`${full}x`))).toThrow(
      /software is longer than 128/,
    )
  },

  reasonBytesMax() {
    const world = alone()
    const full = 'é'.repeat(limits.reasonBytesMax / 2)
    world.put('alice', { a: 1 })
    const reasonOf = (reason: string): string => {
      world.handle('alice', { type: 'refuse', key: lib.checkKey('a'), reason })
      return presenceOf(world).refusals[0]!.reason
    }
    expect(reasonOf(full)).toBe(full)
    expect(reasonOf(`${full}x`)).toBe(full)
    expect(reasonOf(`${'x'.repeat(limits.reasonBytesMax - 1)}😀`)).toBe(
      'x'.repeat(limits.reasonBytesMax - 1),
    )
    const signed = (reason: string): Uint8Array => {
      const refusal = cbor.list(
        cbor.bytes(new Uint8Array(16)),
        cbor.int(1),
        cbor.text('a'),
        cbor.text(reason),
      )
      return presenceBytes(world, { refusals: cbor.list(refusal) })
    }
    expect(decodePresence(meshOf(world), signed(full))!.refusals[0]!.reason).toBe(full)
    expect(() => decodePresence(meshOf(world), signed(`${full}x`))).toThrow(
      /reason is longer than 256/,
    )
  },
}
