import { randomBytes } from 'node:crypto'
import { MeshError, limits } from '@grapevine/core'
import type { Key, Notice, PeerId, Replica } from '@grapevine/core'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.js'
import { rulesOf } from './genesis.js'
import { cryptoOf, identityOf } from './identity.js'
import { createInterpreter } from './interpreter.js'
import type { Interpreter } from './interpreter.js'
import type { Outlets } from './outlets.js'
import { memoryStore } from '../store/memory-store.js'
import type { Identity } from '../network/network.js'
import type { Store } from '../store/store.js'

const mesh = rulesOf({ name: 'shop', admins: [] })
const opened: Interpreter[] = []

afterEach(async () => {
  for (const interpreter of opened.splice(0)) await interpreter.close()
})

/** What came out, in its order. */
type Told = readonly [what: string, detail: unknown]

interface Standing {
  readonly interpreter: Interpreter
  readonly told: Told[]
  readonly disk: Map<string, Uint8Array>
  readonly identity: Identity
  /** The next transactions fail with this. */
  fault: Error | undefined
  /** Called before a store that was opened is read. */
  beforeLoad: () => Promise<void>
  /** How long it waited before each time it opened the store again, and how many are open. */
  readonly delays: number[]
  setTime(now: number): void
  readonly openStores: () => number
  /** Lets one held transaction of the disk go on; only with `isSlow`. */
  release: () => void
  until(what: string): Promise<Told>
}

async function start(
  options: {
    readonly isSlow?: boolean
    readonly disk?: Map<string, Uint8Array>
    readonly doubt?: string
    readonly identity?: Identity
    readonly outlets?: Partial<Outlets>
  } = {},
): Promise<Standing> {
  const { disk = new Map<string, Uint8Array>() } = options
  const identity = options.identity ?? identityOf(randomBytes(32))
  const told: Told[] = []
  const waiting: { readonly what: string; readonly found: (told: Told) => void }[] = []
  const held: (() => void)[] = []
  const tell = (what: string, detail: unknown): void => {
    told.push([what, detail])
    for (const one of waiting.splice(0)) {
      if (one.what === what) one.found([what, detail])
      else waiting.push(one)
    }
  }
  const self = { fault: undefined as Error | undefined, beforeLoad: async (): Promise<void> => {} }
  const delays: number[] = []
  let now = systemClock.now
  const locks = new Set<Store>()
  const openStore = async (): Promise<Store> => {
    if (locks.size > 0) throw new MeshError('STORE_LOCKED', 'the store is open already')
    const store = memoryStore({
      disk,
      doubt: options.doubt,
      beforeStore: () => {
        if (self.fault !== undefined) throw self.fault
      },
    })
    locks.add(store)
    const inner = { ...store }
    Object.assign(store, {
      load: async () => self.beforeLoad().then(async () => inner.load()),
      close: async () => inner.close().finally(() => locks.delete(store)),
    })
    if (options.isSlow !== true) return store
    const slowly = async (transaction: ReadonlyMap<string, Uint8Array | null>): Promise<void> => {
      await new Promise<void>((go) => held.push(go))
      await store.append(transaction)
    }
    return { ...store, doubt: undefined, append: slowly }
  }
  const store = await openStore()
  const interpreter = createInterpreter({
    store,
    records: await store.load(),
    openStore,
    mesh,
    crypto: cryptoOf(identity),
    peer: identity.peer,
    clock: {
      now: () => now(),
      after(delayMs, happen) {
        delays.push(delayMs)
        return systemClock.after(1, happen)
      },
    },
    outlets: { ...outletsTo(tell), ...options.outlets },
  })
  opened.push(interpreter)
  return Object.assign(self, {
    interpreter,
    told,
    disk,
    identity,
    delays,
    setTime: (time: number) => void (now = () => time),
    openStores: () => locks.size,
    release: () => held.shift()?.(),
    until: (what: string) =>
      new Promise<Told>((found) => {
        const before = told.find(([one]) => one === what)
        if (before === undefined) waiting.push({ what, found })
        else found(before)
      }),
  })
}

