import { openReplica } from '@grapevine/core'
import type { Effect, Input, PeerId, Replica } from '@grapevine/core'
import { hash } from 'node:crypto'
import { inRounds, median, memoryInUse, nanoseconds } from '../measure.ts'
import type { Figure } from '../measure.ts'

/** Signatures are stubbed, because they would hide everything else; hashing is real. */
const sha256 = (bytes: Uint8Array): Uint8Array => {
  const { buffer, byteOffset, length } = hash('sha256', bytes, 'buffer')
  return new Uint8Array(buffer, byteOffset, length)
}
const signature = new Uint8Array(64)
const meshId = new Uint8Array(32)
const start = Date.UTC(2026, 0, 1)

const peerOf = (name: string): PeerId =>
  Buffer.from(sha256(Buffer.from(name))).toString('hex') as PeerId
const alice = peerOf('alice')
const bob = peerOf('bob')

function open(peer: PeerId): Replica {
  const { replica } = openReplica({
    mesh: { id: meshId, admins: new Set(), revocable: true },
    crypto: {
      hash: sha256,
      sign: () => signature,
      verify: () => true,
      random: (count) => new Uint8Array(count).fill(7),
    },
    peer,
  })
  replica.handle({ type: 'members', members: new Set([alice, bob]) }, start)
  return replica
}

const keyOf = (index: number): string => `shop/${index % 97}/item-${index}`

const puts = (from: number, count: number, value: unknown): Input & { readonly type: 'write' } => ({
  type: 'write',
  put: new Map(Array.from({ length: count }, (_, index) => [keyOf(from + index), value])),
})

const framesOf = (effects: readonly Effect[]): readonly Uint8Array[] =>
  effects.flatMap((effect) => (effect.type === 'gossip' ? [effect.bytes] : []))

/** Every key written once, so many keys to a release: the frames as they travel. */
function writeAll(writer: Replica, keys: number, size: number, value: unknown): Uint8Array[] {
  const frames: Uint8Array[] = []
  for (let from = 0; from < keys; from += size) {
    const count = Math.min(size, keys - from)
    frames.push(...framesOf(writer.handle(puts(from, count, value), start)))
  }
  return frames
}

const receive = (replica: Replica, from: PeerId, bytes: Uint8Array): readonly Effect[] =>
  replica.handle({ type: 'received', from, bytes }, start)

/** alice and bob with the same keys. */
function pairOf(keys: number): readonly [Replica, Replica] {
  const [writer, reader] = [open(alice), open(bob)]
  for (const frame of writeAll(writer, keys, 256, 1)) receive(reader, alice, frame)
  return [writer, reader]
}

/** One session, every frame delivered; the bytes that went over the wire. */
function sync(asker: Replica, other: Replica): number {
  let bytes = 0
  let queue = [...asker.handle({ type: 'sync', with: other.peer }, start)]
  let [speaker, listener] = [asker, other]
  while (queue.length > 0) {
    const answers: Effect[] = []
    for (const effect of queue) {
      if (effect.type !== 'send' && effect.type !== 'pull') continue
      bytes += effect.bytes.length
      answers.push(...receive(listener, speaker.peer, effect.bytes))
    }
    queue = answers
    ;[speaker, listener] = [listener, speaker]
  }
  return bytes
}

function* reads(): Generator<Figure> {
  const count = 10_000
  const [replica] = pairOf(count)
  const map = new Map(Array.from({ length: count }, (_, index) => [keyOf(index), 1]))
  // Texts of their own, so that neither side wins by comparing pointers, in no order of either.
  const asked = Array.from({ length: count }, (_, index) => keyOf((index * 7919) % count))
  const each = (read: (key: string) => unknown): readonly number[] =>
    inRounds(() => {
      let found = 0
      const time = nanoseconds(() => {
        for (let pass = 0; pass < 20; pass++) for (const key of asked) if (read(key) === 1) found++
      })
      if (found !== 20 * count) throw new Error(`${found} of ${20 * count} reads found their key`)
      return time / (20 * count)
    })
  const floor = median(each((key) => map.get(key)))
  yield {
    what: `get, ${show(count)} keys (floor: Map.get)`,
    unit: 'ns',
    rounds: each((key) => replica.get(key)),
    floor,
    goal: { of: 'ratio', atMost: 5 },
  }
}

function* applying(): Generator<Figure> {
  const [keys, versions] = [4096, 4]
  for (const size of [1, 16, 256]) {
    const writer = open(alice)
    const frames = Array.from({ length: versions }, (_, value) =>
      writeAll(writer, keys, size, value),
    ).flat()
    const perSecond = (time: number): number => (keys * versions) / (time / 1e9)
    const floor = median(
      inRounds(() => perSecond(nanoseconds(() => frames.forEach((frame) => sha256(frame))))),
    )
    const applied = inRounds(() => {
      const reader = open(bob)
      const time = nanoseconds(() => {
        for (const frame of frames) receive(reader, alice, frame)
      })
      if (reader.keys().length !== keys) throw new Error('not every release was applied')
      return perSecond(time)
    })
    yield {
      what: `apply releases of ${size} (floor: SHA-256 of the frames)`,
      unit: 'changes/s',
      rounds: applied,
      floor,
      ...(size > 1 && { goal: { of: 'median', atLeast: 150_000 } }),
    }
  }
}

