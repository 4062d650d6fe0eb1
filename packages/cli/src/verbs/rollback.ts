import type { PeerClient } from '@grapevine/api/client'
import type { ReleaseInfo } from '@grapevine/peer'
import { authors } from '../shown/authors.js'
import type { Call } from '../call.js'
import { Complaint, declined, misused, notFound } from '../complain.js'
import { deliver } from '../acting/deliver.js'
import { differencesInWords, showDifferences } from '../shown/differences.js'
import { exitCodes } from '../exit-codes.js'
import type { ExitCode } from '../exit-codes.js'
import { unknownKey } from '../shown/near-keys.js'
import { isCalled, namer } from '../shown/release-names.js'
import { text, verb } from '../verb.js'
import { countOf, write, writeOptions } from '../acting/writing.js'

const options = {
  key: text('<key>', 'one key, back to an earlier value'),
  to: text('<count|release>', 'so many values back, or to that of a release: see history'),
  ...writeOptions,
} as const

type RollbackCall = Call<typeof options>
type Plan = Awaited<ReturnType<PeerClient['planRollback']>>

export const rollback = verb({
  name: 'rollback',
  says: 'undoes a release, or returns one key to an earlier value',
  args: '[release]',
  options,
  more: `It shows what it will do, and asks. What somebody changed since is left alone, and named. A rollback
is a release itself, and can be undone.`,
  examples: [
    { line: 'grapevine rollback 7f3a·412', says: 'its keys return to what they were before' },
    { line: 'grapevine rollback 7f3a·412 --dry-run', says: 'which keys those are' },
    {
      line: 'grapevine rollback 7f3a·412 --yes --wait all',
      says: 'in a script, until everybody has it',
    },
    { line: 'grapevine rollback --key shop/banner --to 1', says: 'one key, to the value before' },
  ],
  async run(call) {
    const [release] = call.words
    const { key, to } = call.options
    if (
      (release === undefined) === (key === undefined) ||
      (key === undefined) !== (to === undefined)
    ) {
      throw misused(
        'what shall be undone?',
        'grapevine rollback <release>, or grapevine rollback --key <key> --to <count|release>',
      )
    }
    const { client } = await call.peer()
    return key === undefined || to === undefined
      ? rollBackRelease(call, client, release ?? '')
      : rollBackKey(call, client, { key, to })
  },
})

async function rollBackRelease(
  call: RollbackCall,
  client: PeerClient,
  name: string,
): Promise<ExitCode> {
  const { dryRun, message, requestId } = call.options
  const plan = await client.planRollback(name)
  const count = countOfKeys(plan.draft)
  const differences = count === 0 ? [] : await client.diff(plan.draft)
  if (dryRun) showDifferences(call, differences)
  else for (const line of differencesInWords(call, differences)) call.say(`  ${line}`)
  for (const line of await inWords(client, plan, name)) call.say(line)
  if (count === 0) return nothingLeft(plan, name)
  if (dryRun) return exitCodes.ok
  if (!(await call.confirm(`Undo ${name}?`))) throw declined('nothing was rolled back')
  const { published, changedSince } = await client.rollback(name, {
    as: await call.signer(),
    message,
    requestId,
    signal: call.signal,
  })
  const planned = new Set(plan.changedSince)
  for (const key of changedSince.filter((one) => !planned.has(one))) {
    call.say(`  changed meanwhile, and left alone  ${key}`)
  }
  return published === undefined
    ? nothingLeft(await client.planRollback(name), name)
    : deliver(call, published, call.options)
}

const countOfKeys = ({ set, remove }: Plan['draft']): number =>
  (set instanceof Map ? set.size : Object.keys(set ?? {}).length) + (remove ?? []).length

/** `14 keys return to what they were before 7f3a·412; 1 was changed since by ci-deploy and is left alone` */
async function inWords(
  client: PeerClient,
  { draft, changedSince, unknown }: Plan,
  name: string,
): Promise<readonly string[]> {
  const count = countOfKeys(draft)
  const since = await lastReleases(client, changedSince)
  const authorOf = await authors(client, since.values())
  const nameOf = await namer(client)
  const who = [...new Set([...since.values()].map(authorOf))]
  const returning =
    count === 0
      ? 'no key is left to return'
      : `${countOf(count, 'key')} ${count === 1 ? 'returns to what it was' : 'return to what they were'} before ${name}`
  const changed =
    changedSince.length === 0
      ? []
      : [
          `${changedSince.length} ${verbFor(changedSince.length, 'was', 'were')} changed since by ${who.join(', ')} and ${verbFor(changedSince.length, 'is', 'are')} left alone`,
        ]
  const lost =
    unknown.length === 0
      ? []
      : [
          `of ${unknown.length} nobody here knows any more what ${verbFor(unknown.length, 'it was', 'they were')}, and ${verbFor(unknown.length, 'it is', 'they are')} left alone`,
        ]
  return [
    [returning, ...changed, ...lost].join('; '),
    ...[...since].map(
      ([key, release]) => `  changed since  ${key}  by ${authorOf(release)}, ${nameOf(release)}`,
    ),
    ...unknown.map((key) => `  unknown        ${key}`),
  ]
}

const verbFor = (count: number, one: string, many: string): string => (count === 1 ? one : many)

/** By what a key was changed, or removed, last. */
async function lastReleases(
  client: PeerClient,
  keys: readonly string[],
): Promise<ReadonlyMap<string, ReleaseInfo>> {
  const last = await Promise.all(
    keys.map(async (key) => [key, (await client.history(key)).at(-1)?.release] as const),
  )
  return new Map(last.flatMap(([key, release]) => (release === undefined ? [] : [[key, release]])))
}

/** It is no success where something else stands in the way. */
function nothingLeft({ changedSince, unknown }: Plan, name: string): ExitCode {
  if (changedSince.length + unknown.length === 0) return exitCodes.ok
  throw new Complaint(
    exitCodes.conflict,
    'NOTHING_RETURNED',
    `nothing of ${name} can be undone: all of it was changed since, or is not known any more`,
    { next: 'grapevine rollback --key <key> --to <release> returns one key whatever came after' },
  )
}

async function rollBackKey(
  call: RollbackCall,
  client: PeerClient,
  { key, to }: { readonly key: string; readonly to: string },
): Promise<ExitCode> {
  const versions = await client.history(key)
  if (versions.length === 0) throw await unknownKey(client, key)
  const back = /^\d{1,9}$/.test(to) ? Number(to) : undefined
  const version =
    back === undefined
      ? versions.find(({ release }) => isCalled(release, to))
      : versions.at(-1 - back)
  if (version === undefined) {
    throw notFound(
      back === undefined
        ? `release ${to} did not write ${key}, as far as is known here`
        : `of ${key} ${countOf(versions.length, 'value')} ${verbFor(versions.length, 'is', 'are')} known here, and none is ${to} back`,
      `grapevine history ${key}`,
    )
  }
  const entry = await client.entry(key)
  const { value, release } = version
  const ifMatch = new Map([[key, entry?.version ?? null]])
  const change = value === undefined ? { remove: [key] } : { set: new Map([[key, value]]) }
  const draft = { ...change, ifMatch }
  const differences = await client.diff(draft)
  const name = (await namer(client))(release)
  if (!call.options.dryRun && differences.length > 0) {
    for (const line of differencesInWords(call, differences)) call.say(`  ${line}`)
    if (!(await call.confirm(`Return ${key} to what ${name} wrote?`)))
      throw declined('nothing was rolled back')
  }
  const message = call.options.message ?? `returns ${key} to ${release.name}`
  return write(call, client, draft, { ...call.options, message })
}
