import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { toJson } from '@grapevine/api/client'
import type { Value } from '@grapevine/core'
import type { Change } from '@grapevine/peer'
import type { Call } from '../call.js'

/** Runs somebody's command for one change, to its end: the value on its standard input, the key in its environment. */
export async function runFor(call: Call, command: string, change: Change): Promise<void> {
  const { terminal, signal } = call
  const child = spawn('/bin/sh', ['-c', command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that it can be ended with everything that it started.
    detached: true,
    cwd: terminal.cwd,
    env: { ...terminal.env, ...environmentOf(change) },
  })
  const end = (): void => endGroup(child)
  signal.addEventListener('abort', end, { once: true })
  child.stdout.pipe(terminal.stdout, { end: false })
  child.stderr.pipe(terminal.stderr, { end: false })
  // Who does not read what it is given has ended, or does not want it.
  child.stdin.on('error', () => {})
  child.stdin.end(change.value === undefined ? undefined : asInput(change.value))
  const ending = await new Promise<number | string>((done) => {
    child.once('error', ({ message }) => done(message))
    child.once('close', (code, by) => done(code ?? by ?? 'SIGKILL'))
  })
  signal.removeEventListener('abort', end)
  if (ending !== 0) call.say(`the command ended with ${ending} for ${change.key}`)
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // It has just ended by itself.
  }
}

const environmentOf = ({ key, value, release, version }: Change): NodeJS.ProcessEnv => ({
  GRAPEVINE_KEY: key,
  GRAPEVINE_CHANGE: value === undefined ? 'removed' : 'set',
  GRAPEVINE_VERSION: version ?? '',
  GRAPEVINE_RELEASE: release?.name ?? '',
})

function asInput(value: Value): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  return toJson(value)
}
