import { type Draft, commit, draftFault } from './commit.js'
import { Malformed, MeshError } from './errors.js'
import { isPut, seenOn } from './heads.js'
import { type Key, sortedEntries, sortedValues } from './ids.js'
import { type Intent, readIntent } from './intent.js'
import { checkKey, textFault, utf8Length } from './key.js'
import { limits } from './limits.js'
import { type Change, type Release } from './release.js'
import { nextStamp } from './stamp.js'
import { type State, limitOf, requestName, seqOf } from './state.js'
import { type Turn } from './turn.js'
import { type Value, copyValue, sameValue } from './value.js'

/** What a caller asks for. All of it becomes one release, or none of it. */
export interface Write {
  readonly put?: ReadonlyMap<string, unknown> | undefined
  readonly remove?: readonly string[] | undefined
  /** Remove every key under a prefix; the count says what the caller believes it removes. */
  readonly removePrefix?: { readonly prefix: string; readonly count: number } | undefined
  /** How many removes the caller has confirmed, where there are more than a few. */
  readonly confirmRemoves?: number | undefined
  /** Key → the `version` the caller read (null: absent). On this replica's view; no global lock. */
  readonly ifMatch?: ReadonlyMap<string, string | null> | undefined
  readonly message?: string | undefined
  /** A retry with the same id on this replica is answered with the first release. */
  readonly requestId?: string | undefined
  /** Write values that are there already, too. */
  readonly force?: boolean | undefined
  /**
   * What somebody else wants and signed for, as `signIntent` made it: then that is what is written, and
   * all of it, with the message and request id that it names.
   */
  readonly intent?: Uint8Array | undefined
}

/** A local write: checked as a whole before anything is touched. */
export function write(state: State, given: Write, turn: Turn): Release | undefined {
  const intent = given.intent === undefined ? undefined : openIntent(state, given.intent)
  const asked = intent === undefined ? given : wholeOf(given, intent)
  checkText('message', asked.message, limits.releaseMessageBytesMax)
  checkText('request id', asked.requestId, limits.requestIdBytesMax)
  const { requestId: id } = asked
  const author = intent?.author ?? state.peer
  const earlier = id === undefined ? undefined : state.requests.get(requestName(author, id))
  if (earlier !== undefined) return earlier

  const puts = new Map<Key, Value>()
  for (const [name, value] of sortedEntries(asked.put ?? new Map<string, unknown>())) {
    const key = checkKey(name)
    puts.set(key, copyValue(key, value))
  }
  const removes = new Set<Key>([...(asked.remove ?? []).map(checkKey), ...keysUnder(state, asked)])
  for (const key of sortedValues(removes)) {
    if (!puts.has(key)) continue
    throw new MeshError('RELEASE_INVALID', `key ${key} is both put and removed in one release`, {
      key,
    })
  }
  checkMatches(state, asked)

  const news = changesOf(state, puts, removes, asked.force === true)
  checkRemoves(news, asked)
  if (news.length === 0) return undefined
  // What was signed as a whole is written as a whole.
  const changes = intent === undefined ? news : changesOf(state, puts, removes, true)
  const { message, requestId } = asked
  const draft = { changes, message, requestId, authorship: intent }
  checkMayWrite(state, draft, turn.now)
  return commit(state, draft, turn)
}

function changesOf(
  state: State,
  puts: ReadonlyMap<Key, Value>,
  removes: ReadonlySet<Key>,
  isForced: boolean,
): readonly Change[] {
  const changes: Change[] = []
  // order: as inserted, ascending
  for (const [key, value] of puts) {
    if (isForced || !showsAlready(state, key, value)) {
      changes.push({ key, seen: seenOn(state, key), put: { value } })
    }
  }
  for (const key of sortedValues(removes)) {
    const isShown = state.keys.get(key)?.shown !== undefined
    if (isForced || isShown) changes.push({ key, seen: seenOn(state, key) })
  }
  return changes
}

