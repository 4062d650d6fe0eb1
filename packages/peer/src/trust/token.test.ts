import { randomBytes } from 'node:crypto'
import type { PeerId } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { sealText } from './sealed-text.js'
import { formatToken, parseToken } from './token.js'

const token = {
  genesis: { name: 'shop', root: 'a'.repeat(64) as PeerId },
  links: [new Uint8Array([1, 2, 3]), new Uint8Array([4])],
  seed: new Uint8Array(randomBytes(32)),
  networkKey: { number: 3, secret: new Uint8Array(randomBytes(32)) },
  addresses: ['/ip4/10.0.0.7/tcp/7300'],
}

const faultOf = (text: unknown): string => {
  try {
    parseToken(text)
    return 'none'
  } catch (error) {
    expect(error).toMatchObject({ code: 'TOKEN_INVALID' })
    return (error as Error).message
  }
}

describe('a token', () => {
  it('says what it was made of, also with white space around it', () => {
    expect(parseToken(formatToken(token))).toEqual(token)
    expect(parseToken(`\n  ${formatToken(token)} \n`)).toEqual(token)
  })

  it('that was mistyped is told from one that is something else', () => {
    const text = formatToken(token)
    const other = text.at(40) === 'A' ? 'B' : 'A'
    for (const damaged of [text.slice(0, -3), text.slice(0, 40) + other + text.slice(41)]) {
      expect(faultOf(damaged)).toBe(
        'the token cannot be used: it was not copied whole, or a character of it was changed',
      )
    }
    for (const foreign of ['', 'ghp_abcdef', text.slice(4), 7, null]) {
      expect(faultOf(foreign)).toMatch(/does not begin with gv1|is not a text/)
    }
    expect(faultOf('gv1.'.padEnd(100_000, 'A'))).toBe(
      'the token cannot be used: it is far too long',
    )
    expect(faultOf(sealText('gv1', [2, 'more', 'fields']))).toContain('a newer version made it')
    expect(faultOf(sealText('gv1', [1, 'No Mesh', 0, 0, 0, 0, 0]))).toContain('it names no mesh')
    expect(faultOf(sealText('gv1', 7))).toContain('token is not a list')
  })

  it('is never shown by the error that refuses it', () => {
    const text = formatToken(token)
    for (let end = 1; end < text.length; end += 7) {
      const message = faultOf(text.slice(0, end))
      for (let at = 0; at + 8 <= end; at += 8) expect(message).not.toContain(text.slice(at, at + 8))
    }
  })
})
