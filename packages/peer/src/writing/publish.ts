import { MeshError, compareStamps, formatDot, sameValue } from '@grapevine/core'
import type { Dot, Input, Key, Release, Replica, Value } from '@grapevine/core'
import { checkText, checkTexts, invalid, writeOf } from './draft.js'
import type { CheckedWrite } from './draft.js'
import { checkSignal } from '../api/listeners.js'
import type { Inside } from '../api/parts.js'
import type {
  Difference,
  Draft,
  Peer,
  Published,
  ReleaseRef,
  RollbackPlan,
  RolledBack,
  WriteOptions,
} from '../peer.js'
import { intended } from './intended.js'
import { reached } from './reach.js'
import { openSigned } from './signed.js'
import { dotOf, releaseInfo } from '../api/release-info.js'
import { onAbort } from '../api/waiting.js'

type Writes = Pick<
  Peer,
  'set' | 'remove' | 'publish' | 'publishSigned' | 'rollback' | 'planRollback' | 'resolve' | 'diff'
>
type Waits = Pick<WriteOptions, 'ack' | 'signal' | 'as'>

/** Everything that writes. What cannot be carried out rejects before anything is touched. */
export const writesOf = (inside: Inside): Writes => ({
  set: async (key, value, options = {}) =>
    publish(inside, { ...single(key, options), set: new Map([[key, value]]) }, options),
  remove: async (key, options = {}) =>
    publish(inside, { ...single(key, options), remove: [key] }, options),
  publish: async (draft, options = {}) => publish(inside, draft, options),
  publishSigned: async (signed, { ack, signal } = {}) => {
    const opened = await openSigned(inside, signed)
    const present = (): Said => alreadyThere(inside, opened)
    return (await write(inside, opened.input, { ack, signal }, present))!
  },
  rollback: async (release, options = {}) => rollback(inside, release, options),
  planRollback: (release) => planRollback(inside, release),
  resolve: async (key, take, options = {}) => {
    const { value, version } = chosen(inside, checkText(key), take)
    const { ifMatch = version } = options
    const draft = single(key, { ...options, ifMatch })
    return publish(inside, { ...draft, set: new Map([[key, value]]) }, options)
  },
  diff: (draft) => differences(inside, draft),
})

const single = (key: string, { ifMatch, message, requestId, force }: WriteOptions): Draft => ({
  ifMatch: ifMatch === undefined ? undefined : new Map([[key, ifMatch]]),
  message,
  requestId,
  force,
})

async function publish(inside: Inside, draft: Draft, waits: Waits): Promise<Published> {
  const asked = writeOf(draft)
  if (asked.put.size + asked.remove.length === 0) {
    throw invalid('draft', draft, 'at least one key to set or to remove')
  }
  const answer = await write(inside, asked, waits, () => alreadyThere(inside, asked))
  // Something says so already, or that has thrown.
  return answer!
}

/** What was written, or says already what somebody wanted to write: the newest of several. */
interface Said {
  readonly release: Release
  readonly isNew: boolean
  readonly dots: readonly Dot[]
}

/** undefined: there was nothing to write, and `present` does not know what says so. */
async function write(
  inside: Inside,
  input: Extract<Input, { readonly type: 'write' | 'rollback' }>,
  { ack = 'durable', signal, as }: Waits,
  present: () => Said | undefined,
): Promise<Published | undefined> {
  if (!['durable', 'accepted'].includes(ack)) throw invalid('ack', ack, "'durable' or 'accepted'")
  checkSignal(signal)
  signal?.throwIfAborted()
  const { interpreter, closing } = inside
  closing.throwIfAborted()
  // Asked for again with its request id, a release is not new.
  const before = input.requestId === undefined ? undefined : interpreter.replica.clock()
  const said = (release: Release): Said => {
    const isNew = before === undefined || (before.get(release.replica) ?? 0) < release.seq
    return { release, isNew, dots: [release] }
  }
  // What is present is looked up at once: by the time the disk answers it can be something else.
  const answerOf = async (release: Release | undefined): Promise<Said | undefined> =>
    release === undefined ? present() : said(release)
  let accept = (_said: Promise<Said | undefined>): void => {}
  const accepted = new Promise<Said | undefined>((resolve) => (accept = resolve))
  const signed = as === undefined ? input : intended(inside, input, as)
  const durable = interpreter.write(signed, (release) => accept(answerOf(release)))
  const stored = Promise.all([accepted, durable]).then(([answer]) => answer)
  const enough = ack === 'durable' ? stored : Promise.race([accepted, stored])
  const answer = await unlessAborted(signal, enough)
  return answer && published(inside, answer, durable)
}

/** Whoever gives up waiting does not take back what was asked for. */
async function unlessAborted<T>(signal: AbortSignal | undefined, answer: Promise<T>): Promise<T> {
  if (signal === undefined) return answer
  let stop = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => (stop = onAbort(signal, reject)))
  return Promise.race([answer, aborted]).finally(stop)
}

