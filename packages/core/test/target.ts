import * as dagCbor from '@ipld/dag-cbor'
import type * as Core from '../src/index.js'
import { type Corpus, type Scene } from './corpus.js'
import { type Purpose, signedId } from './signed.js'
import { judgeTrust, readOracleBadge, trustOn } from './oracle-trust.js'
import { type Fact, oracleView, readFact } from './oracle.js'
import { type Library, hex, stubCrypto } from './stub-crypto.js'
import { Violation, printView, viewOf } from './invariants.js'

/** A replica on a store of the corpus, at the moment before the scene's frame came. */
export interface Target {
  readonly scene: Scene
  readonly replica: Core.Replica
  readonly disk: Map<string, Uint8Array>
  readonly before: string
  frames: number
}

export function openTarget(lib: Library, corpus: Corpus, scene: Scene): Target {
  const disk = new Map(scene.records)
  const { replica } = open(lib, corpus, scene, disk)
  replica.handle({ type: 'members', members: scene.members }, scene.now)
  for (const bytes of scene.prelude) {
    replica.handle({ type: 'received', from: scene.from, bytes }, scene.now)
  }
  return { scene, replica, disk, before: print(replica), frames: 0 }
}

const open = (
  lib: Library,
  { rules }: Corpus,
  { to }: Scene,
  records: ReadonlyMap<string, Uint8Array>,
): { readonly replica: Core.Replica } =>
  lib.openReplica({ mesh: rules, crypto: stubCrypto(to, 1), peer: to, records })

/** Everything that a frame must not change, in one line. */
const print = (replica: Core.Replica): string =>
  [
    replica.id(),
    ...Object.values(replica.hashes()).map(hex),
    ...[...replica.clock()].map(String).sort(),
  ].join(' ')

/**
 * Judges what a frame did, from the effects and from outside. True: it stored something, which is
 * only ever what somebody signed, and leaves a replica that keeps every promise.
 */
export function checkEffects(
  lib: Library,
  corpus: Corpus,
  target: Target,
  effects: readonly Core.Effect[],
): boolean {
  const { replica, disk, before } = target
  let isStored = false
  for (const effect of effects) {
    if (effect.type === 'verdict' && effect.verdict === 'refused') checkReason(effect.reason)
    if (effect.type !== 'persist') continue
    isStored = true
    for (const [name, bytes] of effect.records) {
      if (bytes === null) {
        disk.delete(name)
        continue
      }
      checkRecord(corpus, replica, name, bytes)
      disk.set(name, bytes)
    }
  }
  if (!isStored) {
    if (effects.some(({ type }) => type === 'changed'))
      throw new Violation('values changed, and nothing was stored')
    const after = print(replica)
    if (after !== before) throw new Violation(`nothing was stored, and ${before} became ${after}`)
    return false
  }
  checkView(corpus, target)
  const again = print(open(lib, corpus, target.scene, disk).replica)
  if (again !== print(replica)) throw new Violation(`${print(replica)} would come back as ${again}`)
  return true
}

/** One short line without anything in it that a terminal would obey. */
export function checkReason(reason: string): void {
  const isReadable =
    /^[^\p{Cc}\p{Cf}\p{Cs}]{8,300}$/u.test(reason) && !/\bundefined\b|\[object/.test(reason)
  if (!isReadable)
    throw new Violation(
      `this is no reason to show anybody: ${JSON.stringify(reason.slice(0, 400))}`,
    )
}

/** A record holds what somebody signed, or follows from it. */
function checkRecord(
  { rules }: Corpus,
  replica: Core.Replica,
  name: string,
  bytes: Uint8Array,
): void {
  const [table, first] = name.split('/')
  const demandSigned = (what: Purpose, signed: Uint8Array): void => {
    if (signedId(rules.id, what, signed) === undefined)
      throw new Violation(`${name} was stored unsigned`)
  }
  switch (table) {
    case 'release':
    case 'history':
    case 'stray':
    case 'void':
      return demandSigned('release', bytes)
    case 'statement':
    case 'badge':
      return demandSigned(table, bytes)
    case 'fork':
    case 'broken':
      for (const half of dagCbor.decode<Uint8Array[]>(bytes)) {
        demandSigned(table === 'fork' ? 'release' : 'statement', half)
      }
      return
    case 'tip': {
      const [seq, id, proof] = dagCbor.decode<[number, Uint8Array, Uint8Array | null]>(bytes)
      if (proof === null) return
      demandSigned('release', proof)
      const fact = readFact(rules.id, proof)
      const isSame = fact.id === hex(id) && fact.seq === seq && fact.replica === first
      if (!isSame) throw new Violation(`${name} is proven by another release`)
      return
    }
    case 'context': {
      const flat = dagCbor.decode<(Uint8Array | number)[]>(bytes)
      const clock = replica.clock()
      for (let index = 0; index < flat.length; index += 2) {
        const held = clock.get(hex(flat[index] as Uint8Array) as Core.ReplicaId) ?? 0
        if (held < (flat[index + 1] as number))
          throw new Violation(`${name} has seen more than the clock covers`)
      }
      return
    }
    case 'day':
    case 'believed':
    case 'settled':
    case 'self':
      return
    default:
      throw new Violation(`nobody knows what record ${name} is`)
  }
}

/** Put heads = f(valid releases that the clock covers). */
function checkView(corpus: Corpus, { replica, disk }: Target): void {
  const stored = new Map<string, Fact>()
  for (const [name, bytes] of disk) {
    if (name.startsWith('release/')) stored.set(name, readFact(corpus.rules.id, bytes))
  }
  const facts = new Map(corpus.facts.map((fact) => [fact.id, fact]))
  const isNew = ({ id, changes }: Fact): boolean =>
    changes.length > (facts.get(id)?.changes.length ?? -1)
  for (const fact of stored.values()) if (isNew(fact)) facts.set(fact.id, fact)
  // Of two releases with one dot only the one counts that this replica took.
  const isStruck = struckBy(corpus, disk)
  const isHeld = (fact: Fact): boolean => {
    const taken = stored.get(`release/${fact.replica}/${fact.seq}`)
    const isTaken = taken === undefined ? !corpus.forked.has(fact.id) : taken.id === fact.id
    return isTaken && !isStruck(fact)
  }
  const expected = printView(oracleView(facts.values(), replica.clock(), isHeld))
  const shown = printView(viewOf(replica))
  if (shown !== expected)
    throw new Violation(`it shows\n${shown}\nand its clock covers\n${expected}`)
}

/** What counts for nothing because of who wanted it. */
function struckBy(
  { rules }: Corpus,
  disk: ReadonlyMap<string, Uint8Array>,
): (fact: Fact) => boolean {
  if (rules.closed !== true) return () => false
  const badges = [...disk]
    .filter(([name]) => name.startsWith('badge/'))
    .map(([, bytes]) => readOracleBadge(rules.id, bytes))
  const known = new Map(badges.map((badge) => [badge.id, badge]))
  return judgeTrust(trustOn(rules.id, disk, known)).isStruck
}
