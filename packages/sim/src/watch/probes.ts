import type * as Core from '@grapevine/core'
import { kindOf } from '../frames.js'
import type { FrameKind } from '../frames.js'
import type { Node, Observer } from '../observer.js'
import { createTrustProbes, trustProbeNames } from './trust-probes.js'

/** Rare things that a long run must have met: one that it never met says that the run is blind there. */
export const probeNames = [
  // Of the network.
  'frame lost',
  'frame cut off',
  'frame sent to a peer that is down',
  'frame dropped by a full buffer',
  'frame truncated',
  'frame came twice',
  'frame overtook others',
  'link clogged',
  'frame held before it went on',
  // Of disks and processes.
  'append failed',
  'sync failed',
  'crash with unsynced writes kept',
  'crash with unsynced writes lost',
  'crash with unsynced writes torn',
  'crash with unsynced writes reordered',
  'peer restarted',
  'disk lost',
  'image restored',
  'store cloned',
  'peer joined',
  // Of the replica.
  'release applied',
  'duplicate release',
  'release waits for a hole',
  'release waited and was applied',
  'early release',
  'early release came of age',
  'void release',
  'release without a valid signature',
  'release without the right to it',
  'forged or broken frame refused',
  'fork found',
  'statement taken',
  'new incarnation',
  'hole pulled',
  'large release announced',
  'snapshot asked for',
  'snapshot page sent',
  'snapshot without a voucher',
  'states differ at equal clocks',
  'session ended in equality',
  'statement made',
  'cut took effect',
  'seal made',
  'id closed',
  'release left the log',
  'remove collected',
  'conflict arose',
  'conflict settled',
  'rollback written',
  'retry answered with the first release',
  'nothing to write',
  'write refused: if-match',
  'write refused: clock behind',
  'write refused: cut',
  'value refused by the code',
  ...trustProbeNames,
] as const
type ProbeName = (typeof probeNames)[number]

/** What probes need to remember of what happened before. */
interface Book {
  hit(this: void, name: ProbeName): void
  /** Peer → dot → why it is parked there, until the process ends. */
  readonly parked: Map<number, Map<string, 'waiting' | 'early'>>
  /** Peer and key that shows a conflict. */
  readonly conflicts: Set<string>
}

export function createProbes(): Observer & { hits(this: void): ReadonlyMap<string, number> } {
  const hits = new Map<string, number>(probeNames.map((name) => [name, 0]))
  const hit = (name: ProbeName): void => void hits.set(name, hits.get(name)! + 1)
  const book: Book = { hit, parked: new Map(), conflicts: new Set() }
  const trust = createTrustProbes(hit)
  return {
    handled(node, input, effects) {
      for (const effect of effects) noteEffect(book, node, input, effect, effects)
      trust.handled(node, input, effects)
      if (input.type === 'issue') noteStatement(book, input.statement)
      if (input.type === 'refuse') hit('value refused by the code')
    },
    refused(_node, input, error) {
      const { code } = error
      trust.refused(input, error)
      if (code === 'IF_MATCH_FAILED') hit('write refused: if-match')
      if (code === 'CLOCK_BEHIND') hit('write refused: clock behind')
      if (code === 'REPLICA_CUT') hit('write refused: cut')
    },
    opened: (_node, how) => hit(openingProbes[how]),
    stopped: ({ index }) => void book.parked.delete(index),
    lost: (_frame, why) => hit(lossProbes[why]),
    probe: (name) => hit(name as ProbeName),
    hits: () => hits,
  }
}

const openingProbes = {
  first: 'peer joined',
  restarted: 'peer restarted',
  lost: 'disk lost',
  restored: 'image restored',
  cloned: 'store cloned',
} as const

const lossProbes = {
  loss: 'frame lost',
  cut: 'frame cut off',
  down: 'frame sent to a peer that is down',
  full: 'frame dropped by a full buffer',
} as const

/** Ten thousand releases that wait are too many to simulate often. */
type Told = Exclude<Core.Notice['notice'], 'parking-full'>

