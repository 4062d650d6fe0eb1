import { MeshError, openReplica } from '@grapevine/core'
import type {
  Crypto,
  Effect,
  Input,
  MeshRules,
  PeerId,
  Records,
  Release,
  Replica,
} from '@grapevine/core'
import type { Clock } from '../clock.js'
import type { Judgement } from '../network/network.js'
import { countCommits } from './commits.js'
import type { CommitTimes, Commits } from './commits.js'
import { judge, perform } from './outlets.js'
import type { Act, Cause, Outlets } from './outlets.js'
import type { OpenStore, Store, Transaction } from '../store/store.js'

/**
 * The loop: every input goes through one door, and its effects are carried out in their order. What
 * follows a `persist` waits in the outbox until that is durable: answers, frames, and what readers see.
 *
 *     write · frame · session · tick ─▶ replica.handle ─▶ persist ─▶ store
 *                                             └─▶ outbox ──(durable)──▶ changed · written · send · gossip …
 */
export interface Interpreter {
  /** As it stands; it may run ahead of the disk. After a disk that failed it is another one. */
  readonly replica: Replica
  readonly store: Store
  /** Why writes are not taken; undefined: they are. */
  readonly failure: Error | undefined
  /** How long writers wait for this disk. */
  commits(): Commits
  /**
   * A local write. Rejects before anything is touched, or answers once it is durable; undefined: there
   * was nothing to write. `accepted` hears of it as soon as it is in memory.
   */
  write(
    input: Extract<Input, { readonly type: 'write' | 'rollback' }>,
    accepted?: (release: Release | undefined) => void,
  ): Promise<Release | undefined>
  /** Anything else that happens. It never throws: what the replica refuses is told where failures go. */
  handle(input: Input): void
  /** The same, for whoever wants to know: rejects before anything is touched, or answers its effects. */
  ask(input: Input): Promise<readonly Effect[]>
  /** A frame down a stream; answers when all that follows from it was carried out. */
  received(from: PeerId, bytes: Uint8Array): Promise<Judgement>
  /** A frame by gossip; answers whether it should go on. */
  heard(from: PeerId, bytes: Uint8Array): Promise<Judgement>
  /** Records of the peer's own; they are durable some time later. */
  note(transaction: Transaction): void
  /** What was handled before is durable, or the disk failed; the store is closed. */
  close(): Promise<void>
}

interface InterpreterOptions {
  readonly store: Store
  readonly records: Records
  readonly openStore: OpenStore
  readonly mesh: MeshRules
  readonly crypto: Crypto
  readonly peer: PeerId
  readonly clock: Clock
  readonly outlets: Outlets
  /** What the replica must hear before all else. */
  readonly standing?: readonly Input[] | undefined
}

interface Waiting {
  readonly act: Act
  readonly cause: Cause
  readonly transaction: number
}

/** Gossip beyond this many effects that wait for the disk is left to sessions. */
const waitingMax = 10_000
/** A full disk is tried again so much later: twice as long each time it is full still. */
const reopenMs = { first: 500, last: 10_000 }

/** Records of the peer itself lie beside those of the replica. */
export const ofReplica = (records: Records): Records =>
  new Map([...records].filter(([name]) => !name.startsWith('peer/')))

interface Inside extends Omit<InterpreterOptions, 'standing'> {
  store: Store
  replica: Replica
  failure: Error | undefined
  isClosed: boolean
  outbox: Waiting[]
  /** Transactions are counted; those up to `durable` are. */
  appended: number
  durable: number
  isSettling: boolean
  reopenMs: number
  cancelReopen: () => void
  reopening: Promise<void> | undefined
  readonly commitTimes: CommitTimes
  /** What a replica must hear again after it was opened anew: it lives in memory only. */
  readonly standing: Map<string, Input>
}

