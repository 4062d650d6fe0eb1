import { authors } from '../shown/authors.js'
import type { AuthorOf } from '../shown/authors.js'
import type { Entry, ReleaseInfo } from '@grapevine/peer'
import { alignedTable } from '../shown/table.js'
import { prefixOf } from '../typed/prefixes.js'
import { namer } from '../shown/release-names.js'
import { valueInWords } from '../shown/shown-value.js'
import { timeOf } from '../shown/times.js'
import { verb } from '../verb.js'

interface Names {
  readonly nameOf: Awaited<ReturnType<typeof namer>>
  readonly authorOf: AuthorOf
}

export const conflicts = verb({
  name: 'conflicts',
  says: 'lists keys that were written on both sides of a cut, with all their values',
  args: '[prefix]',
  more: `All peers show the same one of the values, that with the greater stamp. The others are kept until
somebody settles it.`,
  examples: [
    { line: 'grapevine conflicts', says: 'all of them, and how to settle each' },
    { line: 'grapevine conflicts shop/ --json', says: 'one entry a line' },
  ],
  async run(call) {
    const prefix = prefixOf(call.words[0])
    const { client } = await call.peer()
    const entries = await client.conflicts(prefix)
    if (call.common.json) return entries.forEach((entry) => call.json(entry))
    if (entries.length === 0) return call.say('there are no conflicts')
    const releases = entries.flatMap((entry) => sidesOf(entry).map(({ release }) => release))
    const names = { nameOf: await namer(client), authorOf: await authors(client, releases) }
    if (call.terminal.stdout.isTTY === true) {
      for (const line of entries.flatMap((entry) => inWords(entry, names))) call.print(line)
    } else
      call.table(
        [],
        entries.flatMap((entry) => inRows(entry, names)),
      )
  },
})

type Side = Pick<Entry, 'value' | 'release'>

/** The one that is shown comes first. */
const sidesOf = ({ value, release, others }: Entry): readonly Side[] => [
  { value, release },
  ...others,
]

function inWords(entry: Entry, names: Names): readonly string[] {
  const rows = sidesOf(entry).map(({ value, release }, at) => [
    at === 0 ? entry.key : '',
    at === 0 ? 'shown' : 'also',
    valueInWords(value),
    `by ${names.authorOf(release)}`,
    timeOf(release.at),
    at === 0 ? '(greater stamp)' : 'written without having seen the other',
  ])
  const [, ...lines] = alignedTable(['', '', '', '', '', ''], rows, (text) => text)
  const indent = ' '.repeat(entry.key.length + 2)
  return [...lines, ...commands(entry, names).map((command) => `${indent}${command}`)]
}

/** What settles it otherwise than it is shown; who wrote two of the values is told apart by releases. */
function commands({ key, release, others }: Entry, names: Names): readonly string[] {
  const called = (one: ReleaseInfo): string => names.authorOf(one).replace(/ \(.*$/, '')
  const all = [release, ...others.map((other) => other.release)]
  return others.map((other) => {
    const author = called(other.release)
    const isOnly = all.filter((one) => called(one) === author).length === 1
    const isWord = /^[\w.-]+$/.test(author)
    return `grapevine resolve ${key} --take ${isOnly && isWord ? author : names.nameOf(other.release)}`
  })
}

const inRows = (entry: Entry, names: Names): readonly (readonly string[])[] =>
  sidesOf(entry).map(({ value, release }, at) => [
    entry.key,
    at === 0 ? 'shown' : 'also',
    valueInWords(value, Infinity),
    names.authorOf(release),
    new Date(release.at).toISOString(),
    names.nameOf(release),
  ])
