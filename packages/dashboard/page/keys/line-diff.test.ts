import { describe, expect, it } from 'vitest'
import type { Value } from '@grapevine/core'
import { folded, lineDiff, valueDiff } from './line-diff.js'
import type { DiffLine } from './line-diff.js'

const signs = { same: ' ', added: '+', removed: '-', gap: '…' } as const
const shown = (lines: readonly DiffLine[]): readonly string[] =>
  lines.map(({ is, text }) => `${signs[is]}${text}`)

describe('diff of lines', () => {
  it('keeps what is common, and shows what went before what came', () => {
    const before = ['a', 'b', 'c', 'd']
    expect(shown(lineDiff(before, ['a', 'x', 'c', 'd', 'e']))).toEqual([
      ' a',
      '-b',
      '+x',
      ' c',
      ' d',
      '+e',
    ])
  })

  it('leads from the one to the other, whatever they are', () => {
    let seed = 7
    const next = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most
    const some = (): string[] => Array.from({ length: next(12) }, () => 'abcd'[next(4)] ?? 'a')
    for (let round = 0; round < 300; round += 1) {
      const [before, after] = [some(), some()]
      const lines = lineDiff(before, after)
      const without = (gone: DiffLine['is']): readonly string[] =>
        lines.filter(({ is }) => is !== gone).map(({ text }) => text)
      expect(without('added')).toEqual(before)
      expect(without('removed')).toEqual(after)
    }
  })

  it('gives up comparing what is too large, but not what is equal at both ends', () => {
    const many = (letter: string): readonly string[] =>
      Array.from({ length: 1_100 }, (_, at) => `${letter}${at}`)
    const lines = lineDiff(['head', ...many('a'), 'tail'], ['head', ...many('b'), 'tail'])
    expect(lines).toHaveLength(2_202)
    expect(shown([lines[0]!, lines[1]!, lines[1_101]!, lines.at(-1)!])).toEqual([
      ' head',
      '-a0',
      '+b0',
      ' tail',
    ])
  })

  it('folds what is far from any change', () => {
    const before = Array.from({ length: 20 }, (_, at) => String(at))
    const lines = folded(lineDiff(before, before.with(10, 'x')))
    expect(shown(lines)).toEqual(['…7', ' 7', ' 8', ' 9', '-10', '+x', ' 11', ' 12', ' 13', '…6'])
  })
})

describe('diff of values', () => {
  it.each<[Value | undefined, Value | undefined, readonly string[]]>([
    ['one\ntwo', 'one\n2', [' one', '-two', '+2']],
    [undefined, 'new', ['+new']],
    ['old', undefined, ['-old']],
    ['12', 12, ['-"12"', '+12']],
    [{ a: 1 }, { a: 2 }, [' {', '-  "a": 1', '+  "a": 2', ' }']],
    ['same', 'same', [' same']],
  ])('from %j to %j', (before, after, lines) => {
    expect(shown(valueDiff(before, after))).toEqual(lines)
  })

  it('shows bytes as hex, and of a secret nothing that is in it', () => {
    const secret = (age: number): Value => ({
      $secret: {
        kind: 'text',
        audience: 'named',
        recipients: [{ name: 'bob' }],
        age: new Uint8Array(age),
      },
    })
    expect(shown(valueDiff(undefined, new Uint8Array([65, 0])))[1]).toMatch(/^\+0000 {2}41 00 +A·$/)
    expect(shown(valueDiff(secret(3), secret(4)))).toEqual([
      '-sealed text, 3 bytes',
      '+sealed text, 4 bytes',
      ' for bob',
    ])
  })
  it('tells that something changed even where it is not shown', () => {
    const long = (last: number): Value => new Uint8Array(5_000).fill(last, 4_999)
    expect(shown(valueDiff(long(1), long(2))).slice(-2)).toEqual([
      '-(what is not shown)',
      '+(what is not shown)',
    ])
    expect(shown(valueDiff(long(1), long(1))).join()).not.toContain('not shown')
  })
})