function published(
  inside: Inside,
  { release, isNew, dots }: Said,
  durable: Promise<unknown>,
): Published {
  const info = releaseInfo(release, inside.interpreter.replica)
  const awaited = { name: info.name, dots, durable }
  return { ...info, isNew, reached: async (options = {}) => reached(inside, awaited, options) }
}

/** The releases that say already what somebody wants to write. */
function alreadyThere(
  { interpreter }: Inside,
  { put, remove }: Pick<CheckedWrite, 'put' | 'remove'>,
): Said {
  const { replica } = interpreter
  const saying = [
    ...[...put.keys()].map((key) => replica.read(key)?.release),
    ...remove.map((key) => lastRemove(replica, key)),
  ]
  // That a key was never there is said by none: whoever has the newest one knows as much as this peer.
  if (saying.includes(undefined)) saying.push(...tipsOf(replica).sort(compareStamps).slice(-1))
  const known = saying.filter((release) => release !== undefined)
  const dots = [...new Map(known.map((release) => [release.id, release])).values()]
  const release = dots.sort(compareStamps).at(-1)
  if (release === undefined) {
    throw new MeshError('RELEASE_UNKNOWN', 'nothing was ever written here that could be removed')
  }
  return { release, isNew: false, dots }
}

function lastRemove(replica: Replica, key: string): Release | undefined {
  const last = replica.history(key).at(-1)
  return last?.change.put === undefined ? last?.release : undefined
}

const tipsOf = (replica: Replica): Release[] =>
  [...replica.clock()].flatMap(([id, seq]) => replica.release({ replica: id, seq })?.release ?? [])

async function rollback(
  inside: Inside,
  ref: Parameters<Peer['rollback']>[0],
  { message, requestId, ...waits }: NonNullable<Parameters<Peer['rollback']>[1]>,
): Promise<RolledBack> {
  checkTexts({ message, requestId })
  const { replica } = inside.interpreter
  const dot = dotOf(ref, replica.clock().keys())
  const plan = replica.planRollback(dot)
  const answer = await write(
    inside,
    {
      type: 'rollback',
      dot,
      message: message ?? `undoes ${formatDot(dot)}`,
      ...(requestId !== undefined && { requestId }),
    },
    waits,
    () => undefined,
  )
  // What was undone before, under the same request id, is what that release changed.
  const changes = answer && inside.interpreter.replica.release(answer)?.changes
  const returned = changes?.map(({ key }) => key) ?? [...plan.put.keys(), ...plan.remove].sort()
  const isReturned = new Set(returned)
  return {
    published: answer,
    returned,
    changedSince: plan.changedSince.filter((key) => !isReturned.has(key)),
    unknown: plan.unknown,
  }
}

/** As a draft, to be looked at, or to be signed elsewhere: it holds for the versions that it names. */
function planRollback({ interpreter }: Inside, ref: ReleaseRef): RollbackPlan {
  const { replica } = interpreter
  const dot = dotOf(ref, replica.clock().keys())
  const { put, remove, changedSince, unknown } = replica.planRollback(dot)
  const versionOf = (key: Key): [Key, string | null] => [key, replica.read(key)?.version ?? null]
  const ifMatch = new Map([...put.keys(), ...remove].map(versionOf))
  const message = `undoes ${formatDot(dot)}`
  const draft = { set: put, remove, ifMatch, confirmRemoves: remove.length, message }
  return { draft, changedSince, unknown }
}

/** The value that settles a conflict, and the version at which its caller saw it. */
function chosen(
  { view, interpreter }: Inside,
  key: Key,
  take: Parameters<Peer['resolve']>[1],
): { readonly value: Value; readonly version: string | null } {
  const entry = view.entry(key)
  const version = entry?.version ?? null
  if (typeof take !== 'object' || (take as unknown) === null)
    throw invalid('take', take, '{ release } or { value }')
  if ('value' in take) return { value: take.value, version }
  if (!('release' in take)) throw invalid('take', take, '{ release } or { value }')
  const dot = dotOf(take.release, interpreter.replica.clock().keys())
  const values = entry === undefined ? [] : [entry, ...entry.others]
  const taken = values.find(({ release }) => formatDot(release) === formatDot(dot))
  if (taken !== undefined) return { value: taken.value, version }
  const names = values.map(({ release }) => release.name)
  throw new MeshError(
    'RELEASE_UNKNOWN',
    `${key} has no value by release ${formatDot(dot)}: ${names.length === 0 ? 'it has none' : `take ${names.join(' or ')}`}`,
    { key, releases: names },
  )
}

/** What readers would see differently. */
function differences({ view }: Inside, draft: Draft): readonly Difference[] {
  const { put, remove } = writeOf(draft)
  const found: Difference[] = []
  for (const [key, after] of put) {
    const before = view.get(key)
    if (before === undefined || !sameValue(before, after)) found.push({ key, before, after })
  }
  for (const key of new Set(remove)) {
    const before = view.get(key)
    if (before !== undefined) found.push({ key, before, after: undefined })
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1))
}
