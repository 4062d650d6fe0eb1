import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createKeyring, greeting } from './keyring.js'
import { keyStream, nonceBytes } from './salsa.js'

const keys = [randomBytes(32), randomBytes(32), randomBytes(32)] as const
const [newest, older, oldest] = keys
const address = '/ip4/10.0.0.2/tcp/7000'

function openingWith(key: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes)
  return Buffer.concat([nonce, keyStream(key, nonce)(greeting)])
}

describe('a keyring', () => {
  it('finds out which of its keys was used, and goes on behind the greeting', () => {
    const keyring = createKeyring(() => keys)
    for (const key of keys) {
      const nonce = randomBytes(nonceBytes)
      const theirs = keyStream(key, nonce)
      const opened = keyring.open(Buffer.concat([nonce, theirs(greeting)]))
      expect(opened?.key).toBe(key)
      const said = Buffer.from('what follows')
      expect(opened?.stream(theirs(said))).toEqual(new Uint8Array(said))
    }
    expect(keyring.open(openingWith(randomBytes(32)))).toBeUndefined()
  })

  it('dials with the newest, then with older ones where nobody answers, and begins again', () => {
    const keyring = createKeyring(() => keys)
    for (const key of [newest, older, oldest, newest]) {
      expect(keyring.dialKey(address)).toBe(key)
      keyring.unanswered(address, key)
    }
    expect(keyring.dialKey('/ip4/10.0.0.3/tcp/7000')).toBe(newest)
    keyring.answered(address)
    expect(keyring.dialKey(address)).toBe(newest)
    expect(keyring.isUnanswered(address)).toBe(false)
  })

  it('takes the newest where the key that failed is gone', () => {
    let live: readonly Uint8Array[] = [newest, older]
    const keyring = createKeyring(() => live)
    keyring.unanswered(address, newest)
    live = [oldest]
    expect(keyring.dialKey(address)).toBe(oldest)
    live = []
    expect(keyring.dialKey(address)).toBeUndefined()
    expect(keyring.open(openingWith(newest))).toBeUndefined()
  })
})