const noticeProbes: Readonly<Record<Told, ProbeName>> = {
  forked: 'fork found',
  reincarnated: 'new incarnation',
  diverged: 'states differ at equal clocks',
  unvouched: 'snapshot without a voucher',
  statement: 'statement taken',
  void: 'cut took effect',
}

function noteEffect(
  book: Book,
  node: Node,
  input: Core.Input,
  effect: Core.Effect,
  effects: readonly Core.Effect[],
): void {
  const { hit } = book
  switch (effect.type) {
    case 'persist':
      return noteRecords(book, node, effect.records)
    case 'changed':
      return noteChanges(book, node, effect.changes)
    case 'written':
      if (effect.release === undefined) return hit('nothing to write')
      if (input.type === 'rollback') return hit('rollback written')
      if (effects.some(({ type }) => type === 'persist')) return
      return hit('retry answered with the first release')
    case 'verdict':
      return noteVerdict(book, node, effect)
    case 'pull':
      hit('hole pulled')
      return noteFrame(book, effect.bytes)
    case 'gossip':
    case 'send':
      return noteFrame(book, effect.bytes)
    case 'synced':
      return hit('session ended in equality')
    case 'revoked':
      return
    case 'notice':
      if (effect.notice !== 'parking-full') hit(noticeProbes[effect.notice])
      return
  }
}

function noteRecords(
  { hit, parked }: Book,
  { index }: Node,
  records: ReadonlyMap<string, Uint8Array | null>,
): void {
  const parkedHere = parked.get(index)
  for (const [name, bytes] of records) {
    if (name.startsWith('context/') && bytes !== null) hit('remove collected')
    if (!name.startsWith('release/')) continue
    if (bytes === null) hit('release left the log')
    const dot = name.slice('release/'.length)
    const was = parkedHere?.get(dot)
    if (was === undefined) continue
    parkedHere!.delete(dot)
    hit(was === 'waiting' ? 'release waited and was applied' : 'early release came of age')
  }
}

const frameProbes: ReadonlyMap<FrameKind | undefined, ProbeName> = new Map([
  ['announce', 'large release announced'],
  ['snapshot-want', 'snapshot asked for'],
  ['snapshot', 'snapshot page sent'],
])

function noteFrame({ hit }: Book, bytes: Uint8Array): void {
  const probe = frameProbes.get(kindOf(bytes))
  if (probe !== undefined) hit(probe)
}

/** Ids of the put heads make up a version. */
const idDigits = 64

function noteChanges(
  { hit, conflicts }: Book,
  { index }: Node,
  changes: readonly Core.KeyChange[],
): void {
  for (const { key, version } of changes) {
    const place = `${index} ${key}`
    if (version !== null && version.length > idDigits) {
      if (!conflicts.has(place)) hit('conflict arose')
      conflicts.add(place)
    } else if (conflicts.delete(place)) hit('conflict settled')
  }
}

function noteVerdict(
  { hit, parked }: Book,
  { index }: Node,
  effect: Core.Effect & { readonly type: 'verdict' },
): void {
  const { release } = effect
  switch (effect.verdict) {
    case 'applied':
      return hit('release applied')
    case 'waiting':
    case 'early':
      if (release) {
        if (!parked.has(index)) parked.set(index, new Map())
        parked.get(index)!.set(`${release.replica}/${release.seq}`, effect.verdict)
      }
      return hit(effect.verdict === 'waiting' ? 'release waits for a hole' : 'early release')
    case 'duplicate':
      return hit('duplicate release')
    case 'void':
      return hit('void release')
    case 'forked':
      return
    case 'refused':
      return hit(refusalProbe(effect.reason))
  }
}

function refusalProbe(reason: string): ProbeName {
  if (reason.includes('signature')) return 'release without a valid signature'
  const isRight = reason.includes('grant') || reason.includes('admins')
  return isRight ? 'release without the right to it' : 'forged or broken frame refused'
}

function noteStatement({ hit }: Book, { kind }: Core.StatementRequest): void {
  hit('statement made')
  if (kind === 'seal') hit('seal made')
  if (kind === 'close') hit('id closed')
}
