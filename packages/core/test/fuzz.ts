import * as badges from '../src/badge.js'
import * as errors from '../src/errors.js'
import * as meshes from '../src/mesh.js'
import * as messages from '../src/message.js'
import * as presences from '../src/presence.js'
import * as releases from '../src/release.js'
import * as statements from '../src/statement.js'
import type * as Core from '../src/index.js'
import { type Node, parse, write } from './cbor.js'
import { type Corpus, type Scene, recordClosedCorpus, recordCorpus, typeOf } from './corpus.js'
import { type Mutant, type Random, mutate, pick } from './mutate.js'
import { type Purpose, purposeOf, signedId } from './signed.js'
import { type Target, checkEffects, openTarget } from './target.js'
import { type Library, hex, mulberry32, stubCrypto, stubSign } from './stub-crypto.js'
import { Violation } from './invariants.js'

/** The decoders under test, which belong to the library under test. */
export interface Decoders {
  readonly badges: typeof badges
  readonly errors: typeof errors
  readonly meshes: typeof meshes
  readonly messages: typeof messages
  readonly presences: typeof presences
  readonly releases: typeof releases
  readonly statements: typeof statements
}

const ours: Decoders = { badges, errors, meshes, messages, presences, releases, statements }

export interface FuzzOptions {
  readonly frames: number
  readonly seed: number
  readonly decoders?: Decoders
  readonly onFrame?: (report: FuzzReport) => void
}

export interface FuzzReport {
  frames: number
  /** Frames that the door read, and mutants that a decoder read, to the end. */
  decoded: number
  /** Frames from which something was stored. */
  stored: number
  slowestMs: number
  readonly verdicts: Map<string, number>
  readonly mutations: Map<string, number>
}

/**
 * Catches hangs; it is far above what any frame takes, so it says nothing about speed. Time of this
 * process, not of the wall: what else the machine does is not the frame's fault.
 */
const frameMsMax = 2000

/** How often a target that nothing changed is opened anew: its memory fills with what waits. */
const framesPerTarget = 200

interface Part {
  readonly purpose: Purpose
  readonly bytes: Uint8Array
}

/** Feeds bent frames to the door and to the decoders; throws a Violation with what replays it. */
export function fuzz(lib: Library, options: FuzzOptions): FuzzReport {
  const random = mulberry32(options.seed)
  const report = emptyReport()
  const benches = [recordCorpus(lib), recordClosedCorpus(lib)].map((corpus) => ({
    corpus,
    parts: corpus.scenes.flatMap(({ bytes }) => partsOf(parse(bytes)!)),
    door: openDoor(lib, corpus, report),
    decode: openDecoders(options.decoders ?? ours, corpus, report),
  }))
  for (let index = 0; index < options.frames; index++) {
    const { corpus, parts, door, decode } = pick(random, benches)
    const scene = pick(random, corpus.scenes)
    const part = index % 4 === 3 ? pick(random, parts) : undefined
    // Now and then a frame comes to somebody it was not meant for, who lacks what it builds on.
    const { bytes } = part ?? (random() < 0.8 ? scene : pick(random, corpus.scenes))
    const mutant = bend(random, corpus, bytes, parts)
    const started = process.cpuUsage()
    try {
      decode(part?.purpose, mutant.bytes)
      if (part === undefined) door(scene, mutant.bytes)
    } catch (error) {
      throw violation(error, options.seed, index, mutant, scene)
    }
    const { user, system } = process.cpuUsage(started)
    const tookMs = (user + system) / 1000
    if (tookMs > frameMsMax) {
      throw violation(new Error(`it took ${tookMs} ms`), options.seed, index, mutant, scene)
    }
    report.frames += 1
    report.slowestMs = Math.max(report.slowestMs, tookMs)
    count(report.mutations, mutant.how)
    options.onFrame?.(report)
  }
  return report
}

const emptyReport = (): FuzzReport => ({
  frames: 0,
  decoded: 0,
  stored: 0,
  slowestMs: 0,
  verdicts: new Map(),
  mutations: new Map(),
})

export const count = (counts: Map<string, number>, name: string): unknown =>
  counts.set(name, (counts.get(name) ?? 0) + 1)

/** Large frames are bent less often: they take their time and teach little. */
function bend(random: Random, corpus: Corpus, bytes: Uint8Array, parts: readonly Part[]): Mutant {
  const other = random() < 0.5 ? pick(random, parts).bytes : pick(random, corpus.scenes).bytes
  const isLarge = bytes.length > 8192 && random() < 0.9
  return mutate(random, corpus.rules.id, isLarge ? bytes.subarray(0, 4096) : bytes, other)
}

