import { createHash } from 'node:crypto'
import type { Draft, Peer, Published, Status, Value, WriteOptions } from '@grapevine/peer'
import { textOf } from './text.ts'
import { usageOf } from './usage.ts'
import type { Usage } from './usage.ts'
import { startWriting } from './writer.ts'
import type { WriteEvent, Writing, WritingPlan } from './writer.ts'

/** Everything that readers see of a peer, to be compared. */
export interface Digest {
  readonly hash: string
  readonly keys: number
  readonly conflicts: number
}

export interface Burst {
  readonly releases: readonly string[]
  readonly shown: ReadonlyMap<string, string>
  readonly removed: readonly string[]
}

/** What a test can ask of a peer, wherever that runs: arguments and answers are plain data. */
export interface Commands {
  set(key: string, value: Value, options?: Pick<WriteOptions, 'ack' | 'force'>): Promise<string>
  remove(key: string): Promise<string>
  publish(draft: Draft): Promise<string>
  /** Sealed to all members. */
  setSecret(key: string, secret: string): Promise<string>
  /** Writes in the background; each write is told as it happens. */
  write(plan: WritingPlan): void
  /** How many writes were tried, once the plan is fulfilled. */
  written(): Promise<number>
  /** Writes and removes keys under a prefix as fast as it goes; answers what is to be seen of them. */
  burst(prefix: string, releases: number): Promise<Burst>
  /** Ends writing after the write that is under way. */
  stopWriting(): Promise<number>
  get(key: string): Value | undefined
  /** By key, the value shown and those beside it. */
  shown(prefix?: string): ReadonlyMap<string, readonly string[]>
  digest(): Digest
  /** Those of the releases that this peer does not hold. */
  lacking(releases: readonly string[]): readonly string[]
  /** What each member's presence proves about a release. */
  receipts(release: string): readonly string[]
  /** Follows what is under a prefix, from now on. */
  watch(prefix: string): void
  /** Looks at what is under a prefix through a watch and a binding, and lets go of both. */
  glance(prefix: string): Promise<number>
  /** The last value that the follower was told for each key; undefined: it is gone. */
  watched(): ReadonlyMap<string, Value | undefined>
  status(): Status
  backup(file: string): Promise<void>
  usage(): Usage
  /** Sets the clock of a peer that was given one. */
  jump(byMs: number): void
  /** Answers how long it took. */
  close(): Promise<number>
}

type Tell = (event: WriteEvent) => Promise<void>

export function commandsOf(
  peer: Peer,
  tell: Tell,
  jump: (byMs: number) => void = () => {},
): Commands {
  return {
    ...writingCommands(peer, tell),
    ...readingCommands(peer),
    ...watchingCommands(peer),
    status: () => peer.status(),
    backup: (file) => peer.backup(file),
    usage: usageOf,
    jump,
    async close() {
      const began = performance.now()
      await peer.close()
      return performance.now() - began
    },
  }
}

type Part<Name extends keyof Commands> = Pick<Commands, Name>

function writingCommands(
  peer: Peer,
  tell: Tell,
): Part<
  'set' | 'remove' | 'publish' | 'setSecret' | 'burst' | 'write' | 'written' | 'stopWriting'
> {
  let writing: Writing = { done: Promise.resolve(0), stop: () => {} }
  const nameOf = ({ name }: Published): string => name
  return {
    set: async (key, value, options) => nameOf(await peer.set(key, value, options)),
    remove: async (key) => nameOf(await peer.remove(key)),
    publish: async (draft) => nameOf(await peer.publish(draft)),
    setSecret: async (key, secret) => nameOf(await peer.setSecret(key, secret, { to: 'members' })),
    write(plan) {
      writing = startWriting(peer, plan, tell)
    },
    burst: (prefix, releases) => burst(peer, prefix, releases),
    written: () => writing.done,
    stopWriting() {
      writing.stop()
      return writing.done
    },
  }
}

const burstKeys = 200
const burstAtOnce = 100

/** Every key in its turn; each fifth of them is removed again and again, and last of all. */
async function burst(peer: Peer, prefix: string, count: number): Promise<Burst> {
  const releases: string[] = []
  const shown = new Map<string, string>()
  const one = async (number: number): Promise<void> => {
    const index = number % burstKeys
    const key = `${prefix}${index}`
    const isRemove = index % 5 === 0 && Math.floor(number / burstKeys) % 2 === 1
    const value = `${prefix}#${number}`
    if (isRemove) shown.delete(key)
    else shown.set(key, value)
    const { name } = await (isRemove ? peer.remove(key) : peer.set(key, value))
    releases.push(name)
  }
  for (let number = 0; number < count; number += burstAtOnce) {
    const numbers = Array.from({ length: burstAtOnce }, (_, index) => number + index)
    await Promise.all(numbers.map(one))
  }
  const keys = Array.from({ length: burstKeys }, (_, index) => `${prefix}${index}`)
  return { releases, shown, removed: keys.filter((key) => !shown.has(key)) }
}

const readingCommands = (
  peer: Peer,
): Part<'get' | 'shown' | 'digest' | 'lacking' | 'receipts'> => ({
  get: (key) => peer.get(key),
  shown: (prefix) =>
    new Map(
      peer
        .entries(prefix)
        .map(({ key, value, others }) => [
          key,
          [value, ...others.map((other) => other.value)].map(textOf),
        ]),
    ),
  digest: () => digestOf(peer),
  lacking: (releases) => releases.filter((release) => !isHeld(peer, release)),
  receipts: (release) => peer.receipts(release).map(({ receipt }) => receipt),
})

function isHeld(peer: Peer, release: string): boolean {
  try {
    return peer.release(release) !== undefined
  } catch {
    return false
  }
}

function digestOf(peer: Peer): Digest {
  const entries = peer.entries()
  const hash = createHash('sha256')
  for (const { key, value, release, others } of entries) {
    const beside = others.map((other) => [other.value, other.release.id])
    hash.update(JSON.stringify([key, value, release.id, beside]))
  }
  return {
    hash: hash.digest('hex'),
    keys: entries.length,
    conflicts: entries.filter(({ others }) => others.length > 0).length,
  }
}

function watchingCommands(peer: Peer): Part<'watch' | 'watched' | 'glance'> {
  const told = new Map<string, Value | undefined>()
  async function follow(prefix: string): Promise<void> {
    for await (const { changes } of peer.watch(prefix)) {
      for (const { key, value } of changes) told.set(key, value)
    }
  }
  return {
    watch: (prefix) => void follow(prefix),
    watched: () => told,
    async glance(prefix) {
      using binding = peer.bind(`${prefix}key0`, anything, { default: undefined })
      binding.on('change', () => {})
      for await (const { changes } of peer.watch(prefix)) return changes.length
      return 0
    },
  }
}

/** A schema that takes everything. */
const anything: Parameters<Peer['bind']>[1] = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
}
