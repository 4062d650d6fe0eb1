import type { PeerClient } from '@grapevine/api/client'
import type { Call } from '../call.js'
import { misused } from '../complain.js'
import { deliver } from '../acting/deliver.js'
import type { ExitCode } from '../exit-codes.js'
import { givenText, givenValue, namesFile, valueOptions } from '../typed/given-value.js'
import { flag, many, text, verb } from '../verb.js'
import type { OptionValues } from '../verb.js'
import { write, writeOptions } from '../acting/writing.js'

const options = {
  ...valueOptions,
  ifMatch: text('<version>', 'only if the key is still at this version, see get --json'),
  ifAbsent: flag('only if the key has no value'),
  force: flag('write it again where it is like that already'),
  secret: flag('seal it, so that only those whom --to names can read it'),
  to: many('<member>', 'whom to seal to: members for all, or a name, a peer id, an age recipient'),
  ...writeOptions,
} as const

type SetCall = Call<typeof options>

export const set = verb({
  name: 'set',
  says: 'writes the value of a key',
  args: '<key> [value]',
  options,
  more: `The value is JSON where it is JSON, and a text otherwise. @file reads it from a file and - from
standard input, there without the end of its last line.
A secret is read from @file, from -, or typed unseen: what stands in a command line can be read by
everybody on this machine, and stays in the history of the shell.`,
  examples: [
    { line: "grapevine set shop/banner 'Sale!'", says: 'a text' },
    { line: 'grapevine set shop/checkout/max-items 12', says: 'a number' },
    {
      line: `grapevine set payments/limits '{"daily": 800}' --wait all`,
      says: 'JSON; until all have it',
    },
    { line: 'grapevine set shop/zip 01234 --text', says: 'a text that looks like a number' },
    { line: 'grapevine set shop/logo @logo.png --bytes', says: 'a file' },
    { line: 'grapevine set shop/open true --if-absent', says: 'unless there is one' },
    { line: 'grapevine set --secret --to members shop/db/password @password', says: 'sealed' },
  ],
  async run(call) {
    const key = call.word(0)
    checkOptions(call)
    if (call.options.secret) return setSecret(call, key)
    const typed = call.words[1]
    if (typed === undefined) {
      throw misused(`the value for ${key} is missing`, `grapevine set ${key} <value>, @file or -`)
    }
    const value = givenValue(await call.read(typed, namesFile), call.options)
    const { client } = await call.peer()
    const expected = ifMatchOf(call.options)
    return write(
      call,
      client,
      {
        set: new Map([[key, value]]),
        ifMatch: expected === undefined ? undefined : new Map([[key, expected]]),
        force: call.options.force,
      },
      call.options,
    )
  },
})

function checkOptions({ options: { ifMatch, ifAbsent, secret, to, dryRun } }: SetCall): void {
  if (ifAbsent && ifMatch !== undefined) {
    throw misused('--if-match and --if-absent exclude each other')
  }
  if (!secret && to.length > 0) throw misused('--to says whom to seal to', 'add --secret')
  if (secret && to.length === 0) {
    throw misused('a secret is for somebody', 'add --to members, or --to and a name for each')
  }
  if (to.length > 1 && to.includes('members')) {
    throw misused('--to members is for all of them', 'leave the other --to away')
  }
  if (secret && dryRun) throw misused('--dry-run shows values, and a secret is not shown')
}

const ifMatchOf = ({
  ifMatch,
  ifAbsent,
}: OptionValues<typeof options>): string | null | undefined => (ifAbsent ? null : ifMatch)

async function setSecret(call: SetCall, key: string): Promise<ExitCode> {
  const { to, message, requestId, force, bytes } = call.options
  const given = await givenSecret(call, key)
  const { client } = await call.peer()
  const written = await client.setSecret(key, bytes ? new Uint8Array(given) : givenText(given), {
    to: to.includes('members') ? 'members' : to,
    ifMatch: ifMatchOf(call.options),
    message,
    requestId,
    force,
    as: await call.signer(),
    signal: call.signal,
  } satisfies Parameters<PeerClient['setSecret']>[2])
  return deliver(call, written, call.options)
}

async function givenSecret(call: SetCall, key: string): Promise<Buffer> {
  const typed = call.words[1]
  const isTyped = typed === undefined || (typed === '-' && call.terminal.stdin.isTTY === true)
  if (!isTyped && typed !== '-' && !typed.startsWith('@')) {
    throw misused(
      'a secret does not belong into a command line: others on this machine can read it there',
      `change it, then grapevine set --secret --to … ${key} @file, or -, or leave it away and type it`,
    )
  }
  const given = isTyped
    ? Buffer.from(
        await call.ask(`The secret for ${key}`, '@file names a file with it, - pipes it in'),
      )
    : await call.read(typed, namesFile)
  if (given.length > 0) return given
  throw misused(`the secret for ${key} is empty: nothing was written`)
}