function violation(
  error: unknown,
  seed: number,
  index: number,
  mutant: Mutant,
  scene: Scene,
): Violation {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new Violation(
    `seed ${seed}, frame ${index} (${typeOf(scene.bytes)}: ${mutant.how}): ${text}\n${hex(mutant.bytes)}`,
  )
}

/** The signed things inside a frame. */
function partsOf(tree: Node): readonly Part[] {
  const purpose = purposeOf(tree)
  const below = tree.children.flatMap((child) => {
    const inner = child.major === 2 ? child.children[0] : child
    return inner === undefined ? [] : partsOf(inner)
  })
  if (purpose === undefined) return below
  return [{ purpose, bytes: write(tree) }, ...below]
}

/** The one door: whatever comes, it answers; what it takes is signed; and it keeps its promises. */
function openDoor(
  lib: Library,
  corpus: Corpus,
  report: FuzzReport,
): (scene: Scene, bytes: Uint8Array) => void {
  const targets = new Map<Scene, Target>()
  return (scene, bytes) => {
    let target = targets.get(scene)
    if (target === undefined || target.frames >= framesPerTarget || scene.prelude.length > 0) {
      target = openTarget(lib, corpus, scene)
      targets.set(scene, target)
    }
    target.frames += 1
    const effects = target.replica.handle({ type: 'received', from: scene.from, bytes }, scene.now)
    for (const effect of effects) {
      if (effect.type === 'verdict') count(report.verdicts, effect.verdict)
    }
    if (effects.length === 0) count(report.verdicts, 'no answer')
    if (!checkEffects(lib, corpus, target, effects)) return
    report.stored += 1
    targets.delete(scene)
  }
}

function openDecoders(
  decoders: Decoders,
  corpus: Corpus,
  report: FuzzReport,
): (purpose: Purpose | undefined, bytes: Uint8Array) => void {
  const { meshes: library, messages: wire } = decoders
  const anybody = '00'.repeat(32) as Core.PeerId
  const mesh = library.openMesh(corpus.rules, stubCrypto(anybody, 1))
  const readers: Record<Purpose, (bytes: Uint8Array) => Uint8Array> = {
    release(bytes) {
      const evidence = decoders.releases.decodeEvidence(mesh, bytes)
      const id = signedId(mesh.id, 'release', bytes)
      demand(
        decoders.releases.isSigned(mesh, evidence) === (id !== undefined),
        'a signature was misjudged',
      )
      demand(id === undefined || id === evidence.release.id, 'a release has a wrong id')
      return decoders.releases.showOnly(mesh, bytes, () => true)
    },
    statement(bytes) {
      const statement = decoders.statements.decodeStatement(mesh, bytes)
      demand(signedId(mesh.id, 'statement', bytes) === statement.id, 'a statement has a wrong id')
      const sign = (signed: Uint8Array): Uint8Array => stubSign(statement.issuer, signed)
      return decoders.statements.signStatement({ ...mesh, sign }, statement).bytes
    },
    badge(bytes) {
      const [badge] = decoders.badges.readChain(mesh, [bytes])
      demand(signedId(mesh.id, 'badge', bytes) === badge.id, 'a badge has a wrong id')
      const sign = (signed: Uint8Array): Uint8Array => stubSign(badge.issuer, signed)
      return decoders.badges.signBadge(mesh, badge, sign).bytes
    },
    presence(bytes) {
      decoders.presences.decodePresence(mesh, bytes)
      demand(signedId(mesh.id, 'presence', bytes) !== undefined, 'an unsigned presence was read')
      return bytes
    },
  }
  const readMessage = (bytes: Uint8Array): Uint8Array =>
    wire.encodeMessage(wire.decodeMessage(bytes))

  return (purpose, bytes) => {
    let again: Uint8Array
    try {
      again = purpose === undefined ? readMessage(bytes) : readers[purpose](bytes)
    } catch (error) {
      if (!(error instanceof decoders.errors.Malformed)) throw error
      if (purpose !== undefined) count(report.verdicts, `${purpose} malformed`)
      return
    }
    demand(hex(again) === hex(bytes), `it was read, and written again as ${hex(again)}`)
    report.decoded += 1
    if (purpose !== undefined) count(report.verdicts, `${purpose} read`)
  }
}

function demand(held: boolean, text: string): void {
  if (!held) throw new Violation(text)
}
