import { describe, expect, it } from 'vitest'
import type { Value } from '@grapevine/core'
import { hexLines } from './hex.js'
import { jsonPieces } from './json-pieces.js'
import { sealedIn } from './sealed.js'
import { sizeOf, typeName } from './value-names.js'
import { prettyJson } from './value-text.js'
import { visible } from './visible.js'

const secret: Value = {
  $secret: {
    version: 1,
    kind: 'text',
    audience: 'members',
    recipients: [{ age: 'age1…', name: 'alice' }, { age: 'age1…' }],
    age: new Uint8Array(200),
  },
}

describe('a value, as it is shown', () => {
  it.each<[Value | undefined, string]>([
    ['a', 'text'],
    [1, 'number'],
    [false, 'true / false'],
    [null, 'null'],
    [[1, 2], 'list of 2'],
    [{ a: 1 }, 'object with 1 member'],
    [new Uint8Array(1), '1 byte'],
    [secret, 'sealed secret'],
    [undefined, 'nothing'],
  ])('%j is called %s', (value, name) => {
    expect(typeName(value)).toBe(name)
  })

  it('says sizes as people do', () => {
    const sizes = [0, 1, 999, 1_536, 3_000_000].map((length) => sizeOf({ length }))
    expect(sizes).toEqual(['0 bytes', '1 byte', '999 bytes', '1.5 kB', '3 MB'])
  })

  it('loses nothing by its colours', () => {
    const json = prettyJson({ a: ['x "q" \\', -1.5e3, true, null], 'b: c': { d: 'true 1' } })
    const pieces = jsonPieces(json)
    expect(pieces.map(({ text }) => text).join('')).toBe(json)
    const texts = (kind: string): readonly string[] =>
      pieces.filter(({ is }) => is === kind).map(({ text }) => text)
    expect(texts('name')).toEqual(['"a"', '"b: c"', '"d"'])
    expect(texts('text')).toEqual(['"x \\"q\\" \\\\"', '"true 1"'])
    expect(texts('number')).toEqual(['-1500'])
    expect(texts('word')).toEqual(['true', 'null'])
  })

  it('has no colours where there would be too many', () => {
    expect(jsonPieces(prettyJson(Array.from({ length: 20_000 }, () => 1)))).toHaveLength(1)
  })

  it('is hex where it is bytes, and says how much is left out', () => {
    const lines = hexLines(
      Uint8Array.from({ length: 40 }, (_, at) => at + 60),
      32,
    )
    expect(lines).toHaveLength(3)
    expect(lines[1]).toMatch(/^0010 {2}4c 4d /)
    expect(lines[2]).toBe('… 8 more')
  })

  it('shows what would turn a line around, or hide in it', () => {
    expect(visible('a\u202eb\u200bc\r\n\td é')).toBe('a\\u202eb\\u200bc\\u000d\n\td é')
  })

  it('tells of a secret who can open it, and takes no imitation for one', () => {
    expect(sealedIn(secret)).toEqual({
      holds: 'text',
      isForMembers: true,
      recipients: ['alice', undefined],
      bytes: 200,
    })
    for (const other of [{ $secret: 1 }, { $secret: { recipients: [] } }, 'x', null, [secret]]) {
      expect(sealedIn(other)).toBeUndefined()
    }
  })
})
