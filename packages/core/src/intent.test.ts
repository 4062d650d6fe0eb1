import { describe, expect, it } from 'vitest'
import { ed25519Crypto } from '../test/ed25519.js'
import { sha256 } from '../test/stub-crypto.js'
import { Malformed, MeshError } from './errors.js'
import { type BadgeId, type Key, type ReplicaId } from './ids.js'
import { type IntentDraft, readIntent, signIntent } from './intent.js'
import { limits } from './limits.js'
import { openMesh } from './mesh.js'
import { decodeEvidence, isSigned, showOnly, signRelease } from './release.js'

const pat = ed25519Crypto('pat')
const relay = ed25519Crypto('relay')
const rules = {
  id: sha256(new Uint8Array()),
  admins: new Set([pat.peer]),
  revocable: true,
  closed: true,
}
const mesh = openMesh(rules, relay.crypto)
const badge = 'ab'.repeat(32) as BadgeId
const seen = new Map([['cd'.repeat(16) as ReplicaId, 3]])

const draft: IntentDraft = {
  author: pat.peer,
  badge,
  atMs: 1000,
  untilMs: 2000,
  put: new Map<string, unknown>([
    ['shop/c', { deep: [1, null] }],
    ['shop/a', 1],
  ]),
  remove: ['shop/b'],
  message: 'why',
  requestId: 'r-1',
}
const sign = (parts: Partial<IntentDraft> = {}): Uint8Array =>
  signIntent(mesh, { ...draft, ...parts }, pat.crypto.sign)

/** What a relay makes of it: around the same will, with what it has itself seen. */
const numbered = (
  bytes: Uint8Array,
  parts: Partial<Parameters<typeof signRelease>[1]> = {},
): Uint8Array => {
  const intent = readIntent(mesh, bytes)
  return signRelease(mesh, {
    peer: relay.peer,
    incarnation: new Uint8Array(8),
    seq: 1,
    prev: null,
    stamp: { ms: 1500, counter: 0 },
    message: intent.message,
    requestId: intent.requestId,
    badge,
    authorship: intent,
    spentBytes: 1,
    changes: intent.changes.map((wish) => ({ ...wish, seen })),
    ...parts,
  })
}

const holds = (bytes: Uint8Array): boolean => isSigned(mesh, decodeEvidence(mesh, bytes))

describe('intent', () => {
  it('reads back as what its author signed, keys ascending', () => {
    const intent = readIntent(mesh, sign())
    const { author, atMs, untilMs, message, requestId } = draft
    expect(intent).toMatchObject({ author, badge, atMs, untilMs, message, requestId })
    expect(intent.changes).toEqual([
      { key: 'shop/a', put: { value: 1 } },
      { key: 'shop/b' },
      { key: 'shop/c', put: { value: { deep: [1, null] } } },
    ])
  })

  it('does not hold once any bit of it is another', () => {
    const bytes = sign()
    for (let index = 0; index < bytes.length; index++) {
      const bent = new Uint8Array(bytes)
      bent[index]! ^= 1
      expect(() => readIntent(mesh, bent), `byte ${index}`).toThrow(Malformed)
    }
  })

  it('does not hold in another mesh', () => {
    const elsewhere = openMesh({ ...rules, id: new Uint8Array(32) }, relay.crypto)
    expect(() => readIntent(elsewhere, sign())).toThrow('the signature of the intent does not hold')
  })

  it('is refused where it is made if no peer would take it', () => {
    expect(() => sign({ put: new Map([['a//b', 1]]) })).toThrow(MeshError)
    expect(() => sign({ put: new Map([['a', () => 1]]) })).toThrow(MeshError)
    expect(() => readIntent(mesh, sign({ remove: ['shop/a'] }))).toThrow(/each once/)
    const many = Array.from({ length: limits.releaseChangesMax + 1 }, (_, index) => `k${index}`)
    expect(() => readIntent(mesh, sign({ remove: many }))).toThrow(/1 to 4096 changes/)
  })

  it('holds in a release whatever its relay had seen, and however little of it is shown', () => {
    const bytes = numbered(sign())
    expect(holds(bytes)).toBe(true)
    for (const shown of ['', 'a', 'b', 'ac', 'bc', 'abc']) {
      const part = showOnly(mesh, bytes, (key) => shown.includes(key.at(-1)!))
      expect(holds(part), `showing ${shown}`).toBe(true)
      // Again of what is a part already.
      expect(holds(showOnly(mesh, part, (key) => key === 'shop/a'))).toBe(true)
    }
  })

  it('does not hold in a release that says anything else', () => {
    const { changes } = readIntent(mesh, sign())
    const withSeen = changes.map((wish) => ({ ...wish, seen }))
    const other = { key: 'shop/d' as Key, seen, put: { value: 1 } }
    expect(holds(numbered(sign(), { changes: [...withSeen, other] }))).toBe(false)
    expect(holds(numbered(sign(), { changes: withSeen.slice(1) }))).toBe(false)
    const bent = withSeen.map((change) => ({ ...change, put: { value: 2 } }))
    expect(holds(numbered(sign(), { changes: bent }))).toBe(false)
    expect(holds(numbered(sign(), { message: 'why not' }))).toBe(false)
    expect(holds(numbered(sign(), { requestId: 'r-2' }))).toBe(false)
    const authorship = readIntent(mesh, sign())
    for (const parts of [{ untilMs: 9000 }, { atMs: 1 }, { badge: 'cd'.repeat(32) as BadgeId }]) {
      expect(holds(numbered(sign(), { authorship: { ...authorship, ...parts } }))).toBe(false)
    }
  })

  it('names its author in the release, and the relay as its peer', () => {
    const { release } = decodeEvidence(mesh, numbered(sign()))
    expect(release).toMatchObject({ author: pat.peer, peer: relay.peer, badge })
  })
})
