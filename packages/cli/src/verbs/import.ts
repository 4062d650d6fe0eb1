import { readStrictJson } from '@grapevine/api/client'
import type { PeerClient, Written } from '@grapevine/api/client'
import { encode, limits } from '@grapevine/core'
import type { Value } from '@grapevine/core'
import type { Draft } from '@grapevine/peer'
import type { Call } from '../call.js'
import { misused } from '../complain.js'
import { deliver } from '../acting/deliver.js'
import { exitCodes } from '../exit-codes.js'
import type { ExitCode } from '../exit-codes.js'
import { foreignSystems, isForeignSystem } from '../formats/foreign.js'
import type { ForeignKey } from '../formats/foreign.js'
import { below } from '../formats/flat-names.js'
import { checkedSaying } from '../formats/tree.js'
import { givenText } from '../typed/given-value.js'
import { prefixOf } from '../typed/prefixes.js'
import { isSealed } from '../shown/shown-value.js'
import { showUnified } from '../shown/unified.js'
import { flag, text, verb } from '../verb.js'
import { countOf, writeOptions } from '../acting/writing.js'

const systems = Object.keys(foreignSystems)

const options = {
  from: text('<system>', `which one: ${systems.join(', ')}`, {
    check: (system) => {
      if (isForeignSystem(system)) return
      throw misused(`${JSON.stringify(system)} is not known here`, `choose ${systems.join(', ')}`)
    },
  }),
  prefix: text('<prefix>', 'everything goes below it'),
  onlyNew: flag('leave keys alone that are there already'),
  parse: flag('values that are JSON become numbers, lists and mappings'),
  ...writeOptions,
} as const

export const importKeys = verb({
  name: 'import',
  says: 'takes over what another system exported',
  args: '<file>',
  options,
  more: `consul      consul kv export > kv.json
etcd        etcdctl get --prefix '' -w json > kv.json
configmap   kubectl get configmap shop -o yaml > shop.yaml
Values are texts, and bytes where they are no UTF-8. What does not fit into one release is written as
several, one after the other. Nothing is ever removed. For plain files there is publish.`,
  examples: [
    { line: 'grapevine import kv.json --from consul', says: 'all of it' },
    {
      line: 'grapevine import kv.json --from consul --prefix old --only-new',
      says: 'below a prefix, and only what is new',
    },
    { line: 'grapevine import kv.json --from consul --dry-run', says: 'what would change' },
  ],
  async run(call) {
    const { from, prefix, onlyNew, parse, dryRun } = call.options
    const path = call.word(0)
    if (from === undefined || !isForeignSystem(from)) {
      throw misused('where does it come from?', `add --from ${systems.join(', or --from ')}`)
    }
    const file = path === '-' ? 'standard input' : path
    const source = givenText(await call.read(path === '-' ? path : `@${path}`))
    const found = keysOf(foreignSystems[from](source, file), {
      file,
      prefix: prefixOf(prefix),
      parse,
    })
    for (const folder of found.folders) call.say(`left out: ${folder} (a folder without a value)`)
    const { client } = await call.peer()
    const there = await valuesBelow(client, prefixOf(prefix))
    const secret = [...found.set.keys()].find((key) => isSealed(there.get(key)))
    if (secret !== undefined && !onlyNew) {
      throw misused(
        `${secret} is a secret here, and would be written over for everybody to read`,
        '--only-new leaves it alone',
      )
    }
    const set = new Map([...found.set].filter(([key]) => !onlyNew || !there.has(key)))
    if (set.size === 0) {
      return call.say(`nothing to write: ${file} has no key${onlyNew ? ' that is new' : ''}`)
    }
    const differences = await client.diff({ set })
    const changed = differences.length
    const words = `${countOf(changed, 'key')} ${changed === 1 ? 'changes' : 'change'}, ${found.set.size - changed} stay`
    if (dryRun) {
      showUnified(call, differences)
      return call.say(`${words}; nothing was written`)
    }
    call.say(words)
    return publishParts(
      call,
      client,
      partsOf(found.set, (key) => set.has(key)),
      from,
    )
  },
})

const valuesBelow = async (
  client: PeerClient,
  prefix: string,
): Promise<ReadonlyMap<string, Value>> => {
  const { entries } = await client.entries(prefix)
  return new Map(entries.map(({ key, value }) => [key, value]))
}

interface Part {
  readonly number: number
  readonly set: ReadonlyMap<string, Value>
}

async function publishParts(
  call: Call<typeof options>,
  client: PeerClient,
  parts: readonly Part[],
  from: string,
): Promise<ExitCode> {
  const { onlyNew, message = `imported from ${from}`, requestId } = call.options
  if (parts.length > 1) {
    call.say(`in ${parts.length} releases: one holds at most ${limits.releaseChangesMax} keys`)
  }
  const as = await call.signer()
  let written: Written | undefined
  for (const [at, { number, set }] of parts.entries()) {
    const draft: Draft = {
      set,
      message,
      requestId: requestId === undefined || number === 1 ? requestId : `${requestId}-${number}`,
      // Somebody else may have been faster.
      ifMatch: onlyNew ? new Map([...set.keys()].map((key) => [key, null])) : undefined,
    }
    written = await client.publish(draft, { as, signal: call.signal }).catch((error: unknown) => {
      if (at > 0) call.say(`${at} of ${parts.length} releases are written, and the others are not`)
      throw error
    })
  }
  // Whoever has the last one has those before it.
  return written === undefined ? exitCodes.ok : deliver(call, written, call.options)
}

function keysOf(
  found: readonly ForeignKey[],
  {
    file,
    prefix,
    parse,
  }: { readonly file: string; readonly prefix: string; readonly parse: boolean },
): { readonly set: ReadonlyMap<string, Value>; readonly folders: readonly string[] } {
  const set = new Map<string, Value>()
  const folders: string[] = []
  for (const { key: name, value } of found) {
    // Consul shows a folder as an empty key that ends with a slash, and some keys begin with one.
    const trimmed = name.replace(/^\/+/, '')
    if (trimmed.endsWith('/') && value === '') {
      folders.push(name)
      continue
    }
    const { key, value: checked } = checkedSaying(
      below(prefix, trimmed),
      () => parsed(value, parse),
      { file },
    )
    if (set.has(key)) throw misused(`${file} has ${key} twice`)
    set.set(key, checked)
  }
  return { set, folders }
}

function parsed(value: Value, parse: boolean): Value {
  if (!parse || typeof value !== 'string') return value
  try {
    return readStrictJson(value) as Value
  } catch {
    return value
  }
}

/** With room for what a release says beside its changes. */
const partBytesMax = limits.releaseBytesMax * 0.75

/**
 * As many keys in each as one release can hold. They are cut before anything is left out: run again,
 * the same keys go under the same request id, or those that are new would count as written.
 */
function partsOf(
  all: ReadonlyMap<string, Value>,
  isWanted: (key: string) => boolean,
): readonly Part[] {
  const parts = [new Map<string, Value>()]
  let bytes = 0
  for (const [key, value] of all) {
    const size = encode([key, value]).length
    const last = parts.at(-1)
    const isFull =
      last !== undefined && (last.size >= limits.releaseChangesMax || bytes + size > partBytesMax)
    if (isFull && last.size > 0) {
      parts.push(new Map<string, Value>())
      bytes = 0
    }
    parts.at(-1)?.set(key, value)
    bytes += size
  }
  return parts
    .map((set, at) => ({
      number: at + 1,
      set: new Map([...set].filter(([key]) => isWanted(key))),
    }))
    .filter(({ set }) => set.size > 0)
}
