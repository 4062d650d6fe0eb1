import { constants } from 'node:os'
import type { PeerClient } from '@grapevine/api/client'
import type { Call } from '../call.js'
import { startChild } from '../following/child.js'
import type { Child } from '../following/child.js'
import { complaintOf, misused } from '../complain.js'
import type { ExitCode } from '../exit-codes.js'
import { named, textOf } from '../formats/flat-names.js'
import { prefixOf } from '../typed/prefixes.js'
import { checkSpan } from '../typed/span.js'
import { quietMsOf, quietOption } from '../following/quiet-period.js'
import { settled } from '../following/settled.js'
import { isSealed } from '../shown/shown-value.js'
import { flag, text, verb } from '../verb.js'
import { countOf } from '../acting/writing.js'

const options = {
  prefix: text('<prefix>', 'the keys below it, by the rest of their names'),
  pristine: flag('nothing of the environment that stands here, only the keys'),
  secrets: flag('secrets as well, opened: whoever may look at the process sees them'),
  onChange: text('<what>', 'restart (the default), ignore, or signal:SIGHUP and others', {
    check: (given) => void reactionOf(given),
  }),
  grace: text('<time>', 'how long it may take to end before it is killed: 10s if you do not say', {
    check: (given) => void checkSpan('--grace', given),
  }),
  quietPeriod: quietOption,
} as const

type ExecCall = Call<typeof options>

export const exec = verb({
  name: 'exec',
  says: 'runs a program with keys in its environment',
  args: '<command...>',
  options,
  passesOn: 'rest',
  more: `payments/db-pool is PAYMENTS_DB_POOL, and DB_POOL with --prefix payments. Lists and mappings are
JSON, null is not set. Two keys with one name are refused, and so is a name by which programs are
made to run other code, such as PATH, LD_PRELOAD or NODE_OPTIONS.
It ends as the program ends, with its exit code. Signals are passed on, and nothing that the program
started in the background outlives it.`,
  examples: [
    { line: 'grapevine exec --prefix payments env', says: 'look at it' },
    {
      line: 'grapevine exec --prefix payments -- node server.js',
      says: 'started again after each change',
    },
    {
      line: 'grapevine exec --on-change signal:SIGHUP -- nginx -g "daemon off;"',
      says: 'told of changes',
    },
  ],
  async run(call) {
    if (call.words.length === 0) throw misused('which program?', 'grapevine exec -- <command>')
    const { client } = await call.peer()
    const first = await environmentOf(call, client)
    const { left, environment } = first
    if (left > 0) call.say(`${countOf(left, 'secret')} left out: --secrets opens them`)
    if (call.options.secrets) {
      call.say(
        'secrets are in the environment of the program: its owner and root can read them there',
      )
    }
    return supervise(call, client, environment)
  },
})

type Environment = ReadonlyMap<string, string>

async function environmentOf(
  call: ExecCall,
  client: PeerClient,
): Promise<{ readonly environment: Environment; readonly left: number }> {
  const { secrets } = call.options
  const prefix = prefixIn(call)
  const { entries } = await client.entries(prefix)
  const byName = named(
    'env',
    entries.filter(({ value }) => value !== null),
    prefix,
  )
  const environment = new Map<string, string>()
  let sealed = 0
  for (const [name, { key, value }] of byName) {
    if (steering.test(name)) {
      throw misused(
        `${key} would be ${name}, by which programs are made to run other code`,
        'rename the key; what may write values may not choose programs',
      )
    }
    if (isSealed(value) && !secrets) {
      sealed++
      continue
    }
    const given = textOf(isSealed(value) ? await client.secret(key) : value)
    if (given.includes('\u0000')) {
      throw misused(`${key} holds the character U+0000, which no environment can`)
    }
    environment.set(name, given)
  }
  return { environment, left: sealed }
}

/** By these a loader, a shell or an interpreter runs what nobody here has asked for. */
const steering =
  /^(?:PATH|IFS|ENV|BASH_ENV|BASHOPTS|SHELLOPTS|PROMPT_COMMAND|PS4|LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|NODE_(?:OPTIONS|PATH)|PYTHON(?:PATH|HOME|STARTUP|INSPECT|WARNINGS)|PERL5?(?:LIB|OPT|DB)|RUBY(?:OPT|LIB)|(?:JDK_|_)?JAVA_(?:TOOL_)?OPTIONS|GIT_.*)$/

