import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { newIdentity } from '../../test/secret-mesh.js'
import { openWith, sealTo } from './age.js'
import { ensureAgeIdentity } from './identity.js'
import { isRecipient, recipientOf } from './recipient.js'

describe('the age identity of a peer', () => {
  it('is made once, and found in its record ever after', () => {
    const records = new Map<string, Uint8Array>()
    const made = ensureAgeIdentity(records, (transaction) => {
      for (const [name, bytes] of transaction) if (bytes !== null) records.set(name, bytes)
    })
    expect([...records.keys()]).toEqual(['peer/age'])
    const found = ensureAgeIdentity(records, () => expect.unreachable('it is there already'))
    expect(found.recipient).toBe(made.recipient)
    expect(found.key.equals(made.key)).toBe(true)
  })

  it('is another one for each peer', () => {
    expect(newIdentity().recipient).not.toBe(newIdentity().recipient)
  })

  it('opens what age seals to its recipient', async () => {
    const { recipient, key } = newIdentity()
    expect(isRecipient(recipient)).toBe(true)
    const sealed = await sealTo([recipient], new Uint8Array([1, 2, 3]))
    expect([...(await openWith(key, sealed, 1))]).toEqual([1, 2, 3])
  })

  it('does not show its key to whoever prints it', () => {
    const age = newIdentity()
    const der = age.key.export({ format: 'der', type: 'pkcs8' }).subarray(-32)
    const printed = inspect(age, { showHidden: true, depth: 9 }) + JSON.stringify(age)
    expect(printed).toContain(age.recipient)
    expect(printed).not.toContain(der.toString('hex'))
    expect(printed).not.toContain('AGE-SECRET-KEY')
    expect(printed).not.toContain([...der].slice(0, 8).join(', '))
  })
})

describe('an age recipient', () => {
  it('is refused with a wrong checksum, of another kind, and as a point of low order', () => {
    const { recipient } = newIdentity()
    const last = recipient.endsWith('q') ? 'p' : 'q'
    expect(isRecipient(recipient.slice(0, -1) + last)).toBe(false)
    expect(isRecipient(recipient.toUpperCase())).toBe(false)
    expect(isRecipient('age1pq1qqqq')).toBe(false)
    expect(isRecipient('')).toBe(false)
    // 32 bytes of zero: whatever key meets it, they agree on zero.
    expect(isRecipient(recipientOf(new Uint8Array(32)))).toBe(false)
    expect(isRecipient(recipientOf(new Uint8Array(31).fill(9)))).toBe(false)
  })
})
