import { readFile } from 'node:fs/promises'
import { complaintOf, misused } from './complain.js'
import type { Complaint } from './complain.js'
import { exitCodes } from './exit-codes.js'
import type { ExitCode } from './exit-codes.js'
import type { Terminal } from './terminal.js'
import { commonOptions, longOf } from './verb.js'
import type { Option } from './verb.js'
import { verbs } from './verbs.js'

/** One command, from its words to its exit code. What it needs is read from the disk as it goes. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, rest] = split(args)
  try {
    if (name === undefined) return await answerAlone(rest, terminal)
    return await runVerb(name, rest, terminal)
  } catch (error) {
    if (terminal.interrupted.aborted) return exitCodes.interrupted
    const complaint = complaintOf(error)
    await tell(complaint, name, args.includes('--json'), terminal)
    return complaint.exitCode
  }
}

/** Common options may stand before the verb: `grapevine --json status`. */
function split(args: readonly string[]): readonly [string | undefined, readonly string[]] {
  const withValue = commonWords(({ kind }) => kind !== 'flag')
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!
    if (withValue.has(arg)) at++
    else if (!arg.startsWith('-')) return [arg, [...args.slice(0, at), ...args.slice(at + 1)]]
  }
  return [undefined, args]
}

async function answerAlone(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  if (args.includes('--version') || args.includes('-V')) {
    const url = new URL('../package.json', import.meta.url)
    const { version } = JSON.parse(await readFile(url, 'utf8')) as { readonly version: string }
    terminal.stdout.write(`grapevine ${version}\n`)
    return exitCodes.ok
  }
  const known = new Set(['--help', '-h', ...commonWords(({ kind }) => kind === 'flag')])
  const [odd] = args.filter((arg) => !known.has(arg))
  if (odd !== undefined) {
    throw misused(`${odd} comes before a command, and there is none`, 'grapevine help')
  }
  const { overview } = await import('./typed/help.js')
  terminal.stdout.write(await overview())
  return exitCodes.ok
}

/** What is typed for those of the common options. */
const commonWords = (is: (option: Option) => boolean): ReadonlySet<string> =>
  new Set(
    Object.entries<Option>(commonOptions).flatMap(([name, option]) =>
      is(option) ? [longOf(name), ...(option.short === undefined ? [] : [`-${option.short}`])] : [],
    ),
  )

async function runVerb(
  name: string,
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const listed = verbs.find((one) => one.name === name)
  if (listed === undefined) throw await unknownVerb(name)
  const verb = await listed.load()
  const { parse } = await import('./typed/parse.js')
  const typed = parse(verb, args)
  if (typed === undefined) {
    const { helpOf } = await import('./typed/help.js')
    terminal.stdout.write(helpOf(verb, terminal.stdout.columns ?? 100))
    return exitCodes.ok
  }
  const { openCall } = await import('./open-call.js')
  await using open = await openCall(verb.name, typed, terminal)
  return (await verb.run(open.call)) ?? exitCodes.ok
}

async function unknownVerb(name: string): Promise<Complaint> {
  const { nearest } = await import('@grapevine/sim')
  const near = nearest(
    name,
    verbs.map((verb) => verb.name),
  )
  return misused(
    `there is no command ${JSON.stringify(name)}`,
    near === undefined ? 'grapevine help' : `did you mean grapevine ${near}?`,
  )
}

/** What failed, with which value, and what to do; for scripts as one object. */
async function tell(
  { message, code, exitCode, next }: Complaint,
  name: string | undefined,
  isJson: boolean,
  { stderr }: Terminal,
): Promise<void> {
  // Some of it may be what others wrote.
  const { harmless } = await import('./shown/shown-value.js')
  if (isJson) {
    stderr.write(`${harmless(JSON.stringify({ error: { code, message, next, exitCode } }))}\n`)
    return
  }
  const where = name === undefined ? 'grapevine' : `grapevine ${name}`
  stderr.write(`${where}: ${harmless(message)}\n`)
  if (next !== undefined) stderr.write(`  next: ${harmless(next)}\n`)
}
