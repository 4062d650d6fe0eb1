import type * as Core from '../src/index.js'
import {
  type Forgery,
  forgeRelease,
  forgerId,
  isReleaseFrame,
  releaseFrame,
  releaseIn,
} from './forge.js'
import { type Stage, type Step, dotOf, replicaOf } from './scenario.js'
import { type Frame, dayMs } from './world.js'
import { hex, peerOf, sha256 } from './stub-crypto.js'
import { readFact } from './oracle.js'

type Values = Readonly<Record<string, unknown>>

export const seconds = (count: number): number => count * 1000
export const minutes = (count: number): number => count * 60_000
export const days = (count: number): number => count * dayMs

const step = (says: string, run: (stage: Stage) => void): Step => ({ says, run })
const show = (value: unknown): string => {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

// ---------------------------------------------------------------------------------------------
// What people do.

interface WriteOptions extends Omit<Core.Write, 'put' | 'ifMatch'> {
  readonly put?: Values
  /** Key → the name under which `read` kept its version. */
  readonly ifMatch?: Readonly<Record<string, string | null>>
}

export const write = (name: string, { put: values, ifMatch, ...rest }: WriteOptions): Step =>
  step(`${name} writes ${show({ put: values, ...rest })}`, (stage) => {
    const versions = Object.entries(ifMatch ?? {}).map(
      ([key, label]) => [key, label === null ? null : versionOf(stage, label)] as const,
    )
    stage.written = stage.world.write(name, {
      ...rest,
      put: new Map(Object.entries(values ?? {})),
      ifMatch: new Map(versions),
    })
  })

function versionOf(stage: Stage, label: string): string | null {
  const version = stage.versions.get(label)
  if (version === undefined) throw new Error(`no version was kept as ${label}`)
  return version
}

export const put = (name: string, values: Values): Step => write(name, { put: values })
export const remove = (name: string, ...keys: string[]): Step => write(name, { remove: keys })

/** One release per key: key1, key2, ... each of so many bytes. */
export const putEach = (name: string, count: number, bytes: number, letter = 'x'): Step =>
  step(`${name} puts ${count} keys of ${bytes} bytes`, ({ world }) => {
    for (let index = 1; index <= count; index++) {
      world.put(name, { [`key${index}`]: letter.repeat(bytes) })
    }
  })

/** Keeps the version of a key, for a later `ifMatch`. */
export const read = (name: string, key: string, label: string): Step =>
  step(`${name} reads ${key}`, ({ world, versions }) => {
    versions.set(label, world.replica(name).read(key)?.version ?? null)
  })

export const rollback = (name: string, dot: string): Step =>
  step(`${name} rolls back ${dot}`, (stage) => {
    const effects = stage.world.handle(name, { type: 'rollback', dot: dotOf(stage, dot) })
    const written = effects.find((effect) => effect.type === 'written')
    stage.written = written?.release
    if (written?.release) stage.world.acknowledged.push({ name, release: written.release })
  })

export const refuse = (name: string, key: string, reason: string | undefined): Step =>
  step(`the code at ${name} refuses ${key}`, ({ world }) => {
    world.handle(name, { type: 'refuse', key: key as Core.Key, reason })
  })

// ---------------------------------------------------------------------------------------------
// What the network does. Gossip waits until something is delivered; sessions run to their end.

export const deliver = (): Step => step('everything arrives', ({ world }) => world.deliver())

export const drop = (): Step =>
  step('everything on its way is lost', ({ world }) => void world.frames.splice(0))

/** Only these hear what is on its way, and what they answer is lost. */
export const deliverOnlyTo = (...names: string[]): Step =>
  step(`only ${names.join(', ')} hears what is on its way`, ({ world }) => {
    const due = world.frames.splice(0).filter(({ to }) => names.includes(to))
    world.frames.push(...due)
    for (let count = 0; count < due.length; count++) world.deliverOne(0)
    world.frames.splice(0)
  })

export const deliverLastFirst = (): Step =>
  step('everything arrives, the last first', ({ world }) => {
    world.frames.reverse()
    world.deliver()
  })

/** What is on its way to this one is held up until `comeThrough`. */
export const holdUp = (name: string): Step =>
  step(`what is on its way to ${name} is held up`, ({ world, heldUp }) => {
    const onTheirWay = world.frames.splice(0)
    heldUp.push(...onTheirWay.filter(({ to }) => to === name))
    world.frames.push(...onTheirWay.filter(({ to }) => to !== name))
  })

export const comeThrough = (): Step =>
  step('what was held up comes through', ({ world, heldUp }) => {
    world.frames.push(...heldUp.splice(0))
    world.deliver()
  })

export const cut = (...groups: (readonly string[])[]): Step =>
  step(`the network is cut: ${groups.map((group) => group.join(' ')).join(' | ')}`, ({ world }) =>
    world.cut(...groups),
  )

export const heal = (): Step => step('the network heals', ({ world }) => world.heal())

export const sync = (a: string, b: string): Step =>
  step(`${a} syncs with ${b}`, ({ world }) => world.sync(a, b))

/** Sessions between all pairs until nothing moves. */
export const rest = (): Step => step('all come to rest', ({ world }) => world.rest())

export const announce = (...names: string[]): Step =>
  step(`${names.join(', ') || 'everybody'} announces itself`, ({ world }) => {
    for (const name of names.length > 0 ? names : world.nodes.keys()) {
      world.handle(name, { type: 'announce' })
    }
    world.deliver()
  })

export const tick = (ms: number): Step => step(`${ms / 1000} s pass`, ({ world }) => world.tick(ms))

/** The clock of one peer goes wrong by so much. */
export const skew = (name: string, ms: number): Step =>
  step(`the clock of ${name} is ${ms / 1000} s off`, ({ world }) => {
    world.node(name).skewMs = ms
  })

// ---------------------------------------------------------------------------------------------
// What happens to stores.

export const crash = (name: string): Step =>
  step(`${name} crashes`, ({ world }) => world.crash(name))

export const loseDisk = (name: string): Step =>
  step(`${name} loses its disk`, ({ world }) => world.loseDisk(name))

export const takeImage = (name: string, label: string): Step =>
  step(`the store of ${name} is copied`, ({ world, images }) => {
    images.set(label, new Map(world.node(name).disk))
  })

export const restore = (name: string, label: string): Step =>
  step(`an old copy of the store of ${name} comes back`, ({ world, images }) => {
    const image = images.get(label)
    if (image === undefined) throw new Error(`no store was copied as ${label}`)
    world.nodes.delete(name)
    world.open(name, image)
    world.handle(name, { type: 'members', members: world.members() })
  })

/** A second process runs on a copy of the store; its name ends in '. */
export const clone = (name: string): Step =>
  step(`a copy of ${name} goes live`, ({ world }) => void world.clone(name))

export const join = (name: string): Step =>
  step(`${name} joins`, ({ world }) => {
    world.open(name)
    world.meet([...world.nodes.keys()])
  })

/** The others are told that it is no member any more; it may go on talking. */
export const leave = (name: string): Step =>
  step(`${name} is no member any more`, ({ world }) => {
    const members = world.members()
    members.delete(peerOf(name))
    for (const other of world.nodes.keys()) {
      if (other !== name) world.handle(other, { type: 'members', members })
    }
  })

export const reincarnate = (name: string): Step =>
  step(`${name} takes a new replica id`, ({ world }) => {
    world.handle(name, { type: 'reincarnate', why: 'its store was restored' })
  })

/** The disk of a peer lies: it says that what a release changed has been settled. */
export const damage = (name: string, dot: string): Step =>
  step(`the disk of ${name} forgets what ${dot} changed`, (stage) => {
    const { replica, seq } = dotOf(stage, dot)
    // [since when cold: never, keys still unsettled: none]
    const forgotten = new Uint8Array([0x82, 0xf6, 0x80])
    stage.world.node(name).disk.set(`settled/${replica}/${seq}`, forgotten)
    stage.damaged.add(name)
    stage.world.crash(name)
  })

/** From here on the damaged one must keep every promise again. */
export const repaired = (name: string): Step =>
  step(`${name} is sound again`, ({ damaged }) => void damaged.delete(name))

export const collect = (...names: string[]): Step =>
  step(`${names.join(', ') || 'everybody'} collects`, ({ world }) => {
    for (const name of names.length > 0 ? names : world.nodes.keys()) world.collect(name)
  })

/** Time passes, admins seal and everybody collects; bodies that are settled turn cold. */
export const settle = (...admins: string[]): readonly Step[] => [
  deliver(),
  tick(days(31)),
  rest(),
  ...admins.map(seal),
  rest(),
  collect(),
]

/** Cold bodies leave the logs: what they held can only be had by snapshot now. */
export const forgetCold = (): readonly Step[] => [tick(days(31)), collect()]

// ---------------------------------------------------------------------------------------------
// Statements.

export const seal = (name: string): Step =>
  step(`${name} seals`, ({ world }) => {
    world.handle(name, { type: 'issue', statement: { kind: 'seal' } })
  })

/** `cutReplica('alice', 'bob·1')`: nothing of bob's replica id counts beyond its first release. */
export const cutReplica = (name: string, dot: string): Step =>
  step(`${name} cuts after ${dot}`, (stage) => {
    const marks = [dotOf(stage, dot)]
    stage.world.handle(name, { type: 'issue', statement: { kind: 'cut', marks } })
  })

export const close = (name: string, label: string): Step =>
  step(`${name} closes ${label}`, (stage) => {
    const statement = { kind: 'close', replica: replicaOf(stage, label) } as const
    stage.world.handle(name, { type: 'issue', statement })
  })

// ---------------------------------------------------------------------------------------------
// What is sent that should not be.

interface Lie extends Omit<Forgery, 'seen' | 'prev' | 'ms'> {
  readonly seen?: Readonly<Record<string, number>>
}

/** A release that a member signed by hand reaches these, rightly signed and wrong. */
export const forge = ({ seen = {}, ...lie }: Lie, ...names: string[]): Step =>
  step(`${lie.by} shows ${names.join(', ')} a forged release`, (stage) => {
    const { world } = stage
    stage.replicas.set(lie.by, forgerId(world.meshId, lie.by))
    const vector = Object.entries(seen).map(
      ([label, seq]) => [replicaOf(stage, label), seq] as const,
    )
    const prev = hex(sha256(new Uint8Array([lie.seq])))
    const forgery = { ...lie, prev, ms: world.now, seen: new Map(vector) }
    const bytes = releaseFrame(forgeRelease(world.meshId, forgery))
    for (const name of names) world.handle(name, { type: 'received', from: peerOf(lie.by), bytes })
  })

/** So many releases that wait for a first one which nobody has. */
export const flood = (by: string, count: number, name: string): Step =>
  step(`${by} floods ${name} with ${count} releases behind a hole`, (stage) => {
    for (let seq = 2; seq < count + 2; seq++) {
      forge({ by, seq, key: 'k', put: seq }, name).run(stage)
    }
  })

/** Gossip carries a release round to somebody once more. */
export const echo = (dot: string, name: string): Step =>
  step(`${name} hears ${dot} again`, (stage) => {
    const { world } = stage
    const { replica, seq } = dotOf(stage, dot)
    const isIt = (frame: Uint8Array): boolean => {
      if (!isReleaseFrame(frame)) return false
      const fact = readFact(world.meshId, releaseIn(frame))
      return fact.replica === replica && fact.seq === seq
    }
    const { effect } = world.log.find(
      (one) => one.effect.type === 'gossip' && isIt(one.effect.bytes),
    )!
    const other = [...world.nodes.keys()].find((node) => node !== name)!
    if ('bytes' in effect) world.frames.push({ from: other, to: name, bytes: effect.bytes })
    world.deliver()
  })

/** From now on every frame passes through these hands; undefined loses it. */
export const tamper = (says: string, how: (frame: Frame) => Frame | undefined): Step =>
  step(says, ({ world }) => {
    world.intercept = how
  })

export const playFair = (): Step =>
  step('nobody tampers any more', ({ world }) => {
    world.intercept = (frame) => frame
  })