const prefixIn = ({ options: { prefix } }: ExecCall): string => {
  const start = prefixOf(prefix).replace(/\/$/, '')
  return start === '' ? '' : `${start}/`
}

type Reaction =
  | { readonly kind: 'restart' | 'ignore' }
  | { readonly kind: 'signal'; readonly name: NodeJS.Signals }

function reactionOf(given: string | undefined): Reaction {
  if (given === undefined || given === 'restart') return { kind: 'restart' }
  if (given === 'ignore') return { kind: 'ignore' }
  const [, name] = /^signal:(.*)$/.exec(given) ?? []
  const known = name === undefined ? undefined : signalNames.get(name.replace(/^(SIG)?/, 'SIG'))
  if (known !== undefined) return { kind: 'signal', name: known }
  throw misused(
    `--on-change ${JSON.stringify(given)} cannot be used`,
    'write restart, ignore, or signal:SIGHUP',
  )
}

const signalNames: ReadonlyMap<string, NodeJS.Signals> = new Map(
  Object.keys(constants.signals).map((name) => [name, name as NodeJS.Signals]),
)

/** Runs it until it ends by itself, or whoever started this wants it to. */
async function supervise(
  call: ExecCall,
  client: PeerClient,
  first: Environment,
): Promise<ExitCode> {
  const { signal, terminal, words } = call
  const graceMs = checkSpan('--grace', call.options.grace ?? '10s')
  const start = async (environment: Environment): Promise<Child> => {
    const around = call.options.pristine ? {} : terminal.env
    return startChild(words, { ...around, ...Object.fromEntries(environment) }, terminal)
  }
  signal.throwIfAborted()
  let child = await start(first)
  let environment = first
  const stopNow = (): void => {
    const name = (signal.reason as Error).message === 'SIGINT' ? 'SIGINT' : 'SIGTERM'
    // Ctrl-C at a terminal has reached it already.
    const isThere = name === 'SIGINT' && terminal.stdin.isTTY === true
    void (isThere ? child.stop('SIGCONT', graceMs) : child.stop(name, graceMs))
  }
  signal.addEventListener('abort', stopNow, { once: true })
  // It may have been told to end while the program was being started.
  const stopIfTold = (): void => {
    if (signal.aborted) stopNow()
  }
  stopIfTold()
  const changes = changed(call, client)
  const stopHangup = terminal.onHangup?.(() => child.signal('SIGHUP'))
  try {
    for (;;) {
      const next = await Promise.race([child.ended, changes.next()])
      if (typeof next === 'number') return next
      if (next.done === true) return await child.ended
      const now = next.value
      if (signal.aborted || isSame(environment, now)) continue
      environment = now
      child = await react(call, child, { graceMs, start: async () => start(now) })
      stopIfTold()
    }
  } finally {
    signal.removeEventListener('abort', stopNow)
    stopHangup?.()
    void changes.return(undefined)
    await child.stop('SIGTERM', graceMs)
  }
}

/** The environment as it is after each change; what cannot be one is told, and changes nothing. */
async function* changed(
  call: ExecCall,
  client: PeerClient,
): AsyncGenerator<Environment, undefined> {
  if (reactionOf(call.options.onChange).kind === 'ignore') return
  try {
    for await (const _ of settled(
      call,
      client,
      prefixIn(call),
      quietMsOf(call.options.quietPeriod),
    )) {
      try {
        const { environment } = await environmentOf(call, client)
        yield environment
      } catch (error) {
        call.signal.throwIfAborted()
        call.say(`the program goes on as it is: ${complaintOf(error).message}`)
      }
    }
  } catch (error) {
    // The program ends as it ends.
    if (!call.signal.aborted) throw error
  }
}

async function react(
  call: ExecCall,
  child: Child,
  { graceMs, start }: { readonly graceMs: number; readonly start: () => Promise<Child> },
): Promise<Child> {
  const reaction = reactionOf(call.options.onChange)
  if (reaction.kind === 'signal') {
    call.say(`keys have changed: ${reaction.name} to the program`)
    child.signal(reaction.name)
    return child
  }
  call.say('keys have changed: the program starts again')
  await child.stop('SIGTERM', graceMs)
  call.signal.throwIfAborted()
  return start()
}

const isSame = (some: Environment, others: Environment): boolean =>
  some.size === others.size && [...some].every(([name, given]) => others.get(name) === given)
