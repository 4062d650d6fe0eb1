import { Malformed, MeshError } from '@grapevine/core'
import type { Key, Value } from '@grapevine/core'
import type { Entry, Published, WriteOptions } from '../peer.js'
import { invalid } from '../writing/draft.js'
import { audienceNow, audienceOf, isSameAudience } from './audience.js'
import type { SealTo } from './audience.js'
import { isFor, openWritten } from './read-secret.js'
import { nameOf, rosterOf } from './roster.js'
import type { Roster } from './roster.js'
import { isSecret, readSealed, seal } from './sealed-value.js'
import type { Audience, Sealed } from './sealed-value.js'
import type { SecretParts } from './secret-parts.js'

export interface ResealOptions extends Omit<WriteOptions, 'ifMatch' | 'requestId'> {
  /** Only secrets whose keys begin with it. */
  readonly prefix?: string | undefined
  /** Whom to seal them to from now on; left out: to those of their recipients who still are members. */
  readonly to?: SealTo | undefined
}

export interface Resealed {
  /** Releases are of a bounded size: there can be several; none: all was well. */
  readonly published: readonly Published[]
  readonly resealed: readonly ResealedKey[]
  /** Due, and left as it was. */
  readonly left: readonly { readonly key: Key; readonly why: string }[]
}

interface ResealedKey {
  readonly key: Key
  /** Whom by name it was sealed to beside those it was sealed to before, and whom not any more. */
  readonly added: readonly string[]
  readonly dropped: readonly string[]
}

/** Sealed anew, and not yet written. */
interface Due extends ResealedKey {
  readonly value: Value
  readonly version: string
}

type Left = Resealed['left'][number]

/** Well below what a release may hold, with one more of the largest. */
const batchBytesMax = 2 * 1024 * 1024
const batchKeysMax = 1000

export async function reseal(parts: SecretParts, options: ResealOptions): Promise<Resealed> {
  const { prefix = '', to, force = false, message = 'sealed again', ...write } = options
  if (typeof prefix !== 'string') throw invalid('prefix', prefix, 'a text')
  parts.closing.throwIfAborted()
  const roster = rosterOf(parts.holders())
  const asked = to === undefined ? undefined : audienceOf(to, roster)
  const published: Published[] = []
  const resealed: ResealedKey[] = []
  const left: Left[] = []
  let batch: Due[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    const written = await writeAll(parts, batch, left, { ...write, message })
    if (written !== undefined) published.push(written.release)
    for (const { key, added, dropped } of written?.due ?? []) resealed.push({ key, added, dropped })
    batch = []
    bytes = 0
  }
  for (const entry of parts.peer.entries(prefix)) {
    write.signal?.throwIfAborted()
    parts.closing.throwIfAborted()
    const due = await dueOf(parts, entry, { roster, asked, force })
    if (due === undefined) continue
    if ('why' in due) {
      left.push(due)
      continue
    }
    batch.push(due)
    bytes += due.bytes
    if (bytes > batchBytesMax || batch.length >= batchKeysMax) await flush()
  }
  await flush()
  return { published, resealed, left }
}

interface Wanted {
  readonly roster: Roster
  readonly asked: Audience | undefined
  readonly force: boolean
}

/** undefined: it is no secret, or sealed as it should be. */
async function dueOf(
  parts: SecretParts,
  entry: Entry,
  { roster, asked, force }: Wanted,
): Promise<(Due & { readonly bytes: number }) | Left | undefined> {
  const { key, value, version, others } = entry
  if (!isSecret(value)) return undefined
  try {
    const sealed = readSealed(value)
    const next = asked ?? audienceNow(sealed, roster)
    if (!force && isSameAudience(sealed, next)) return undefined
    if (next.recipients.length === 0) return { key, why: 'no recipient is left: say `to` whom' }
    if (others.length > 0) return { key, why: 'it is in conflict: resolve it first' }
    if (!isFor(parts, sealed)) return { key, why: `it is not sealed to ${parts.name}` }
    const sealedAnew = await seal(key, await openWritten(parts, key, entry), next)
    const bytes = sizeOf(sealedAnew)
    return { key, value: sealedAnew, version, bytes, ...changesOf(sealed, next, roster) }
  } catch (error) {
    if (!(error instanceof MeshError || error instanceof Malformed)) throw error
    return { key, why: error.message }
  }
}

const sizeOf = (value: Value): number => {
  const { age, recipients } = readSealed(value)
  return age.length + recipients.length * recipientBytes
}

/** With a peer id and a name of usual length. */
const recipientBytes = 200

function changesOf(
  { recipients: before }: Sealed,
  { recipients: now }: Audience,
  roster: Roster,
): Pick<ResealedKey, 'added' | 'dropped'> {
  const agesBefore = new Set(before.map(({ age }) => age))
  const agesNow = new Set(now.map(({ age }) => age))
  return {
    added: now.filter(({ age }) => !agesBefore.has(age)).map((one) => nameOf(one, roster)),
    dropped: before.filter(({ age }) => !agesNow.has(age)).map((one) => nameOf(one, roster)),
  }
}

/** As one release. What somebody has changed meanwhile is left to him. */
async function writeAll(
  { peer }: SecretParts,
  batch: readonly Due[],
  left: Left[],
  { message, ...write }: WriteOptions,
): Promise<{ readonly release: Published; readonly due: readonly Due[] } | undefined> {
  let due = batch
  while (due.length > 0) {
    const set = new Map(due.map(({ key, value }) => [key, value]))
    const ifMatch = new Map(due.map(({ key, version }) => [key, version]))
    try {
      return { release: await peer.publish({ set, ifMatch, message }, write), due }
    } catch (error) {
      const changed =
        error instanceof MeshError && error.code === 'IF_MATCH_FAILED' ? error.data['key'] : error
      const rest = due.filter(({ key }) => key !== changed)
      if (rest.length === due.length) throw error
      left.push({ key: changed as Key, why: 'somebody has changed it meanwhile: seal again' })
      due = rest
    }
  }
  return undefined
}
