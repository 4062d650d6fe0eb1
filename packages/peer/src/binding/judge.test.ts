import type { Value } from '@grapevine/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { judge } from './judge.js'
import type { Judged } from './judge.js'

const answering = (validate: (value: unknown) => unknown): StandardSchemaV1 =>
  ({ '~standard': { version: 1, vendor: 'test', validate } }) as StandardSchemaV1

const judged = async (
  schema: StandardSchemaV1,
  value: Value = { a: [1] },
): Promise<Judged<unknown>> => new Promise((resolve) => judge(schema, value, resolve))

const message = async (validate: (value: unknown) => unknown): Promise<string> => {
  const answer = await judged(answering(validate))
  return answer.isValid ? 'valid' : answer.faults.map((fault) => fault.message).join('; ')
}

describe('a schema', () => {
  it('is believed at once where it answers at once', () => {
    const heard: unknown[] = []
    judge(z.object({ a: z.number() }), { a: 1 }, (answer) => heard.push(answer))
    expect(heard).toEqual([{ isValid: true, value: { a: 1 } }])
  })

  it('is waited for where it takes its time', async () => {
    const schema = z.number().refine(async (count) => Promise.resolve(count > 1), 'too small')
    expect(await judged(schema, 2)).toEqual({ isValid: true, value: 2 })
    expect(await judged(schema, 1)).toEqual({
      isValid: false,
      faults: [{ path: [], message: 'too small' }],
    })
  })

  it('says where the fault lies', async () => {
    const schema = z.object({ a: z.array(z.string()) })
    expect(await judged(schema)).toMatchObject({ faults: [{ path: ['a', '0'] }] })
    const segments = answering(() => ({ issues: [{ message: 'no', path: [{ key: 'a' }, 0] }] }))
    expect(await judged(segments)).toMatchObject({ faults: [{ path: ['a', '0'], message: 'no' }] })
  })

  it('refuses by throwing, at once or later, whatever it throws', async () => {
    const thrown = [
      new Error('broken'),
      'broken',
      undefined,
      null,
      Object.create(null),
    ] as unknown[]
    for (const error of thrown) {
      const atOnce = judged(
        answering(() => {
          throw error
        }),
      )
      expect((await atOnce).isValid).toBe(false)
      const later = judged(answering(async () => Promise.reject(error)))
      expect((await later).isValid).toBe(false)
    }
    const broken = (): never => {
      throw new Error('broken')
    }
    expect(await message(broken)).toBe('broken')
  })

  it('refuses by answering garbage', async () => {
    const hostile = new Proxy(
      {},
      {
        has: () => {
          throw new Error('no looking')
        },
      },
    )
    const garbage: unknown[] = [undefined, null, true, 7, 'yes', [], {}, hostile, { issues: [] }]
    for (const answer of [...garbage, { issues: 'many' }, { issues: [null] }, { issues: [{}] }]) {
      expect(await message(() => answer)).not.toBe('valid')
      expect(await message(async () => Promise.resolve(answer))).not.toBe('valid')
    }
    expect(await message(() => undefined)).toBe(
      'the schema answered undefined, neither a value nor issues',
    )
    expect(await message(() => ({ issues: [] }))).toBe('the schema does not say why')
    const gappy = await judged(answering(() => ({ issues: Array<unknown>(2) })))
    expect(gappy).toMatchObject({ isValid: false, faults: [{ path: [] }] })
    expect(await message(() => ({ value: 1, issues: [{ message: 'both' }] }))).toBe('both')
    expect(await message(() => ({ value: undefined }))).toBe('valid')
  })

  it('cannot change what it is asked about', async () => {
    const value: Value = Object.freeze({ list: Object.freeze([1]), bytes: new Uint8Array([1, 2]) })
    const greedy = answering((given) => {
      const { list, bytes } = given as { list: number[]; bytes: Uint8Array }
      list.push(2)
      bytes[0] = 9
      return { value: given }
    })
    expect(await judged(greedy, value)).toMatchObject({ value: { list: [1, 2] } })
    expect(value).toEqual({ list: [1], bytes: new Uint8Array([1, 2]) })
  })

  it('answers what nobody can change any more, as far as it is plain', async () => {
    const made = { list: [{ deep: true }], date: new Date(0), map: new Map(), self: {} }
    made.self = made
    const answer = await judged(answering(() => ({ value: made })))
    expect(answer.isValid && answer.value).toBe(made)
    expect([made, made.list, made.list[0]].every((part) => Object.isFrozen(part))).toBe(true)
    expect(Object.isFrozen(made.date)).toBe(false)
  })

  it('refuses by an answer that cannot even be looked at', async () => {
    const trap = Object.defineProperty({}, 'member', {
      enumerable: true,
      get: () => {
        throw new Error('no looking')
      },
    })
    expect(await message(() => ({ value: trap }))).toBe('no looking')
  })
})
