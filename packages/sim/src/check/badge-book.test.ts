import { describe, expect, it } from 'vitest'
import { forgeBadge, foreverMs, linkIdOf } from '../hostile/forge-badge.js'
import { hexOf } from '../hostile/wire.js'
import { signaturesOf } from '../world/crypto.js'
import { createBadgeBook } from './badge-book.js'

const { hash, peerOf, signAs, verify } = signaturesOf('stub')
const meshId = hash(new TextEncoder().encode('book'))
const root = peerOf('root')

interface Given {
  readonly by: string
  readonly to: string
  readonly grants: readonly (readonly [string, string])[]
  readonly notAfter?: number
}

/** A chain of badges, and what the book has against it. */
function faultOf(...given: readonly Given[]): string | undefined {
  const book = createBadgeBook({
    meshId,
    hash,
    root,
    verify: (peer, ...signed) => verify(peer as typeof root, ...signed),
  })
  let parent: Uint8Array | null = null
  for (const { by, to, grants, notAfter = foreverMs } of given) {
    const tools = { meshId, hash, sign: (bytes: Uint8Array) => signAs(peerOf(by), bytes) }
    const link = forgeBadge(tools, {
      parent,
      issuer: peerOf(by),
      subject: peerOf(to),
      name: to,
      grants: grants.map(([prefix, can]) => ({ prefix, can })),
      notBefore: 0,
      notAfter,
    })
    book.learn(link)
    parent = linkIdOf(tools, link)
  }
  return book.faultOf(hexOf(parent!))
}

const admin: Given = { by: 'root', to: 'alice', grants: [['', 'admin']] }

describe('the checker, of badges', () => {
  it('believes what the root gave, and what was given from that', () => {
    expect(faultOf(admin)).toBeUndefined()
    expect(faultOf(admin, { by: 'alice', to: 'bob', grants: [['shop', 'write']] })).toBeUndefined()
  })

  it('believes nobody who gives more, longer or to others than it may', () => {
    const writer: Given = { by: 'root', to: 'alice', grants: [['shop', 'write']] }
    const host: Given = {
      by: 'root',
      to: 'alice',
      grants: [
        ['shop', 'write'],
        ['shop', 'invite'],
      ],
    }
    const brief = { ...admin, notAfter: 5 }
    const bob = (grants: Given['grants']): Given => ({ by: 'alice', to: 'bob', grants })
    expect(faultOf({ ...admin, by: 'bob' })).toMatch(/does not come from the root/)
    expect(faultOf(writer, bob([['shop', 'write']]))).toMatch(/lets nobody in/)
    expect(faultOf(host, bob([['', 'write']]))).toMatch(/gave more than it has/)
    expect(faultOf(host, bob([['shop', 'admin']]))).toMatch(/gave more than it has/)
    expect(faultOf(brief, bob([]))).toMatch(/good for longer/)
    expect(faultOf(admin, { by: 'carol', to: 'bob', grants: [] })).toMatch(/by somebody else/)
  })
})
