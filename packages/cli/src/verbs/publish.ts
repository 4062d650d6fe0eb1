import type { Call } from '../call.js'
import { declined, misused } from '../complain.js'
import { deliver } from '../acting/deliver.js'
import { fileOptions, planPublication, publicationInWords } from '../acting/publication.js'
import type { Publication } from '../acting/publication.js'
import { showUnified } from '../shown/unified.js'
import { text, verb } from '../verb.js'
import { countOf, writeOptions } from '../acting/writing.js'

const options = {
  ...fileOptions,
  confirm: text('<count>', 'how many keys --prune removes, exactly', {
    check: (count) => {
      if (!/^\d{1,9}$/.test(count)) throw misused(`--confirm ${JSON.stringify(count)} is no count`)
    },
  }),
  ...writeOptions,
} as const

export const publish = verb({
  name: 'publish',
  says: 'writes a file or a folder as one release: all of it, or nothing',
  args: '<file>',
  options,
  more: `Names inside names are the segments of keys, in YAML, JSON and TOML: {payments: {pool: 5}} is
payments/pool. A mapping that is one value stands below the name $value, bytes below $bytes.
In a folder, folders and files are segments as well: payments/db.yaml is about payments/db/.
.env and .properties know no types: a value keeps the type that its key has. A name in them is the
key that exec (or export) gives this name; where there is none, it is a key of its own.
A key that the file does not have stays as it is. With --prune it is removed, where the file speaks
of the mapping that it would stand in, or of the whole --prefix; the count has to be confirmed.`,
  examples: [
    { line: 'grapevine publish prod.yaml -m "raise pool for the sale" --wait all', says: 'a file' },
    { line: 'grapevine publish conf/', says: 'a folder, as one release' },
    { line: 'grapevine publish prod.yaml --dry-run', says: 'what would change' },
    { line: 'grapevine publish db.toml --prefix payments/db', says: 'below a prefix' },
    { line: 'grapevine publish prod.yaml --prune --confirm 2', says: 'and remove what it lacks' },
  ],
  async run(call) {
    const path = call.word(0)
    const { client } = await call.peer()
    const plan = await planPublication(call, client, path, call.options)
    const { dryRun, message, requestId } = call.options
    const words = publicationInWords(plan)
    if (dryRun) {
      showUnified(call, plan.differences)
      return call.say(`${words}; nothing was written`)
    }
    call.say(
      plan.differences.length === 0 ? words : `${words}          (see: grapevine diff ${path})`,
    )
    await confirmRemoves(call, plan)
    const written = await client.publish(
      { ...plan.draft, message, requestId },
      { as: await call.signer(), signal: call.signal },
    )
    return deliver(call, written, call.options)
  },
})

/** `--yes` is no count. */
async function confirmRemoves(call: Call<typeof options>, { removed }: Publication): Promise<void> {
  const {
    common,
    terminal,
    options: { confirm },
  } = call
  if (confirm !== undefined && Number(confirm) !== removed.length) {
    throw misused(
      `${countOf(removed.length, 'key')} would be removed, and not ${confirm}: nothing was written`,
      'look at them with --dry-run, and confirm their count',
    )
  }
  if (confirm !== undefined || removed.length === 0) return
  const mayAsk = !common.yes && !common.noInput && terminal.stdin.isTTY === true
  if (!mayAsk || terminal.stderr.isTTY !== true) {
    throw misused(
      `${countOf(removed.length, 'key')} would be removed: nothing was written`,
      `look at them with --dry-run, then add --confirm ${removed.length}`,
    )
  }
  for (const key of removed.slice(0, namedMax)) call.say(`  - ${key}`)
  if (removed.length > namedMax) call.say(`  and ${removed.length - namedMax} more`)
  if (
    await call.confirm(
      `Remove ${removed.length === 1 ? 'this key' : `these ${removed.length} keys`}?`,
    )
  )
    return
  throw declined('nothing was written')
}

const namedMax = 20
