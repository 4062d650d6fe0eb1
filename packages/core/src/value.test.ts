import { describe, expect, it } from 'vitest'
import { MeshError } from './errors.js'
import { type Key } from './ids.js'
import { copyValue, sameValue, usableValue } from './value.js'

const key = 'shop/max-items' as Key
const copy = (value: unknown): unknown => copyValue(key, value)

describe('value', () => {
  it('is a deep-frozen copy that shares nothing with the caller', () => {
    const bytes = new Uint8Array([1, 2])
    const given = { list: [1, { deep: true }], bytes, text: 'é', none: null }
    const held = copy(given) as typeof given
    given.list.push(9)
    bytes[0] = 7
    expect(held).toEqual({
      list: [1, { deep: true }],
      bytes: new Uint8Array([1, 2]),
      text: 'é',
      none: null,
    })
    expect(Object.isFrozen(held)).toBe(true)
    expect(Object.isFrozen(held.list)).toBe(true)
    expect(Object.isFrozen(held.list[1])).toBe(true)
    expect(Object.isFrozen(given)).toBe(false)
    expect(Object.isFrozen(given.list)).toBe(false)
  })

  it('is what receivers will hold: 0 for -0, members in canonical order', () => {
    expect(Object.is(copy(-0), 0)).toBe(true)
    expect(Object.keys(copy({ bb: 1, a: 2, c: 3 }) as object)).toEqual(['a', 'c', 'bb'])
    expect(copy(Buffer.from([1]))).toEqual(new Uint8Array([1]))
    expect(copy(Object.assign(Object.create(null) as object, { a: 1 }))).toEqual({ a: 1 })
  })

  it('keeps numbers exactly', () => {
    for (const number of [
      1.5,
      5e-324,
      1.797e308,
      Number.MAX_SAFE_INTEGER,
      -Number.MAX_SAFE_INTEGER,
    ]) {
      expect(copy(number)).toBe(number)
    }
  })

  const cycle: unknown[] = []
  cycle.push(cycle)
  const odd = JSON.parse('{"__proto__": 1}') as unknown

  it.each([
    ['undefined', undefined, 'it has an undefined member'],
    ['a function', () => 1, 'it has a function'],
    ['a symbol', Symbol('x'), 'it has a symbol'],
    ['a bigint', 1n, 'it has a bigint'],
    ['NaN', Number.NaN, 'it has the number NaN'],
    ['1e400', Number('1e400'), 'it has the number Infinity'],
    ['a hole in a list', Object.assign([1], { length: 2 }), 'it has an undefined member'],
    ['a member that is undefined', { a: undefined }, 'it has an undefined member'],
    ['a Map', new Map(), 'it has an object that is neither plain JSON nor bytes'],
    ['a Set', new Set(), 'it has an object that is neither plain JSON nor bytes'],
    ['a Date', new Date(0), 'it has an object that is neither plain JSON nor bytes'],
    [
      'an instance of a class',
      new Error('x'),
      'it has an object that is neither plain JSON nor bytes',
    ],
    [
      'another typed array',
      new Uint16Array(1),
      'it has an object that is neither plain JSON nor bytes',
    ],
    ['a cycle', cycle, 'it is nested deeper than 32'],
    ['a byte order mark', { a: '\ufeffb' }, 'it has a text that begins with a byte order mark'],
    ['a lone surrogate', ['\ud800'], 'it has a text that is not well-formed Unicode'],
    [
      'a member with a lone surrogate',
      { '\udc00': 1 },
      'it has a text that is not well-formed Unicode',
    ],
    ['a member named __proto__', odd, 'it has a member named "__proto__"'],
    [
      'what the codec takes for a link',
      { '/': 'x', bytes: 'x' },
      'it has an object whose members "/" and "bytes" are equal',
    ],
  ])('refuses %s', (_what, value, why) => {
    expect(() => copy(value)).toThrow(MeshError)
    expect(() => copy(value)).toThrow(`value for shop/max-items cannot be used: ${why}`)
  })

  it('is the same by content', () => {
    expect(sameValue({ a: 1, b: [new Uint8Array(1)] }, { b: [new Uint8Array(1)], a: 1 })).toBe(true)
    expect(sameValue('1', 1)).toBe(false)
    expect(sameValue([], {})).toBe(false)
  })
})

describe('a value that is only looked at', () => {
  const faultOf = (take: () => unknown): unknown => {
    try {
      take()
    } catch (error) {
      return (error as MeshError).message
    }
    return undefined
  }

  it('is refused with the words of a write, and else handed back as it is', () => {
    const wrong = [undefined, Number.NaN, { a: [undefined] }, new Date(0), { ['__proto__']: 1 }]
    for (const value of wrong) {
      const fault = faultOf(() => usableValue(key, value))
      expect(fault).toBeDefined()
      expect(fault).toBe(faultOf(() => copy(value)))
    }
    const value = { list: [1, new Uint8Array([1])] }
    expect(usableValue(key, value)).toBe(value)
    expect(Object.isFrozen(value)).toBe(false)
  })
})
