import type { PeerClient } from '@grapevine/api/client'
import type { Entry } from '@grapevine/peer'
import type { Call } from '../call.js'
import { declined, misused, notFound } from '../complain.js'
import { unknownKey } from '../shown/near-keys.js'
import { prefixOf } from '../typed/prefixes.js'
import { text, verb } from '../verb.js'
import { countOf, write, writeOptions } from '../acting/writing.js'

/** Of so many the mesh itself wants to hear the exact number. */
const unconfirmedMax = 16
/** How many are named before the question; the rest is counted. */
const namedMax = 10

const options = {
  prefix: text('<prefix>', 'all keys that begin with it, after asking'),
  confirm: text('<count>', 'do not ask: it is exactly so many keys, or nothing is done', {
    check: (count) => {
      if (!/^\d{1,9}$/.test(count))
        throw misused(`--confirm ${JSON.stringify(count)} is no number of keys`, 'write 3')
    },
  }),
  ifMatch: text('<version>', 'only if the key is still at this version, see get --json'),
  ...writeOptions,
} as const

type RmCall = Call<typeof options>

export const rm = verb({
  name: 'rm',
  says: 'removes keys, all of them or none',
  args: '[keys...]',
  options,
  examples: [
    { line: 'grapevine rm shop/banner', says: 'one key' },
    { line: 'grapevine rm --prefix shop/old/ --dry-run', says: 'what would go' },
    { line: 'grapevine rm --prefix shop/old/', says: 'says how many they are, and asks' },
    { line: 'grapevine rm --prefix shop/old/ --confirm 3', says: 'in a script' },
  ],
  async run(call) {
    const { words, options: wish } = call
    const expected = wish.confirm === undefined ? undefined : Number(wish.confirm)
    if ((words.length === 0) === (wish.prefix === undefined)) {
      throw misused('which keys shall go?', 'write the keys, or --prefix and how they begin')
    }
    if (wish.ifMatch !== undefined && words.length !== 1) {
      throw misused('--if-match is about one key, and that is not what shall go')
    }
    const { client } = await call.peer()
    const found =
      wish.prefix === undefined
        ? await named(client, words)
        : await below(client, prefixOf(wish.prefix))
    if (!wish.dryRun && !(await isConfirmed(call, found, expected))) {
      throw declined('nothing was removed')
    }
    return write(
      call,
      client,
      {
        remove: found.map(({ key }) => key),
        confirmRemoves: found.length,
        ifMatch: expectedVersions(found, wish),
      },
      wish,
    )
  },
})

async function named(client: PeerClient, keys: readonly string[]): Promise<readonly Entry[]> {
  const found: Entry[] = []
  for (const key of new Set(keys)) {
    const entry = await client.entry(key)
    if (entry === undefined) throw await unknownKey(client, key)
    found.push(entry)
  }
  return found
}

async function below(client: PeerClient, prefix: string): Promise<readonly Entry[]> {
  const { entries } = await client.entries(prefix)
  if (entries.length > 0) return entries
  throw notFound(`no key begins with ${prefix}`, 'grapevine ls shows the keys there are')
}

async function isConfirmed(
  call: RmCall,
  found: readonly Entry[],
  expected: number | undefined,
): Promise<boolean> {
  const { prefix } = call.options
  if (expected === found.length) return true
  if (expected !== undefined) {
    throw misused(
      `--confirm says ${expected}, and it is ${countOf(found.length, 'key')}: nothing was removed`,
      `look at them with --dry-run, then --confirm ${found.length}`,
    )
  }
  if (prefix === undefined && found.length <= unconfirmedMax) return true
  for (const { key } of found.slice(0, namedMax)) call.say(`  ${key}`)
  if (found.length > namedMax) call.say(`  and ${found.length - namedMax} more`)
  return call.confirm(`Remove ${inWords(found.length, prefix)}?`)
}

function inWords(count: number, prefix: string | undefined): string {
  if (prefix === undefined) return countOf(count, 'key')
  const begin = prefixOf(prefix)
  if (begin === '') return `all keys, ${count} of them`
  return count === 1
    ? `the one key that begins with ${begin}`
    : `${count} keys that begin with ${begin}`
}

/** What was counted and said yes to is what goes: nobody changed any of it in between. */
const expectedVersions = (
  found: readonly Entry[],
  { prefix, ifMatch }: RmCall['options'],
): ReadonlyMap<string, string> | undefined => {
  if (prefix !== undefined) return new Map(found.map(({ key, version }) => [key, version]))
  return ifMatch === undefined ? undefined : new Map(found.map(({ key }) => [key, ifMatch]))
}
