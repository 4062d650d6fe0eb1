import { describe, expect, it } from 'vitest'
import { MeshError } from './errors.js'
import { checkKey, clipText, keyFault, utf8Length } from './key.js'

describe('key', () => {
  it('takes any text of segments', () => {
    for (const key of [
      'a',
      'shop/max-items',
      'Größe/€/😀',
      '...',
      'a.b',
      '.a',
      '-',
      'a b',
      '__proto__',
      'constructor',
    ]) {
      expect(keyFault(key), key).toBeUndefined()
      expect(checkKey(key)).toBe(key)
    }
  })

  it.each([
    ['', 'it is empty'],
    ['/a', 'it has an empty segment: write a/b, without / at either end'],
    ['a/', 'it has an empty segment: write a/b, without / at either end'],
    ['a//b', 'it has an empty segment: write a/b, without / at either end'],
    ['/', 'it has an empty segment: write a/b, without / at either end'],
    ['.', 'it has the segment "."'],
    ['a/./b', 'it has the segment "."'],
    ['..', 'it has the segment ".."'],
    ['a/..', 'it has the segment ".."'],
    ['a\u0000', 'it has a control character'],
    ['a\nb', 'it has a control character'],
    ['a\u001bb', 'it has a control character'],
    ['a\u007f', 'it has a control character'],
    ['a\u0085', 'it has a control character'],
    ['a\u2028b', 'it has a control character'],
    ['a\u2029b', 'it has a control character'],
    ['a\u202eb', 'it has a character that changes the direction of text'],
    ['a\u200fb', 'it has a character that changes the direction of text'],
    ['a\u061cb', 'it has a character that changes the direction of text'],
    ['a\u2066b', 'it has a character that changes the direction of text'],
    ['a\ud800', 'it is not well-formed Unicode'],
    ['\udc00a', 'it is not well-formed Unicode'],
    ['\ufeffa', 'it begins with a byte order mark (U+FEFF)'],
    ['x'.repeat(513), 'it is 513 bytes long, the limit is 512'],
    ['é'.repeat(257), 'it is 514 bytes long, the limit is 512'],
  ])('refuses %j', (key, why) => {
    expect(keyFault(key)).toBe(why)
    expect(() => checkKey(key)).toThrow(MeshError)
    expect(() => checkKey(key)).toThrow(`cannot be used: ${why}`)
  })

  it('refuses what is no text at all', () => {
    expect(() => checkKey(7)).toThrow('key 7 cannot be used: it is not a text')
  })

  it('quotes no more than the beginning of a long text', () => {
    const quoted = `key "${'x'.repeat(100)}" cannot be used: `
    expect(() => checkKey('x'.repeat(1_000_000))).toThrow(quoted)
  })

  it('measures as the encoder does', () => {
    const encoder = new TextEncoder()
    for (const text of ['', 'a', 'é', '€', '😀', 'a😀é€']) {
      expect(utf8Length(text)).toBe(encoder.encode(text).length)
    }
  })

  it('clips a text in whole characters', () => {
    expect(clipText('aé', 2)).toBe('a')
    expect(clipText('aé', 3)).toBe('aé')
    expect(clipText('a😀b', 4)).toBe('a')
    expect(clipText('a😀b', 5)).toBe('a😀')
  })

  it('clips a text to one that arrives as it is', () => {
    expect(clipText('\ufeff\ufeffa\ufeff', 8)).toBe('a\ufeff')
    expect(clipText('a\ud800b', 8)).toBe('a\ufffdb')
  })
})