export function createInterpreter(options: InterpreterOptions): Interpreter {
  const opened = openRecords(options, options.records)
  const inside: Inside = {
    ...options,
    replica: opened.replica,
    failure: undefined,
    isClosed: false,
    outbox: [],
    appended: 0,
    durable: 0,
    isSettling: false,
    reopenMs: reopenMs.first,
    cancelReopen: () => {},
    reopening: undefined,
    commitTimes: countCommits(),
    standing: new Map(options.standing?.map((input) => [input.type, input])),
  }
  begin(inside, opened.effects)
  return {
    get replica() {
      return inside.replica
    },
    get store() {
      return inside.store
    },
    get failure() {
      return inside.failure
    },
    commits: inside.commitTimes.all,
    write: (input, accepted) =>
      new Promise((resolve, reject) => {
        const effects = run(inside, input, { written: resolve, failed: reject })
        accepted?.(effects.find((effect) => effect.type === 'written')?.release)
      }),
    handle: (input) => handle(inside, input),
    async ask(input) {
      // Where nothing waits for the disk, it is done before there is an answer.
      let effects: readonly Effect[] = []
      await new Promise<void>((done, failed) => {
        effects = run(inside, input, { done, failed })
      })
      return effects
    },
    received: (from, bytes) => take(inside, from, bytes, { bytes }),
    heard: async (from, bytes) =>
      inside.outbox.length > waitingMax ? 'ignore' : take(inside, from, bytes, {}),
    note: (transaction) => {
      if (isOpen(inside)) append(inside, transaction)
    },
    close: async () => {
      inside.isClosed = true
      inside.cancelReopen()
      await inside.reopening
      await inside.store.close().catch(() => {})
    },
  }
}

const isOpen = ({ failure, isClosed }: Inside): boolean => failure === undefined && !isClosed

function openRecords(
  { mesh, crypto, peer }: Pick<InterpreterOptions, 'mesh' | 'crypto' | 'peer'>,
  records: Records,
): { readonly replica: Replica; readonly effects: readonly Effect[] } {
  return openReplica({ mesh, crypto, peer, records: ofReplica(records), areChecked: true })
}

/** The first steps of a replica that was just opened. */
function begin(inside: Inside, effects: readonly Effect[]): void {
  const { store, standing } = inside
  carryOut(inside, effects, {})
  for (const input of Array.from(standing.values())) handle(inside, input)
  if (store.doubt === undefined) return
  if (effects.length === 0) handle(inside, { type: 'reincarnate', why: store.doubt })
  append(inside, new Map(), () => store.settleDoubt())
}

/** Runs one input, or throws before anything is touched. */
function run(inside: Inside, input: Input, cause: Cause): readonly Effect[] {
  const { failure, isClosed, replica, clock } = inside
  if (isClosed) throw new MeshError('PEER_CLOSED', 'this peer is closed: open it again')
  if (failure !== undefined) throw failure
  let effects: readonly Effect[]
  try {
    effects = replica.handle(input, clock.now())
  } catch (error) {
    // Anything else is a broken invariant: what this replica holds is not to be told to anybody.
    if (!(error instanceof MeshError)) fail(inside, error as Error)
    throw error
  }
  carryOut(inside, effects, cause)
  return effects
}

function handle(inside: Inside, input: Input): void {
  const { standing, outlets } = inside
  if (input.type === 'members' || input.type === 'badge') standing.set(input.type, input)
  if (input.type === 'refuse') {
    if (input.reason === undefined) standing.delete(`refuse/${input.key}`)
    else standing.set(`refuse/${input.key}`, input)
  }
  try {
    if (isOpen(inside)) run(inside, input, { isPresence: input.type === 'announce' })
  } catch (error) {
    // Anything else was told where it failed.
    if (error instanceof MeshError) outlets.failed(error, `the input '${input.type}'`)
  }
}

