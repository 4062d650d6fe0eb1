import { authors } from '../shown/authors.js'
import { unknownKey } from '../shown/near-keys.js'
import { namer } from '../shown/release-names.js'
import { onOneLine, valueInWords } from '../shown/shown-value.js'
import { timeOf } from '../shown/times.js'
import { verb } from '../verb.js'

export const history = verb({
  name: 'history',
  says: 'lists the values that a key had, newest first',
  args: '<key>',
  more: 'With --json one version a line, oldest first.',
  examples: [
    { line: 'grapevine history shop/banner', says: 'when, by whom, and why' },
    { line: 'grapevine rollback --key shop/banner --to 1', says: 'back to the one before' },
  ],
  async run(call) {
    const key = call.word(0)
    const { client } = await call.peer()
    const versions = await client.history(key)
    if (versions.length === 0) throw await unknownKey(client, key)
    if (call.common.json) return versions.forEach((version) => call.json(version))
    const nameOf = await namer(client)
    const authorOf = await authors(
      client,
      versions.map(({ release }) => release),
    )
    const isWatched = call.terminal.stdout.isTTY === true
    call.table(
      ['back', 'when', 'release', 'by', 'value', 'message'],
      versions
        .toReversed()
        .map(({ value, release }, back) => [
          String(back),
          isWatched ? timeOf(release.at) : new Date(release.at).toISOString(),
          nameOf(release),
          authorOf(release),
          value === undefined ? '(removed)' : valueInWords(value, isWatched ? undefined : Infinity),
          onOneLine(release.message ?? ''),
        ]),
    )
  },
})
