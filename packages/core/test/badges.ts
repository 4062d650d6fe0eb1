import type * as Core from '../src/index.js'
import { type Library, peerOf, stubCrypto, stubSign } from './stub-crypto.js'

/** Makes badges and signers for a closed mesh under stub crypto; everybody is called by a name. */
export interface Badges {
  readonly mesh: Core.Mesh
  /** A badge for a key, on that of its issuer (`root`: on nothing), and remembers it as the newest of the name. */
  give(
    issuer: string,
    name: string,
    grants: readonly Core.Grant[],
    terms?: Partial<Core.BadgeDraft>,
  ): Core.BadgeChain
  of(name: string): Core.BadgeChain
  /** A badge from elsewhere counts as the newest of the name. */
  remember(name: string, chain: Core.BadgeChain): void
  signer(name: string): Core.Signer
  /** What somebody wants written, as it is handed to a peer. */
  intent(
    author: string,
    put: Readonly<Record<string, unknown>>,
    more?: Partial<Core.IntentDraft>,
  ): Uint8Array
}

export const linksOf = (chain: Core.BadgeChain): readonly Uint8Array[] =>
  chain.map(({ bytes }) => bytes)

export const write = (prefix: string): Core.Grant => ({ prefix, can: 'write' })
export const invite = (prefix: string): Core.Grant => ({ prefix, can: 'invite' })
export const admin = (prefix: string): Core.Grant => ({ prefix, can: 'admin' })

/** A time that no test ends after. */
export const foreverMs = 8_000_000_000_000

export function createBadges(lib: Library, rules: Core.MeshRules): Badges {
  const mesh = lib.openMesh(rules, stubCrypto(peerOf('root'), 1))
  const newest = new Map<string, Core.BadgeChain>()
  const of = (name: string): Core.BadgeChain => {
    const chain = newest.get(name)
    if (chain === undefined) throw new Error(`${name} has no badge`)
    return chain
  }
  const signWith = (name: string) => (bytes: Uint8Array) => stubSign(peerOf(name), bytes)
  return {
    mesh,
    of,
    remember: (name, chain) => void newest.set(name, chain),
    give(issuer, name, grants, terms = {}) {
      const above = issuer === 'root' || terms.parent === null ? [] : of(issuer)
      const draft: Core.BadgeDraft = {
        parent: above.at(-1)?.id ?? null,
        issuer: peerOf(issuer),
        subject: peerOf(name),
        name,
        labels: new Map(),
        grants,
        notBefore: above.at(-1)?.notBefore ?? 0,
        notAfter: above.at(-1)?.invite?.untilMs ?? above.at(-1)?.notAfter ?? foreverMs,
        invite: null,
        ...terms,
      }
      const badge = lib.signBadge(mesh, draft, signWith(issuer))
      newest.set(name, [...above, badge] as unknown as Core.BadgeChain)
      return of(name)
    },
    signer: (name) => ({
      key: peerOf(name),
      links: name === 'root' ? [] : linksOf(of(name)),
      sign: signWith(name),
    }),
    intent: (author, put, more = {}) =>
      lib.signIntent(
        mesh,
        {
          author: peerOf(author),
          badge: of(author).at(-1)!.id,
          atMs: 0,
          untilMs: foreverMs,
          put: new Map(Object.entries(put)),
          ...more,
        },
        signWith(author),
      ),
  }
}