function openIntent(state: State, bytes: Uint8Array): Intent {
  try {
    return readIntent(state.mesh, bytes)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new MeshError('INTENT_INVALID', `the intent cannot be used: ${error.message}`)
  }
}

const wholeOf = (
  { ifMatch, confirmRemoves, force }: Write,
  { changes, message, requestId }: Intent,
): Write => ({
  put: new Map(changes.flatMap(({ key, put }) => (put === undefined ? [] : [[key, put.value]]))),
  remove: changes.flatMap(({ key, put }) => (put === undefined ? [key] : [])),
  ifMatch,
  confirmRemoves,
  force,
  message,
  requestId,
})

/** A write that the others would never take is refused here, where somebody can still act. */
function checkMayWrite(state: State, draft: Draft, now: number): void {
  const stamp = nextStamp(state.stamp, now)
  const fault = draftFault(state, draft, stamp)
  if (fault !== undefined) throw new MeshError('NOT_ALLOWED', `nothing was written: ${fault}`)
  const limit = limitOf(state)(state.replica)
  if (seqOf(state, state.replica) >= limit) {
    throw new MeshError(
      'REPLICA_CUT',
      `replica id ${state.replica} was cut after ${limit}: what it writes is void; ask an admin to let this peer in again`,
      { replica: state.replica, limit },
    )
  }
  const ahead = stamp.ms - now
  if (ahead > limits.stampAheadMsMax) {
    throw new MeshError(
      'CLOCK_BEHIND',
      `this clock is ${Math.round(ahead / 1000)} s behind the newest release held here, so others would not take a write: correct the clock`,
      { behindMs: ahead },
    )
  }
}

function checkText(what: string, text: string | undefined, bytesMax: number): void {
  if (text === undefined) return
  const fault = textFault(text)
  if (fault !== undefined) {
    throw new MeshError('RELEASE_INVALID', `the ${what} ${fault}`, { what })
  }
  const bytes = utf8Length(text)
  if (bytes <= bytesMax) return
  throw new MeshError(
    'RELEASE_INVALID',
    `the ${what} is ${bytes} bytes long, the limit is ${bytesMax}: shorten it`,
    { what, bytes },
  )
}

function keysUnder(state: State, { removePrefix }: Write): readonly Key[] {
  if (removePrefix === undefined) return []
  const { prefix, count } = removePrefix
  // order: sorted by commit
  const found = [...state.keys].filter(
    ([key, { shown }]) => shown !== undefined && key.startsWith(prefix),
  )
  if (found.length !== count) {
    throw new MeshError(
      'BULK_REMOVE_UNCONFIRMED',
      `removing ${prefix}* would remove ${found.length} keys, not ${count}: look again, then state ${found.length}`,
      { prefix, count: found.length },
    )
  }
  return found.map(([key]) => key)
}

function checkRemoves(changes: readonly Change[], asked: Write): void {
  const removes = changes.filter((change) => change.put === undefined).length
  if (removes <= limits.removesUnconfirmedMax || asked.confirmRemoves === removes) return
  throw new MeshError(
    'BULK_REMOVE_UNCONFIRMED',
    `this release removes ${removes} keys, more than ${limits.removesUnconfirmedMax}: confirm the count ${removes}`,
    { count: removes },
  )
}

function checkMatches(state: State, { ifMatch }: Write): void {
  for (const [name, version] of sortedEntries(ifMatch ?? new Map<string, string | null>())) {
    const key = checkKey(name)
    const present = state.keys.get(key)?.version ?? null
    if (present === version) continue
    throw new MeshError(
      'IF_MATCH_FAILED',
      `${key} is at version ${present ?? 'absent'}, not ${version ?? 'absent'}: read it again`,
      {
        key,
        version: present,
      },
    )
  }
}

/** A conflict is not "already there": writing the shown value again resolves it. */
function showsAlready(state: State, key: Key, value: Value): boolean {
  const held = state.keys.get(key)
  if (held?.shown === undefined || held.heads.filter(isPut).length > 1) return false
  return sameValue(held.shown.change.put!.value, value)
}