const outletsTo = (tell: (what: string, detail: unknown) => void): Outlets => ({
  changed: (changes) =>
    tell(
      'changed',
      changes.map(({ key }) => key),
    ),
  gossip: (bytes) => tell('gossip', bytes),
  send: (to) => tell('send', to),
  pull: (from) => tell('pull', from),
  judged: () => {},
  synced: (peer) => tell('synced', peer),
  moved: () => tell('moved', undefined),
  heardPresence: () => tell('presence', undefined),
  revoked: () => tell('revoked', undefined),
  notice: (notice: Notice | { readonly notice: 'store'; readonly text: string }) =>
    tell(`notice ${notice.notice}`, notice.text),
  reopened: (replica: Replica) => tell('reopened', replica.keys()),
  failed: (error, where) => tell('failed', `${where}: ${(error as Error).message}`),
})

const put = (key: string, value: number) =>
  ({ type: 'write', put: new Map([[key, value]]) }) as const

/** Everything that is due has happened. */
const quiet = (): Promise<void> => new Promise((done) => setImmediate(done))
const stranger = 'ab'.repeat(32) as PeerId

describe('interpreter', () => {
  it('acknowledges, shows and tells others only what is durable', async () => {
    const standing = await start({ isSlow: true })
    standing.release()
    await quiet()
    let isWritten = false
    const written = standing.interpreter.write(put('a', 1)).then(() => (isWritten = true))
    await quiet()
    expect([standing.told, isWritten]).toEqual([[], false])
    expect(standing.interpreter.replica.get('a')).toBe(1)
    standing.release()
    await written
    expect(standing.told.map(([what]) => what)).toEqual(['changed', 'gossip', 'moved'])
  })

  it('says at once what was accepted', async () => {
    const standing = await start({ isSlow: true })
    const seqs: (number | undefined)[] = []
    const written = standing.interpreter.write(put('a', 1), (release) => seqs.push(release?.seq))
    expect(seqs).toEqual([1])
    standing.release()
    standing.release()
    expect((await written)?.seq).toBe(1)
  })

  it('answers what an input did, once that is durable, or why it was refused', async () => {
    const standing = await start({ isSlow: true })
    standing.release()
    await quiet()
    const { interpreter } = standing
    let effects: readonly string[] | undefined
    const asked = interpreter
      .ask(put('a', 1))
      .then((all) => (effects = all.map(({ type }) => type)))
    await quiet()
    expect(effects).toBe(undefined)
    standing.release()
    await asked
    expect(effects).toEqual(expect.arrayContaining(['persist', 'changed', 'written']))
    const seal = { type: 'issue', statement: { kind: 'seal' } } as const
    await expect(interpreter.ask(seal)).rejects.toBeInstanceOf(MeshError)
  })

  it('rejects what the replica refuses, and nothing happens', async () => {
    const { interpreter, told } = await start()
    await expect(interpreter.write(put('/a', 1))).rejects.toMatchObject({ code: 'KEY_INVALID' })
    await quiet()
    expect(told).toEqual([])
  })

  it('writes nothing where everything is there already', async () => {
    const { interpreter } = await start()
    await interpreter.write(put('a', 1))
    expect(await interpreter.write(put('a', 1))).toBeUndefined()
  })

  it('rejects writers when the disk fails, keeps its reads, and tells once', async () => {
    const standing = await start()
    await standing.interpreter.write(put('a', 1))
    standing.fault = new MeshError('STORE_IO', 'the disk is broken')
    const writes = [
      standing.interpreter.write(put('a', 2)),
      standing.interpreter.write(put('b', 1)),
    ]
    for (const write of writes) await expect(write).rejects.toThrow('the disk is broken')
    await expect(standing.interpreter.write(put('c', 1))).rejects.toThrow('the disk is broken')
    expect(standing.interpreter.failure).toMatchObject({ code: 'STORE_IO' })
    expect(standing.told.filter(([what]) => what === 'notice store')).toHaveLength(1)
    expect(standing.told.filter(([what]) => what === 'changed')).toHaveLength(1)
    expect(await standing.interpreter.heard(stranger, new Uint8Array([1]))).toBe('ignore')
  })

  it('takes writes again when a full disk has room again, from what it really holds', async () => {
    const standing = await start()
    await standing.interpreter.write(put('a', 1))
    standing.fault = new MeshError('STORE_FULL', 'the disk is full')
    await expect(standing.interpreter.write(put('a', 2))).rejects.toThrow('the disk is full')
    standing.fault = undefined
    await standing.until('reopened')
    expect(standing.interpreter.replica.get('a')).toBe(1)
    await standing.interpreter.write(put('a', 3))
    expect(standing.interpreter.replica.get('a')).toBe(3)
  })

  it('opens a full disk less and less often, until a write is durable again', async () => {
    const standing = await start()
    const { interpreter, delays } = standing
    for (const fault of [new MeshError('STORE_FULL', 'the disk is full'), undefined]) {
      for (let times = 0; times < 2; times++) {
        standing.told.length = 0
        standing.fault = fault
        await interpreter.write(put('a', times)).catch(() => {})
        if (fault !== undefined) await standing.until('reopened')
      }
    }
    standing.fault = new MeshError('STORE_FULL', 'the disk is full')
    await expect(interpreter.write(put('a', 9))).rejects.toThrow('the disk is full')
    expect(delays).toEqual([500, 1_000, 500])
  })

  it('leaves no store open where one could be opened, and not be read', async () => {
    const standing = await start()
    standing.beforeLoad = () => Promise.reject(new Error('it cannot be read'))
    standing.fault = new MeshError('STORE_FULL', 'the disk is full')
    await expect(standing.interpreter.write(put('a', 1))).rejects.toThrow('the disk is full')
    await expect.poll(() => standing.interpreter.failure?.message).toBe('it cannot be read')
    standing.beforeLoad = async () => {}
    standing.fault = undefined
    await standing.until('reopened')
    expect((await standing.interpreter.write(put('a', 1)))?.seq).toBe(1)
  })

  it('is not closed before a store that was just being opened again is', async () => {
    const standing = await start()
    let goOn = (): void => {}
    const reading = new Promise<void>((begun) => {
      standing.beforeLoad = () => {
        begun()
        return new Promise((resolve) => (goOn = resolve))
      }
    })
    standing.fault = new MeshError('STORE_FULL', 'the disk is full')
    await expect(standing.interpreter.write(put('a', 1))).rejects.toThrow('the disk is full')
    await reading
    const closing = standing.interpreter.close()
    goOn()
    await closing
    expect([standing.openStores(), standing.told.some(([what]) => what === 'reopened')]).toEqual([
      0,
      false,
    ])
  })

  it('throws at nobody what the replica refuses, and opens a disk again all the same', async () => {
    const standing = await start()
    const { interpreter } = standing
    const keys = Array.from({ length: limits.refusalsMax + 1 }, (_, at) => `k${at}`)
    await interpreter.write({ type: 'write', put: new Map(keys.map((key) => [key, 1])) })
    for (const key of keys) interpreter.handle({ type: 'refuse', key: key as Key, reason: 'no' })
    expect((await standing.until('failed'))[1]).toContain("the input 'refuse': 256 keys are")
    standing.fault = new MeshError('STORE_FULL', 'the disk is full')
    await expect(interpreter.write(put('b', 2))).rejects.toThrow('the disk is full')
    standing.fault = undefined
    await standing.until('reopened')
    expect(interpreter.failure).toBe(undefined)
  })

  it('carries out what is due to others where an outlet fails, and says so', async () => {
    const changed = (): never => {
      throw new Error('no room to show it')
    }
    const { interpreter, told } = await start({ outlets: { changed } })
    expect((await interpreter.write(put('a', 1)))?.seq).toBe(1)
    expect((await interpreter.write(put('a', 2)))?.seq).toBe(2)
    expect(told.filter(([what]) => what !== 'gossip')).toEqual([
      ['failed', "the outlet for 'changed': no room to show it"],
      ['moved', undefined],
      ['failed', "the outlet for 'changed': no room to show it"],
      ['moved', undefined],
    ])
  })

  it('says once for each input that what is held has moved, also where only time brought it', async () => {
    const [alice, bob] = [await start(), await start()]
    const write = alice.interpreter.replica.handle(put('a', 1), Date.now() + 120_000)
    const frame = write.find((effect) => effect.type === 'gossip')!
    await bob.interpreter.heard(alice.interpreter.replica.peer, frame.bytes)
    expect(bob.told).toEqual([])
    bob.setTime(Date.now() + 120_000)
    bob.interpreter.handle({ type: 'tick' })
    await bob.until('moved')
    expect(bob.told.map(([what]) => what)).toEqual(['changed', 'moved'])
  })

  it('refuses a value again after its disk was opened anew', async () => {
    const standing = await start()
    const { interpreter } = standing
    interpreter.handle({ type: 'members', members: new Set() })
    const release = await interpreter.write(put('a', 1))
    interpreter.handle({ type: 'refuse', key: 'a' as never, reason: 'too small' })
    standing.fault = new MeshError('STORE_FULL', 'the disk is full')
    await expect(interpreter.write(put('b', 2))).rejects.toThrow('the disk is full')
    standing.fault = undefined
    await standing.until('reopened')
    expect(interpreter.replica.receipts(release!, Date.now())).toMatchObject([
      { receipt: 'refused' },
    ])
  })

  it('numbers nothing under the replica id of a store that is in doubt', async () => {
    const first = await start()
    await first.interpreter.write(put('a', 1))
    const before = first.interpreter.replica.id()
    await first.interpreter.close()
    const again = await start({ ...first, doubt: 'it was copied' })
    const release = await again.interpreter.write(put('a', 2))
    expect(release).toMatchObject({ replica: again.interpreter.replica.id(), seq: 1 })
    expect(release?.replica).not.toBe(before)
    expect(again.interpreter.store.doubt).toBeUndefined()
    expect(await again.until('notice reincarnated')).toEqual([
      'notice reincarnated',
      expect.stringContaining('it was copied'),
    ])
  })

  it('lets valid news go on, keeps what is known, and blames who sends what nobody signed', async () => {
    const [alice, bob] = [await start(), await start()]
    bob.interpreter.handle({ type: 'members', members: new Set([alice.interpreter.replica.peer]) })
    await alice.interpreter.write(put('a', 1))
    const [, bytes] = await alice.until('gossip')
    const hear = () => bob.interpreter.heard(alice.interpreter.replica.peer, bytes as Uint8Array)
    expect([await hear(), await hear()]).toEqual(['accept', 'ignore'])
    const bent = (bytes as Uint8Array).map((byte, at) => (at === 20 ? byte ^ 1 : byte))
    expect(await bob.interpreter.heard(stranger, bent)).toBe('reject')
    expect(bob.interpreter.replica.get('a')).toBe(1)
  })

  it('is closed once what it was told is durable, and takes nothing more', async () => {
    const { interpreter, disk } = await start()
    const written = interpreter.write(put('a', 1))
    await interpreter.close()
    await written
    expect([...disk.keys()].some((name) => name.startsWith('release/'))).toBe(true)
    await expect(interpreter.write(put('b', 1))).rejects.toMatchObject({ code: 'PEER_CLOSED' })
  })
})
