import type { PeerClient } from '@grapevine/api/client'
import type { Entry, ReleaseInfo } from '@grapevine/peer'
import type { Value } from '@grapevine/core'
import { authors } from '../shown/authors.js'
import type { Call } from '../call.js'
import { misused, notFound } from '../complain.js'
import { deliver, waitOptions } from '../acting/deliver.js'
import { showDifferences } from '../shown/differences.js'
import { givenValue, namesFile, valueOptions } from '../typed/given-value.js'
import { unknownKey } from '../shown/near-keys.js'
import { isCalled, namer } from '../shown/release-names.js'
import { flag, text, verb } from '../verb.js'

const options = {
  take: text('<author|release>', 'the value of this author, or of this release'),
  value: text('<value>', 'a value of your own: JSON or text, @file, or -'),
  ...valueOptions,
  message: text('<text>', 'why, for the history', { short: 'm' }),
  dryRun: flag('show what would change, and write nothing'),
  ...waitOptions,
} as const

type ResolveCall = Call<typeof options>

/** What shall hold from now on. */
type Taken = { readonly release: ReleaseInfo; readonly value: Value } | { readonly value: Value }

export const resolve = verb({
  name: 'resolve',
  says: 'settles a conflict: by one of its values, or by another',
  args: '<key>',
  options,
  examples: [
    { line: 'grapevine resolve shop/banner --take warehouse', says: 'what this author wrote' },
    { line: 'grapevine resolve shop/banner --take 7f3a·412', says: 'what this release says' },
    {
      line: `grapevine resolve shop/banner --value 'Closed for stocktaking'`,
      says: 'something else',
    },
  ],
  async run(call) {
    const key = call.word(0)
    const { take, value, dryRun, message } = call.options
    if ((take === undefined) === (value === undefined)) {
      throw misused(
        `how shall ${key} be settled?`,
        '--take and an author or a release, or --value and a value',
      )
    }
    const own =
      value === undefined ? undefined : givenValue(await call.read(value, namesFile), call.options)
    const { client } = await call.peer()
    const entry = await client.entry(key)
    if (entry === undefined) throw await unknownKey(client, key)
    if (entry.others.length === 0) {
      throw notFound(`nothing is in conflict on ${key}`, 'grapevine conflicts lists what is')
    }
    const taken: Taken = own === undefined ? await side(client, entry, take ?? '') : { value: own }
    if (dryRun) return show(call, entry, taken)
    const written = await client.resolve(
      key,
      'release' in taken ? { release: taken.release.name } : { value: taken.value },
      { as: await call.signer(), message, signal: call.signal },
    )
    return deliver(call, written, call.options)
  },
})

/** The value that somebody means by its author, or by its release. */
async function side(
  client: PeerClient,
  entry: Entry,
  typed: string,
): Promise<{ readonly release: ReleaseInfo; readonly value: Value }> {
  const sides = [{ value: entry.value, release: entry.release }, ...entry.others]
  const releases = sides.map(({ release }) => release)
  const authorOf = await authors(client, releases)
  const nameOf = await namer(client)
  const isMeant = (release: ReleaseInfo): boolean =>
    isCalled(release, typed) ||
    release.author === typed ||
    release.authorName === typed ||
    authorOf(release) === typed ||
    authorOf(release).startsWith(`${typed} (`)
  const [found, ...more] = sides.filter(({ release }) => isMeant(release))
  const choices = releases.map((one) => `${nameOf(one)} by ${authorOf(one)}`).join(', ')
  if (found === undefined) {
    throw misused(`${typed} wrote none of the values of ${entry.key}`, `choose from ${choices}`)
  }
  if (more.length === 0) return found
  throw misused(
    `${typed} wrote ${more.length + 1} of the values of ${entry.key}`,
    `take one by its release: ${choices}`,
  )
}

function show(call: ResolveCall, { key, value: before }: Entry, { value: after }: Taken): void {
  showDifferences(call, [{ key, before, after }])
  call.say('the conflict would be settled so; nothing was written')
}
