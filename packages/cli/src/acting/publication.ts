import type { PeerClient } from '@grapevine/api/client'
import type { Value } from '@grapevine/core'
import type { Difference, Draft, Entry } from '@grapevine/peer'
import type { Call } from '../call.js'
import { misused } from '../complain.js'
import { meant } from '../formats/flat-names.js'
import { checkFormat } from '../formats/format.js'
import type { Format } from '../formats/format.js'
import { badFile, placeInWords } from '../formats/place.js'
import type { Place } from '../formats/place.js'
import { readContents } from '../formats/read-files.js'
import type { Contents } from '../formats/read-files.js'
import { checkedSaying } from '../formats/tree.js'
import { prefixOf } from '../typed/prefixes.js'
import { isSealed } from '../shown/shown-value.js'
import { flag, text } from '../verb.js'
import { countOf } from './writing.js'

/** Of the verbs that read files. */
export const fileOptions = {
  prefix: text('<prefix>', 'everything in the file goes below it'),
  format: text('<format>', 'yaml, json, toml, env or properties, where the name does not say it', {
    check: checkFormat,
  }),
  prune: flag('also remove the keys that the file speaks of and does not have'),
} as const

interface FileWish {
  readonly prefix: string | undefined
  readonly format: string | undefined
  readonly prune: boolean
}

/** What a file would do. */
export interface Publication {
  readonly draft: Draft
  /** As the peer sees them: the removes as well. */
  readonly differences: readonly Difference[]
  readonly stays: number
  readonly removed: readonly string[]
}

/** What files say, against what is there. Nothing is written yet. */
export async function planPublication(
  call: Call,
  client: PeerClient,
  path: string,
  { prefix, format, prune }: FileWish,
): Promise<Publication> {
  const contents = await readContents(call, path, {
    prefix: prefixOf(prefix),
    format: format as Format | undefined,
  })
  for (const skipped of contents.skipped) {
    call.say(`not read: ${skipped} (its name does not say which format it has)`)
  }
  const there = await entriesAbout(client, contents)
  const places = new Map<string, Place>()
  const set = new Map<string, Value>()
  for (const { key, value, place } of sayingsOf(contents, there)) {
    const other = places.get(key)
    if (other !== undefined) throw saidTwice(key, other, place)
    places.set(key, place)
    set.set(key, value)
  }
  if (set.size === 0) {
    throw misused(
      `${path} is empty: it says of no key what its value is`,
      prune ? 'grapevine rm removes keys' : undefined,
    )
  }
  checkSecrets(set, places, there)
  const removed = prune ? missingOf(contents, set, there, path) : []
  const draft: Draft = {
    set,
    remove: removed.map(({ key }) => key),
    confirmRemoves: removed.length,
    // What somebody else has changed since is not removed.
    ifMatch: new Map(removed.map(({ key, version }) => [key, version])),
  }
  const differences = await client.diff(draft)
  return {
    draft,
    differences,
    stays: set.size + removed.length - differences.length,
    removed: removed.map(({ key }) => key),
  }
}

async function entriesAbout(
  client: PeerClient,
  { said, flat, scopes }: Contents,
): Promise<readonly Entry[]> {
  const about = [...said.map(({ key }) => key), ...flat.map(({ prefix }) => prefix), ...scopes]
  const { entries } = await client.entries(commonStart(about))
  return entries
}

function commonStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts
  let length = first.length
  for (const other of others) {
    let same = 0
    while (same < length && first[same] === other[same]) same++
    length = same
  }
  return first.slice(0, length)
}

function sayingsOf({ said, flat }: Contents, there: readonly Entry[]): Contents['said'] {
  const meantByNames = flat.map(({ flat: form, prefix, place, ...saying }) => {
    const around = prefix === '' ? there : there.filter(({ key }) => key.startsWith(`${prefix}/`))
    const { key, value } = meant(form, saying, around, prefix)
    return checkedSaying(key, () => value, place)
  })
  return [...said, ...meantByNames]
}

const saidTwice = (key: string, one: Place, other: Place) =>
  badFile(
    other,
    `${key} is said here, and at ${placeInWords(one)} already`,
    'leave one of them away',
  )

/** A secret that is written over in the clear could be read by everybody, for ever. */
function checkSecrets(
  set: ReadonlyMap<string, Value>,
  places: ReadonlyMap<string, Place>,
  there: readonly Entry[],
): void {
  for (const { key, value } of there) {
    const next = set.get(key)
    if (next === undefined || !isSealed(value) || isSealed(next)) continue
    throw badFile(
      places.get(key) ?? { file: key },
      `${key} is a secret, and here its value stands for everybody to read`,
      `grapevine set --secret --to … ${key} @file, and leave it out here`,
    )
  }
}

function missingOf(
  { scopes }: Contents,
  set: ReadonlyMap<string, Value>,
  there: readonly Entry[],
  path: string,
): readonly Entry[] {
  if (scopes.length === 0) {
    throw misused(
      `${path} speaks of no prefix as a whole, so nothing can be missing in it`,
      'name it: --prefix payments',
    )
  }
  return there.filter(({ key }) => !set.has(key) && scopes.some((scope) => key.startsWith(scope)))
}

/** `14 keys change, 2 stay, none is removed` */
export function publicationInWords({ differences, stays, removed }: Publication): string {
  const changed = differences.length - removed.length
  return [
    changed === 0
      ? 'no key changes'
      : `${countOf(changed, 'key')} ${changed === 1 ? 'changes' : 'change'}`,
    `${stays === 0 ? 'none' : stays} ${stays > 1 ? 'stay' : 'stays'}`,
    `${removed.length === 0 ? 'none' : removed.length} ${removed.length > 1 ? 'are' : 'is'} removed`,
  ].join(', ')
}
