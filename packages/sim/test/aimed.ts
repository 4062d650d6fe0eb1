import type { Library } from '../src/observer.js'
import { forgeRelease, replicaIdOf } from '../src/hostile/forge.js'
import { releaseFrame } from '../src/hostile/wire.js'
import { epochMs } from '../src/world/clock.js'
import { stubHash, stubSign } from '../src/world/crypto.js'
import { type Table, setTable } from './table.js'

/** A few inputs under which a planted bug cannot hide, and what the checker says to it. */
export interface Aimed {
  /** Of a planted bug. */
  readonly name: string
  readonly says: RegExp
  /** Answers why there is no convergence, where there should be one. */
  readonly play: (library: Library) => readonly string[] | void
}

const three = ['alice', 'bob', 'carol'] as const
const four = [...three, 'dave'] as const
const dayMs = 24 * 3_600_000

/** Only these hear what is on its way. */
export function only(table: Table, ...names: readonly string[]): void {
  const due = table.letters.splice(0).filter(({ to }) => names.includes(to.name))
  table.letters.push(...due)
}

/** Who hears what, one after the other. */
function hear(table: Table, name: string, ...writers: readonly string[]): void {
  const due = table.letters.filter(({ to }) => to.name === name)
  for (const writer of writers) {
    for (const { from, bytes } of due) {
      if (from === table.peerOf(writer)) table.handle(name, { type: 'received', from, bytes })
    }
  }
}

/** Two write at once; the other two hear of it in two orders. */
function cross(library: Library): Table {
  const table = setTable(library, four)
  table.put('alice', { k: 1, a: 1 })
  table.put('bob', { k: 2, b: 1 })
  hear(table, 'carol', 'alice', 'bob')
  hear(table, 'dave', 'bob', 'alice')
  return table
}

function agreed(library: Library): readonly string[] {
  const table = cross(library)
  table.letters.splice(0)
  table.rest()
  table.checkAll()
  return reasonsOf(table)
}

/** A release that a third one cannot take before what it has seen. */
function hasty(library: Library): void {
  const table = setTable(library, three)
  table.put('alice', { k: 1 })
  only(table, 'bob')
  table.deliver()
  table.put('bob', { k: 2 })
  only(table, 'carol')
  table.deliver()
}

function holed(library: Library): void {
  const table = setTable(library, three)
  table.put('alice', { k: 1 })
  table.letters.splice(0)
  table.put('alice', { j: 2 })
  only(table, 'bob')
  table.deliver()
}

function early(library: Library): void {
  const table = setTable(library, three)
  table.seat('alice').offsetMs = 600_000
  table.put('alice', { k: 1 })
  table.deliver()
}

function overwritten(library: Library): void {
  const table = setTable(library, three)
  table.put('alice', { k: 1 })
  table.deliver()
  table.put('bob', { k: 2 })
}

/** In the name of somebody who never made it. */
export function forgedRelease(
  table: Table,
  author: string,
): { readonly bytes: Uint8Array; readonly name: string } {
  const sign = (bytes: Uint8Array): Uint8Array => stubSign(table.peerOf('bob'), bytes)
  const tools = { meshId: table.meshId, hash: (input: Uint8Array) => stubHash(input), sign }
  const [peer, incarnation] = [table.peerOf(author), new Uint8Array(8)]
  const header = { peer, incarnation, seq: 1, prev: null, ms: epochMs, counter: 0 }
  const { bytes } = forgeRelease(tools, header, [{ key: 'k', seen: new Map(), put: 'lie' }])
  return { bytes, name: `release/${replicaIdOf(tools, peer, incarnation)}/1` }
}

function forged(library: Library): void {
  const table = setTable(library, three)
  const { bytes } = forgedRelease(table, 'carol')
  const from = table.peerOf('bob')
  table.handle('alice', { type: 'received', from, bytes: releaseFrame(bytes) })
}

const grantMs = 3_600_000

/** Two hours late. */
function granted(library: Library): readonly string[] {
  const table = setTable(library, three, {
    writeFault: (_author, key, ms) =>
      key === 'granted' && ms >= epochMs + grantMs ? 'the grant has ended' : undefined,
  })
  table.put('alice', { granted: 1 })
  const [first] = table.letters.splice(0)
  table.pass(2 * grantMs)
  table.handle('bob', { type: 'received', from: first!.from, bytes: first!.bytes })
  table.rest()
  table.checkAll()
  return reasonsOf(table)
}

const reasonsOf = (table: Table): readonly string[] =>
  table.checker.pending(three.map((name) => table.seat(name)))

function lostTwice(library: Library): void {
  const table = setTable(library, three)
  table.put('alice', { k: 1 })
  table.deliver()
  table.open('alice', 'lost')
}

function cutAndRestarted(library: Library): void {
  const table = setTable(library, three, { revocable: true })
  const { replica } = table.put('bob', { k: 1 })!
  table.deliver()
  table.handle('alice', {
    type: 'issue',
    statement: { kind: 'cut', marks: [{ replica, seq: 0 }] },
  })
  table.deliver()
  table.crash('carol')
  table.checkAll()
}

