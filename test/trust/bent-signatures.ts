import type { PeerId } from '@grapevine/core'
import { forgeBadge, linkIdOf } from '../../packages/sim/src/hostile/forge-badge.ts'
import { decode, encode } from '../../packages/sim/src/hostile/wire.ts'
import type { Wire } from '../../packages/sim/src/hostile/wire.ts'
import type { Insider } from './closed-mesh.ts'
import type { Written } from './forger.ts'

const orderOfGroup = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n

/** S + L, which holds as well where nobody looks at its size. */
export function plusOrder(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32).toReversed()).toString('hex')}`)
  const hex = (s + orderOfGroup).toString(16).padStart(64, '0')
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(hex, 'hex').toReversed()])
}

export const mirrored = (signature: Uint8Array): Uint8Array =>
  Uint8Array.from(signature, (byte, at) => (at === 31 ? byte ^ 0x80 : byte))
export const flipped = (signature: Uint8Array): Uint8Array =>
  Uint8Array.from(signature, (byte, at) => (at === 0 ? byte ^ 1 : byte))

/** A badge for a key of small order, by somebody who may give some; and the one signature it needs. */
export function insiderFor({ tools, identity, badge }: Insider, subject: string): Insider {
  const fields = {
    parent: linkIdOf(tools, badge.at(-1)!),
    issuer: identity.peer,
    subject,
    name: 'nobody',
    grants: [{ prefix: '', can: 'write' }],
    notBefore: Date.now() - 1_000,
    notAfter: Date.now() + 1_000_000,
  }
  const link = forgeBadge(tools, fields)
  const always = Uint8Array.of(1, ...new Uint8Array(63))
  const sign = (): Uint8Array => always
  const nobody = { ...identity, peer: subject as PeerId, sign }
  return { identity: nobody, badge: [...badge, link], tools: { ...tools, sign } }
}

/** The same release, under another signature. */
export function signedAnew(
  { bytes }: Written,
  anew: (signature: Uint8Array) => Uint8Array,
): Uint8Array {
  const [header, signature, tree] = decode(bytes) as readonly [Uint8Array, Uint8Array, Wire]
  return encode([header, anew(signature), tree])
}
