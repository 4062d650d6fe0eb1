import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, constants as fileConstants } from 'node:fs/promises'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { Complaint } from '../complain.js'
import { exitCodes } from '../exit-codes.js'
import type { Terminal } from '../terminal.js'

/** A program that runs under this one, with all that it starts. */
export interface Child {
  /** The exit code; 128 and the number of the signal that ended it. */
  readonly ended: Promise<number>
  signal(name: NodeJS.Signals): void
  /** Asks it to end, and after a while makes it. */
  stop(name: NodeJS.Signals, graceMs: number): Promise<void>
}

const notStarted: ReadonlyMap<string, number> = new Map([
  ['ENOENT', 127],
  ['EACCES', 126],
])

export async function startChild(
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<Child> {
  // Who sits at a terminal has to stay in its group, or could not read what is typed.
  const isGroup = terminal.stdin.isTTY !== true
  const streams = [terminal.stdin, terminal.stdout, terminal.stderr] as const
  const file = await located(command, terminal)
  const child = await started(command, () =>
    spawn(file, args, {
      argv0: command,
      cwd: terminal.cwd,
      env,
      detached: isGroup,
      stdio: streams.map((stream) => fileOf(stream) ?? 'pipe'),
    }),
  )
  connect(child, terminal)
  // With a minus: the whole group.
  const target = isGroup ? -(child.pid ?? 0) : (child.pid ?? 0)
  const guard = openGuard(target)
  let isOver = false
  const ended = endOf(child).finally(() => {
    isOver = true
    // Whatever it left behind is not needed any more.
    guard.stdin?.end(isGroup ? '' : 'done\n')
  })
  return {
    ended,
    // Its number may soon be that of another.
    signal: (name) => void (isOver || send(target, name)),
    async stop(name, graceMs) {
      if (isOver) return
      send(target, name)
      const timer = setTimeout(() => send(target, 'SIGKILL'), graceMs)
      await ended.finally(() => clearTimeout(timer))
      if (isGroup) send(target, 'SIGKILL')
    },
  }
}

/** Looked for where the user would find it, whatever environment it is given. */
async function located(command: string, { env, cwd }: Terminal): Promise<string> {
  if (command.includes('/')) return command
  for (const folder of (env['PATH'] ?? '').split(':')) {
    const file = resolve(cwd, folder, command)
    const isThere = await access(file, fileConstants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return file
  }
  return command
}

/** What a stream really is, where it is a file, a pipe or a terminal. */
function fileOf(stream: Readable | Writable): number | undefined {
  const { fd } = stream as { readonly fd?: unknown }
  return typeof fd === 'number' && fd >= 0 ? fd : undefined
}

async function started(command: string, start: () => ChildProcess): Promise<ChildProcess> {
  try {
    const child = start()
    await once(child, 'spawn')
    // A signal that it cannot be sent is no reason to fall over.
    child.on('error', () => {})
    return child
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new Complaint(
      notStarted.get(code) ?? exitCodes.failed,
      'EXEC_FAILED',
      `${command} cannot be started: ${message}`,
      { next: code === 'E2BIG' ? 'name a longer prefix: no environment takes so much' : undefined },
    )
  }
}

function connect(child: ChildProcess, { stdin, stdout, stderr }: Terminal): void {
  if (child.stdin !== null) {
    child.stdin.on('error', () => {})
    stdin.pipe(child.stdin)
  }
  child.stdout?.pipe(stdout, { end: false })
  child.stderr?.pipe(stderr, { end: false })
}

const endOf = async (child: ChildProcess): Promise<number> =>
  new Promise((done) => {
    // With pipes of ours there may be more to read; what its own children keep open is not waited for.
    child.once('exit', (code, name) => {
      const exitCode = name === null ? (code ?? 1) : 128 + constants.signals[name]
      if (child.stdout === null && child.stderr === null) return done(exitCode)
      child.once('close', () => done(exitCode))
      setTimeout(() => done(exitCode), drainMs)
    })
  })

const drainMs = 1_000

function send(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

/**
 * Ends the child, and what it started, when this process ends without having done so, however that comes:
 * the pipe between them then breaks.
 */
function openGuard(target: number): ChildProcess {
  const script = `
    read -r said && [ "$said" = done ] && exit 0
    kill -s TERM -- "$1" 2>/dev/null
    for i in 1 2 3 4 5 6 7 8 9 10; do
      kill -s 0 -- "$1" 2>/dev/null || exit 0
      sleep 1
    done
    kill -s KILL -- "$1" 2>/dev/null`
  const guard = spawn('/bin/sh', ['-c', script, 'grapevine-guard', String(target)], {
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.on('error', () => {})
  guard.stdin.on('error', () => {})
  guard.unref()
  return guard
}
