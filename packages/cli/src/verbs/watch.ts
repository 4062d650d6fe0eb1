import type { Change } from '@grapevine/peer'
import { authors } from '../shown/authors.js'
import type { AuthorOf } from '../shown/authors.js'
import type { Call } from '../call.js'
import { exitCodes } from '../exit-codes.js'
import { follow } from '../following/follow.js'
import { runFor } from '../following/on-change.js'
import { prefixOf } from '../typed/prefixes.js'
import { namer } from '../shown/release-names.js'
import { onOneLine, valueInWords } from '../shown/shown-value.js'
import { separatedTable } from '../shown/table.js'
import { timeOf } from '../shown/times.js'
import { flag, text, verb } from '../verb.js'

const options = {
  new: flag('only what changes from now on, not what is there already'),
  exec: text('<command>', 'run this for each of them, instead of a line'),
} as const

type WatchCall = Call<typeof options>

export const watch = verb({
  name: 'watch',
  says: 'follows keys: what is there, then each change, until it is interrupted',
  args: '[prefix]',
  options,
  more: `The command of --exec runs in a shell, one change after the other: the value on its standard
input, GRAPEVINE_KEY, GRAPEVINE_CHANGE (set or removed), GRAPEVINE_VERSION and GRAPEVINE_RELEASE in
its environment. Whoever is slow hears of the last of several changes of one key. A restart of the
peer is waited for, and nothing is told twice.`,
  examples: [
    { line: 'grapevine watch shop/', says: 'one change a line' },
    { line: 'grapevine watch --json --new', says: 'as objects, for a program' },
    { line: "grapevine watch shop/ --new --exec 'cat >> log'", says: 'a command for each change' },
  ],
  async run(call) {
    const prefix = prefixOf(call.words[0])
    const { client } = await call.peer()
    const show = call.options.exec === undefined ? await lines(call) : undefined
    for await (const { isFirst, changes } of follow(client, prefix, call.signal)) {
      if (isFirst && call.options.new) {
        call.say(`watching ${prefix === '' ? 'all keys' : prefix}`)
        continue
      }
      await show?.(changes)
      for (const change of call.options.exec === undefined ? [] : changes) {
        if (call.signal.aborted) break
        await runFor(call, call.options.exec ?? '', change)
      }
    }
    return exitCodes.interrupted
  },
})

async function lines(call: WatchCall): Promise<(changes: readonly Change[]) => Promise<void>> {
  if (call.common.json) return async (changes) => changes.forEach((change) => call.json(change))
  const { client } = await call.peer()
  const nameOf = await namer(client)
  let authorOf: AuthorOf = ({ authorName, author }) => onOneLine(authorName ?? author)
  return async (changes) => {
    // The peer may be gone by now; what it told is told all the same.
    authorOf = await authors(
      client,
      changes.map(({ release }) => release),
    ).catch(() => authorOf)
    for (const change of changes) call.print(lineOf(call, change, { nameOf, authorOf }))
  }
}

interface Names {
  readonly nameOf: Awaited<ReturnType<typeof namer>>
  readonly authorOf: AuthorOf
}

function lineOf(call: Call, { key, value, release }: Change, names: Names): string {
  const isWatched = call.terminal.stdout.isTTY === true
  const atMs = release?.at ?? Date.now()
  const by = release === undefined ? '' : names.authorOf(release)
  const name = release === undefined ? '' : names.nameOf(release)
  if (!isWatched) {
    const shown = value === undefined ? '(removed)' : valueInWords(value, Infinity)
    return separatedTable([[new Date(atMs).toISOString(), key, shown, by, name]]).join('')
  }
  const what =
    value === undefined ? call.paint('red', 'removed') : call.paint('bold', valueInWords(value))
  const whose = by === '' ? '' : call.paint('dim', `  by ${by} · ${name}`)
  return `${call.paint('dim', timeOf(atMs))}  ${key}  ${what}${whose}`
}