/** A remove is collected, and then the key is written again. */
function afterCollected(library: Library): void {
  const table = setTable(library, three)
  table.put('alice', { k: 1 })
  table.deliver()
  table.remove('alice', 'k')
  only(table, 'carol')
  table.deliver()
  table.pass(31 * dayMs)
  table.announce()
  // Bob, who has not heard of the remove, is not asked: the two others are more than half.
  table.letters.splice(0)
  table.rest()
  for (const name of three) table.handle(name, { type: 'collect' })
  table.put('carol', { k: 2 })
  table.checkAll()
}

/** A copy writes under the numbers of the original. */
function copied(library: Library): readonly string[] {
  const table = setTable(library, three)
  table.put('bob', { k: 0 })
  table.deliver()
  table.open("bob'", 'cloned', table.seat('bob').synced)
  table.put('bob', { k: 1 })
  table.letters.splice(0)
  table.put("bob'", { j: 1 })
  table.rest()
  table.checkAll()
  return reasonsOf(table)
}

/** Both halves of a fork reach alice by gossip. */
function gossiped(library: Library): void {
  const table = setTable(library, three)
  table.open("bob'", 'cloned', table.seat('bob').synced)
  table.put('bob', { k: 1 })
  table.put("bob'", { j: 1 })
  only(table, 'alice')
  table.deliver()
}

/** An old store comes back, and hears of what it wrote since. */
function restored(library: Library): void {
  const table = setTable(library, three)
  table.put('bob', { k: 1 })
  const image = new Map(table.seat('bob').synced)
  table.put('bob', { k: 2 })
  table.deliver()
  table.open('bob', 'restored', image)
  table.sync('bob', 'alice')
}

/** Carol waits for a release that is cut. */
function freed(library: Library): readonly string[] {
  const table = setTable(library, three, { revocable: true })
  const { replica } = table.put('bob', { k: 1 })!
  only(table, 'alice')
  table.deliver()
  table.put('alice', { k: 2 })
  hear(table, 'carol', 'alice')
  const marks = [{ replica, seq: 0 }]
  table.handle('alice', { type: 'issue', statement: { kind: 'cut', marks } })
  hear(table, 'carol', 'alice')
  table.checkAll()
  return table.checker.pending([table.seat('alice'), table.seat('carol')])
}

/** What a cut makes void had overwritten something. */
function cutOverwrite(library: Library): void {
  const table = setTable(library, three, { revocable: true })
  table.put('carol', { k: 1 })
  table.deliver()
  const { replica } = table.put('bob', { k: 2 })!
  table.deliver()
  table.handle('alice', {
    type: 'issue',
    statement: { kind: 'cut', marks: [{ replica, seq: 0 }] },
  })
  table.deliver()
}

/** Written by bob, whose clock is behind. */
function stamped(library: Library): void {
  const table = setTable(library, three)
  table.seat('bob').offsetMs = -30_000
  table.put('alice', { k: 1 })
  table.deliver()
  table.put('bob', { k: 2 })
}

export const aimed: readonly Aimed[] = [
  { name: 'clock-without-data', says: /has stored nothing/, play: hasty },
  { name: 'holes-skipped', says: /only a snapshot leaves out releases/, play: holed },
  { name: 'readiness-ignores-seen', says: /a release waits for what it has seen/, play: hasty },
  { name: 'early-dropped-and-counted', says: /has stored nothing/, play: early },
  { name: 'far-future-accepted', says: /stamped \d+ ms ahead/, play: early },
  { name: 'stamp-not-above-held', says: /stamps only grow/, play: stamped },
  {
    name: 'version-in-order-of-arrival',
    says: /equal clocks and statements show the same/,
    play: agreed,
  },
  {
    name: 'tie-by-arrival',
    says: /shows .* on k, and by the releases/,
    play: (library) => void cross(library),
  },
  {
    name: 'last-writer-decides-at-apply',
    says: /had to show/,
    play: (library) => void cross(library),
  },
  { name: 'blind-write', says: /does not say that it has seen alice·1/, play: overwritten },
  {
    name: 'equal-value-written',
    says: /where it was already/,
    play(library) {
      const table = setTable(library, three)
      table.put('alice', { k: 1 })
      table.put('alice', { k: 1 })
    },
  },
  { name: 'signature-unchecked', says: /carol .* never made it at all/, play: forged },
  { name: 'replica-id-reused-after-loss', says: /in use before/, play: lostTwice },
  { name: 'told-before-durable', says: /before what it rests on is stored/, play: overwritten },
  { name: 'release-not-stored', says: /has not stored it/, play: overwritten },
  { name: 'void-not-unstored', says: /came back as|would come back/, play: cutAndRestarted },
  { name: 'context-forgotten', says: /does not say that it has seen/, play: afterCollected },
  { name: 'fork-not-reissued', says: /bob lost 1 by bob·2 \w{8} on k by a fork/, play: copied },
  { name: 'void-as-remove', says: /shows nothing on k/, play: cutOverwrite },
  { name: 'restore-unnoticed', says: /goes on under the same replica id/, play: restored },
  { name: 'limits-free-nothing', says: /carol lacks 1 release of alice/, play: freed },
  { name: 'rights-at-receipt', says: /bob lacks 1 release of alice/, play: granted },
  { name: 'clock-hash-in-order-of-arrival', says: /alice would come back as/, play: agreed },
  { name: 'seen-cache-on-dot', says: /takes bob·1 \w{8} for a duplicate/, play: gossiped },
  { name: 'fork-ignored', says: /bob holds bob·2 \w{8}, and alice bob·2/, play: copied },
]
