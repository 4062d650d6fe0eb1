import { authors } from '../shown/authors.js'
import type { Call } from '../call.js'
import { prefixOf } from '../typed/prefixes.js'
import { namer } from '../shown/release-names.js'
import type { Entry } from '@grapevine/peer'
import type { PeerClient } from '@grapevine/api/client'
import { valueInWords } from '../shown/shown-value.js'
import { timeOf } from '../shown/times.js'
import { flag, verb } from '../verb.js'

export const ls = verb({
  name: 'ls',
  says: 'lists keys',
  args: '[prefix]',
  options: { long: flag('with values, and who wrote them when', { short: 'l' }) },
  examples: [
    { line: 'grapevine ls', says: 'all keys' },
    { line: 'grapevine ls shop/ --long', says: 'those that begin with it, and their values' },
    { line: 'grapevine ls payments/ --json', says: 'one entry a line' },
  ],
  async run(call) {
    const prefix = prefixOf(call.words[0])
    const { client } = await call.peer()
    const { entries } = await client.entries(prefix)
    if (call.common.json) return entries.forEach((entry) => call.json(entry))
    if (entries.length === 0) {
      return call.say(prefix === '' ? 'there are no keys yet' : `no key begins with ${prefix}`)
    }
    if (call.options.long) return listLong(call, client, entries)
    for (const { key } of entries) call.print(key)
  },
})

async function listLong(call: Call, client: PeerClient, entries: readonly Entry[]): Promise<void> {
  const nameOf = await namer(client)
  const authorOf = await authors(
    client,
    entries.map(({ release }) => release),
  )
  const isWatched = call.terminal.stdout.isTTY === true
  call.table(
    ['key', 'value', 'since', 'by', 'release', 'conflict'],
    entries.map(({ key, value, release, others }) => [
      key,
      valueInWords(value, isWatched ? undefined : Infinity),
      isWatched ? timeOf(release.at) : new Date(release.at).toISOString(),
      authorOf(release),
      nameOf(release),
      others.length === 0 ? '' : `with ${others.length}`,
    ]),
  )
}