/** Until a seal, every version of a key may still count. */
function* hotKey(): Generator<Figure> {
  let floor: number | undefined
  for (const versions of [100, 1000, 10_000]) {
    const [writer, reader] = [open(alice), open(bob)]
    let value = 0
    const next = (): readonly Uint8Array[] => framesOf(writer.handle(puts(0, 1, value++), start))
    const apply = (): number => {
      const frames = Array.from({ length: 50 }, next).flat()
      return nanoseconds(() => frames.forEach((frame) => receive(reader, alice, frame))) / 50_000
    }
    for (let done = 0; done < versions; done++) {
      for (const frame of next()) receive(reader, alice, frame)
    }
    const measured = inRounds(apply)
    floor ??= median(measured)
    yield {
      what: `apply one more of ${show(versions)} unsealed versions of a key`,
      unit: 'µs',
      rounds: measured,
      floor,
      goal: { of: 'ratio', atMost: 2 },
    }
  }
}

function* equalReplicas(): Generator<Figure> {
  let floor: number | undefined
  for (const keys of [1000, 10_000, 100_000]) {
    const [writer, reader] = pairOf(keys)
    const time = inRounds(
      () => nanoseconds(() => repeat(200, () => sync(writer, reader))) / 200_000,
    )
    floor ??= median(time)
    const bytes = sync(writer, reader)
    yield {
      what: `session of equal replicas, ${show(keys)} keys (${bytes} B)`,
      unit: 'µs',
      rounds: time,
      floor,
      goal: { of: 'ratio', atMost: 2 },
    }
  }
}

/** The reader lacks some one-key releases: what it costs to bring them, in time and in bytes. */
function missing(keys: number, count: number): readonly { time: number; bytes: number }[] {
  const [writer, reader] = pairOf(keys)
  let value = 2
  return Array.from({ length: 10 }, () => {
    value++
    repeat(count, (index) => writer.handle(puts(index * 7, 1, value), start))
    let bytes = 0
    const time = nanoseconds(() => {
      bytes = sync(reader, writer)
    })
    if (reader.get(keyOf(0)) !== value)
      throw new Error('the session did not bring what was missing')
    return { time: time / 1e3, bytes }
  }).slice(3)
}

function* deltas(): Generator<Figure> {
  const floors = { time: 0, bytes: 0 }
  const cases = [
    ...[1000, 10_000, 100_000].map((keys) => ({ keys, count: 10 })),
    ...[100, 1000].map((count) => ({ keys: 10_000, count })),
  ]
  for (const { keys, count } of cases) {
    const measured = missing(keys, count)
    const time = measured.map((round) => round.time / count)
    const bytes = measured.map((round) => round.bytes / count)
    if (floors.bytes === 0) Object.assign(floors, { time: median(time), bytes: median(bytes) })
    const what = `delta of ${count} missing, ${show(keys)} keys held, per release`
    const goal = { of: 'ratio', atMost: 2 } as const
    yield { what, unit: 'µs', rounds: time, floor: floors.time, goal }
    yield { what, unit: 'B', rounds: bytes, floor: floors.bytes, goal }
  }
}

const bytesOf = (index: number): number => Buffer.byteLength(keyOf(index)) + 1

function* holding(): Generator<Figure> {
  const keys = 100_000
  const payload = Array.from({ length: keys }, (_, index) => bytesOf(index)).reduce((a, b) => a + b)
  for (const size of [1, 256]) {
    const frames = writeAll(open(alice), keys, size, 1)
    let stored = 0
    const held = inRounds(() => {
      const before = memoryInUse()
      const reader = open(bob)
      stored = 0
      // A copy, as from a socket: what the replica keeps of it is its own.
      for (const frame of frames) stored += storedBy(receive(reader, alice, frame.slice()))
      const after = memoryInUse()
      if (reader.get(keyOf(0)) !== 1) throw new Error('nothing is held')
      return (after - before - payload) / keys
    }, 5)
    const disk = [(stored - payload) / keys]
    yield {
      what: `memory per key beyond key and value, releases of ${size}`,
      unit: 'B',
      rounds: held,
    }
    yield {
      what: `disk per key beyond key and value, releases of ${size}`,
      unit: 'B',
      rounds: disk,
    }
  }
}

/** Record names and bytes, without what a store adds of its own. */
function storedBy(effects: readonly Effect[]): number {
  let bytes = 0
  for (const effect of effects) {
    if (effect.type !== 'persist') continue
    for (const [name, record] of effect.records) bytes += name.length + (record?.length ?? 0)
  }
  return bytes
}

function* overhead(): Generator<Figure> {
  const [writer, reader] = [open(alice), open(bob)]
  const write = (replica: Replica, value: number): Uint8Array =>
    framesOf(replica.handle(puts(0, 1, value), start))[0]!
  const figures: [number, Uint8Array][] = [[0, write(writer, 1)]]
  const concurrent = write(reader, 2)
  figures.push([1, write(writer, 3)])
  receive(writer, bob, concurrent)
  figures.push([2, write(writer, 4)])
  for (const [entries, frame] of figures) {
    yield {
      what: `frame of a one-key release beyond key and value, ${entries} in seen`,
      unit: 'B',
      rounds: [frame.length - bytesOf(0)],
      ...(entries === 1 && { goal: { of: 'median', atMost: 200 } }),
    }
  }
}

const show = (count: number): string => count.toLocaleString('en')

function repeat(times: number, work: (index: number) => void): void {
  for (let index = 0; index < times; index++) work(index)
}

export function* bench(): Generator<Figure> {
  yield* reads()
  yield* applying()
  yield* hotKey()
  yield* equalReplicas()
  yield* deltas()
  yield* holding()
  yield* overhead()
}
