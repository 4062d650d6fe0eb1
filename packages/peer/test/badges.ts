import { randomBytes } from 'node:crypto'
import { badgeOf, memberFault, openMesh, readChain, signBadge } from '@grapevine/core'
import type { BadgeChain, BadgeDraft, BadgeId, Grant, Mesh, PeerId } from '@grapevine/core'
import { cryptoOf, identityOf } from '../src/running/identity.js'
import type { Identity, Trust } from '../src/network/network.js'
import { meshIdOf } from './networks.js'

/** Somebody with a key, and the links of its badge, root first. */
export interface Holder {
  readonly identity: Identity
  readonly links: readonly Uint8Array[]
  readonly id: BadgeId
}

/** A closed mesh with a real root: it makes badges, good ones and others. */
export interface BadgeMaker {
  readonly name: string
  readonly mesh: Mesh
  readonly root: Identity
  /** Under the root, or under another holder; what the draft says stands, also where it is wrong. */
  badge(this: void, options?: BadgeOptions): Holder
  /** The chain that links make. */
  read(this: void, links: readonly Uint8Array[]): BadgeChain
  /** What guards the doors of that holder. */
  trust(this: void, holder: Holder, options?: TestTrustOptions): TestTrust
}

export interface BadgeOptions {
  /** Whose it is; somebody new where nobody is named. */
  readonly of?: Identity
  /** Who signs it, where that is not the holder above. */
  readonly by?: Identity
  readonly under?: Holder | undefined
  readonly draft?: Partial<BadgeDraft>
}

export interface TestTrustOptions {
  readonly keys?: readonly Uint8Array[]
}

/** A trust that a test can turn: keys to take, and whom to refuse. */
export interface TestTrust extends Trust {
  links: readonly Uint8Array[]
  keys: readonly Uint8Array[]
  frame: Uint8Array | undefined
  readonly revoked: Set<PeerId>
  readonly heardKeys: Uint8Array[]
  /** How often somebody was judged by what others told. */
  hearsay: number
}

export const hourMs = 3_600_000
/** The key of the network that all test meshes have, unless a test says otherwise. */
export const networkKey = Buffer.alloc(32, 7)

const everything: readonly Grant[] = [{ prefix: '', can: 'admin' }]

export function createBadgeMaker(
  name = 'test',
  root: Identity = identityOf(randomBytes(32)),
): BadgeMaker {
  const rules = { id: meshIdOf(name), admins: new Set([root.peer]), revocable: true, closed: true }
  const mesh = openMesh(rules, cryptoOf(root))

  const badge: BadgeMaker['badge'] = ({ of, by, under, draft } = {}) => {
    const identity = of ?? identityOf(randomBytes(32))
    const issuer = by ?? under?.identity ?? root
    const whole: BadgeDraft = {
      parent: under?.id ?? null,
      issuer: issuer.peer,
      subject: identity.peer,
      name: `holder-${identity.peer.slice(0, 4)}`,
      labels: new Map(),
      grants: everything,
      notBefore: Date.now() - hourMs,
      notAfter: Date.now() + hourMs,
      invite: null,
      ...draft,
    }
    const { id, bytes } = signBadge(mesh, whole, issuer.sign)
    return { identity, links: [...(under?.links ?? []), bytes], id }
  }
  return {
    name,
    mesh,
    root,
    badge,
    read: (links) => readChain(mesh, links),
    trust: (holder, options) => trustOf(mesh, holder, options),
  }
}

/** Judges as a peer does, by its own clock, and by whom it knows to be revoked. */
function trustOf(mesh: Mesh, { links }: Holder, { keys }: TestTrustOptions = {}): TestTrust {
  const trust: TestTrust = {
    links,
    keys: keys ?? [networkKey],
    frame: undefined,
    revoked: new Set(),
    heardKeys: [],
    hearsay: 0,
    badge: () => trust.links,
    admit(peer, shown, how) {
      if (how === 'hearsay') trust.hearsay += 1
      if (shown.length === 0) return { is: 'stranger', why: 'shows no badge' }
      const chain = readChain(mesh, shown)
      const { subject } = badgeOf(chain)
      if (subject !== peer) return { is: 'stranger', why: 'shows the badge of somebody else' }
      const fault = memberFault(chain, Date.now())
      if (fault !== undefined) return { is: 'stranger', why: `shows a badge: ${fault}` }
      const isRevoked = chain.some((badge) => trust.revoked.has(badge.subject))
      if (isRevoked) return { is: 'stranger', why: 'was revoked' }
      return { is: 'member', badge: chain }
    },
    networkKeys: () => trust.keys,
    keysFrame: () => trust.frame,
    /** A frame is a key that is put before the others. */
    hearKeys(frame) {
      trust.heardKeys.push(frame)
      if (trust.keys.some((key) => Buffer.compare(key, frame) === 0)) return false
      trust.keys = [frame.slice(), ...trust.keys]
      trust.frame = frame.slice()
      return true
    },
    hearBadge(shown) {
      readChain(mesh, shown)
      trust.links = shown
    },
  }
  return trust
}
