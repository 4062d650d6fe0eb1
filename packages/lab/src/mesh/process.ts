import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { MeshError } from '@grapevine/core'
import type { Asked, Told } from '../service/told.js'

/** A peer in a process of its own. */
export interface ServiceProcess {
  readonly pid: number
  /** Resolves once its peer answers, as it was told to open. */
  readonly opened: Promise<Opened>
  /** How it ended, whoever ended it. */
  readonly ended: Promise<string>
  ask(this: void, asked: Asked): void
  signal(this: void, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void
}

type Opened = Extract<Told, { readonly told: 'opened' }>

interface Starting {
  /** What is run. */
  readonly program: string
  readonly name: string
  readonly dataDir: string
  readonly onTold: (told: Told) => void
}

export function startProcess({ program, name, dataDir, onTold }: Starting): ServiceProcess {
  const child = fork(program, [dataDir], {
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const ended = endOf(child)
  const opened = new Promise<Opened>((resolve, reject) => {
    const fail = (why: string, code: MeshError['code'] = 'NOT_READY'): void =>
      reject(new MeshError(code, `${name} of the lab did not start: ${why}`))
    child.on('message', (message) => {
      const told = message as Told
      if (told.told === 'opened') resolve(told)
      else if (told.told === 'failed') fail(told.text, told.code)
      else onTold(told)
    })
    void ended.then((how) => fail(`it ended with ${how}`))
  })
  // Of one that nobody waits for, its end is enough.
  opened.catch(() => {})
  return {
    pid: child.pid ?? 0,
    opened,
    ended,
    // Who cannot be asked any more has ended, and that is told.
    ask: (asked) => void (child.connected && child.send(asked, () => {})),
    signal: (signal) => void child.kill(signal),
  }
}

/** As much of what a dying process said last as helps. */
const wordsMax = 2_000

async function endOf(child: ChildProcess): Promise<string> {
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-wordsMax)
  })
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}\n${words}`.trim()))
    child.once('error', (error) => resolve(error.message))
  })
}
