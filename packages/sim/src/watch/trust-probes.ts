import type * as Core from '@grapevine/core'
import type { Node } from '../observer.js'

/** Rare things of closed meshes. */
export const trustProbeNames = [
  'badge awaited',
  'badge awaited, and it came',
  'badge refused',
  'right refused',
  'budget refused',
  'write refused: right',
  'intent numbered',
  'intent numbered by two peers',
  'revocation made',
  'revocation crosses a write',
  'revocation refused',
  'mutual revocation',
  'revoked key writes under a new id',
  'struck in place',
  'struck, and counts again',
  'stray proof needed',
  'statement chain broken',
] as const
type TrustProbe = (typeof trustProbeNames)[number]

interface TrustProbes {
  handled(node: Node, input: Core.Input, effects: readonly Core.Effect[]): void
  refused(input: Core.Input, error: Core.MeshError): void
}

type Hit = (name: TrustProbe) => void

export function createTrustProbes(hit: Hit): TrustProbes {
  /** Peer and dot of what waits there for a badge. */
  const waiting = new Set<string>()
  /** By whom each intent was numbered first, by its signature. */
  const numbered = new Map<string, Core.PeerId>()

  return {
    handled(node, input, effects) {
      for (const effect of effects) {
        if (effect.type === 'verdict') noteVerdict(effect, { hit, waiting, index: node.index })
        if (effect.type === 'persist') noteRecords(node, effect.records, { hit, input })
        if (effect.type === 'notice') noteNotice(effect, hit)
        if (effect.type === 'written' && effect.release !== undefined) {
          noteWritten(effect.release, { hit, numbered })
        }
        if (effect.type === 'revoked') noteRevoked(node, effect.subjects, hit)
      }
      if (input.type === 'issue' && input.statement.kind === 'revoke') hit('revocation made')
    },
    refused(input, { code, message }) {
      if (code !== 'NOT_ALLOWED') return
      if (input.type === 'write') hit('write refused: right')
      if (input.type === 'issue' && message.includes('revoke')) hit('revocation refused')
    },
  }
}

type Verdict = Extract<Core.Effect, { readonly type: 'verdict' }>

function noteVerdict(
  effect: Verdict,
  {
    hit,
    waiting,
    index,
  }: { readonly hit: Hit; readonly waiting: Set<string>; readonly index: number },
): void {
  const { release } = effect
  const place = release && `${index} ${release.id}`
  if (effect.verdict === 'waiting' && effect.badge !== undefined) {
    hit('badge awaited')
    if (place !== undefined) waiting.add(place)
  }
  if (effect.verdict === 'duplicate' && place !== undefined && waiting.delete(place)) {
    hit('badge awaited, and it came')
  }
  if (effect.verdict !== 'refused') return
  const { reason } = effect
  if (reason.includes('spen')) hit('budget refused')
  else if (reason.startsWith('its issuer')) hit('revocation refused')
  else if (reason.startsWith('the badge of')) hit('badge refused')
  else if (/may not write|badge of another|its author/.test(reason)) hit('right refused')
}

function noteRecords(
  { replica }: Node,
  records: ReadonlyMap<string, Uint8Array | null>,
  { hit, input }: { readonly hit: Hit; readonly input: Core.Input },
): void {
  let isSaid = false
  let isVoided = false
  for (const [name, bytes] of records) {
    if (name.startsWith('stray/') && bytes !== null) hit('stray proof needed')
    if (name.startsWith('broken/')) hit('statement chain broken')
    if (name.startsWith('statement/') && bytes !== null) isSaid = true
    if (name.startsWith('release/') && bytes === null) isVoided = true
  }
  const isCrossing = isSaid && isVoided && input.type === 'received'
  if (isCrossing && replica.statements().some(({ kind }) => kind === 'revoke')) {
    hit('revocation crosses a write')
  }
}

function noteNotice({ notice, text }: Core.Notice, hit: Hit): void {
  if (notice !== 'void') return
  if (text.includes('count no more')) hit('struck in place')
  if (text.includes('count again')) hit('struck, and counts again')
}

function noteWritten(
  { peer, authorship }: Core.Release,
  { hit, numbered }: { readonly hit: Hit; readonly numbered: Map<string, Core.PeerId> },
): void {
  if (authorship === undefined) return
  hit('intent numbered')
  const name = Buffer.from(authorship.signature).toString('latin1')
  const first = numbered.get(name)
  if (first === undefined) numbered.set(name, peer)
  else if (first !== peer) hit('intent numbered by two peers')
}

function noteRevoked({ replica }: Node, subjects: readonly Core.PeerId[], hit: Hit): void {
  const said = replica.statements().filter(({ kind }) => kind === 'revoke')
  const isMutual = said.some(({ issuer, revocation }) =>
    said.some(
      (other) => other.issuer === revocation?.subject && other.revocation?.subject === issuer,
    ),
  )
  if (isMutual) hit('mutual revocation')
  const ids = [...replica.clock().keys()]
  const peers = ids.map((id) => replica.release({ replica: id, seq: 1 })?.release.peer)
  const isTwice = subjects.some((subject) => peers.filter((peer) => peer === subject).length > 1)
  if (isTwice) hit('revoked key writes under a new id')
}