/** From outside: whatever it is, nobody there hears of our troubles. */
const take = (inside: Inside, from: PeerId, bytes: Uint8Array, given: Cause): Promise<Judgement> =>
  new Promise((resolve) => {
    const cause: Cause = { ...given, done: () => resolve(judge(cause)) }
    try {
      if (isOpen(inside)) return void run(inside, { type: 'received', from, bytes }, cause)
    } catch {
      // Told as a notice where it failed.
    }
    resolve('ignore')
  })

function carryOut(inside: Inside, effects: readonly Effect[], cause: Cause): void {
  for (const effect of effects) {
    if (effect.type === 'persist') append(inside, effect.records)
    else inside.outbox.push({ act: effect, cause, transaction: inside.appended })
  }
  inside.outbox.push({ act: 'done', cause, transaction: inside.appended })
  settle(inside, inside.durable)
}

/** Appends, and goes on with what waits for it; after a failure, with nothing. */
function append(inside: Inside, transaction: Transaction, then?: () => Promise<void>): void {
  const number = (inside.appended += 1)
  const { store } = inside
  const done = inside.commitTimes.begin()
  store
    .append(transaction)
    .then(() => {
      done()
      return then?.()
    })
    .then(
      () => {
        if (inside.store !== store || inside.failure !== undefined) return
        inside.reopenMs = reopenMs.first
        settle(inside, number)
      },
      (error: unknown) => {
        if (inside.store === store) fail(inside, error as Error)
      },
    )
}

/** In their order; what an act sets off goes behind. One that fails keeps nobody from what is due. */
function settle(inside: Inside, durable: number): void {
  inside.durable = Math.max(inside.durable, durable)
  if (inside.isSettling) return
  inside.isSettling = true
  let next = 0
  for (;;) {
    const waiting = inside.outbox[next]
    if (waiting === undefined || waiting.transaction > inside.durable) break
    next += 1
    const { act, cause } = waiting
    attempt(inside, act === 'done' ? act : act.type, () => perform(act, cause, inside.outlets))
  }
  inside.outbox.splice(0, next)
  inside.isSettling = false
}

function attempt({ outlets }: Inside, what: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    outlets.failed(error, `the outlet for '${what}'`)
  }
}

/** Nobody is told that this disk holds what it may not hold. Readers go on. */
function fail(inside: Inside, error: Error): void {
  const { failure, isClosed, outlets } = inside
  if (failure !== undefined) return
  inside.failure = error
  const causes = new Set(inside.outbox.map(({ cause }) => cause))
  inside.outbox = []
  for (const { failed, done } of causes) {
    failed?.(error)
    done?.()
  }
  if (isClosed) return
  outlets.notice({ notice: 'store', text: error.message })
  // Space can come back. After a failed sync nobody knows what the disk holds: that takes a restart.
  if (isFull(error)) reopenLater(inside)
}

const isFull = (error: unknown): boolean =>
  error instanceof MeshError && error.code === 'STORE_FULL'

function reopenLater(inside: Inside): void {
  const delayMs = inside.reopenMs
  inside.reopenMs = Math.min(delayMs * 2, reopenMs.last)
  inside.cancelReopen = inside.clock.after(delayMs, () => {
    inside.reopening = reopen(inside).catch((error: unknown) => {
      inside.failure = error as Error
      if (!inside.isClosed) reopenLater(inside)
    })
  })
}

/** The replica ran ahead of the disk: it is thrown away, and what the disk holds is opened. */
async function reopen(inside: Inside): Promise<void> {
  const { openStore, outlets } = inside
  await inside.store.close().catch(() => {})
  const store = await openStore()
  try {
    const records = await store.load()
    if (inside.isClosed) return await store.close()
    const { replica, effects } = openRecords(inside, records)
    Object.assign(inside, { store, replica, durable: inside.appended, failure: undefined })
    begin(inside, effects)
  } catch (error) {
    // It is locked for as long as it is open.
    await store.close().catch(() => {})
    throw error
  }
  attempt(inside, 'reopened', () => outlets.reopened(inside.replica))
  outlets.notice({ notice: 'store', text: 'the store takes writes again' })
}
