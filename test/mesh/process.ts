import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Notice } from '@grapevine/peer'
import { remoteOf } from './driver.ts'
import type { Driver } from './driver.ts'
import type { Ledger, Shown } from './ledger.ts'
import { spawnSource } from './source.ts'
import type { Opened, Opening, Question, Told } from './program.ts'

const program = new URL('program.ts', import.meta.url)

/** A peer in a process of its own. */
export interface PeerProcess extends Driver {
  readonly pid: number
  readonly opening: Opening
  /** What its disk held, before anybody else was asked. */
  readonly shownAtOpening: Shown
  /** How it ended, whoever ended it; with its last words. */
  readonly ended: Promise<Ended>
  /** It is gone at once, and was not told. */
  kill(): Promise<Ended>
  /** It is told that nobody needs it any more, and ends by itself. */
  disconnect(): Promise<Ended>
  /** It stands still, and does not know that it does; then it goes on, also if the test is gone. */
  pause(seconds: number): Promise<void>
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly words: string
}

/** What a command in another process failed with. */
export class Failed extends Error {
  override readonly name = 'Failed'
  readonly code: unknown

  constructor(code: unknown, text: string) {
    super(text)
    this.code = code
  }
}

export interface StartOptions {
  readonly opening: Opening
  readonly ledger?: Ledger | undefined
  /** A command that runs it somewhere else, such as in another network namespace. */
  readonly within?: readonly string[] | undefined
}

export async function startPeer(options: StartOptions): Promise<PeerProcess> {
  const { opening, ledger } = options
  const child = await start(options)
  const notices: Notice[] = []
  const calls = createCalls(child)
  child.on('message', (told: Told) => {
    if ('notice' in told) notices.push(told.notice)
    else if ('event' in told) note(ledger, told)
    else calls.take(told)
  })
  const ended = endOf(child)
  void ended.then(({ code, signal, words }) =>
    calls.end(`${opening.name} ended with ${signal ?? `exit code ${code}`}\n${words}`.trim()),
  )
  async function kill(): Promise<Ended> {
    child.kill('SIGKILL')
    return ended
  }
  const { id, openMs, shown } = await calls.ask({ open: opening }).then(
    (answer) => answer as Opened,
    async (error: unknown) => {
      await kill()
      throw error
    },
  )
  return {
    name: opening.name,
    opening,
    id,
    openMs,
    shownAtOpening: shown,
    pid: child.pid ?? 0,
    notices,
    ended,
    ask: remoteOf((name, args) => calls.ask({ name, args })),
    kill,
    async disconnect() {
      child.disconnect()
      return ended
    },
    pause: (seconds) => pause(child, seconds),
    [Symbol.asyncDispose]: async () => void (await kill()),
  }
}

const start = async ({ within = [] }: StartOptions): Promise<ChildProcess> =>
  spawnSource(program, [], {
    within,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })

const pause = ({ pid }: ChildProcess, seconds: number): Promise<void> =>
  new Promise((resolve) => {
    const command = `kill -STOP ${pid}; sleep ${seconds}; kill -CONT ${pid}`
    spawn('sh', ['-c', command], { detached: true, stdio: 'ignore' }).on('close', () => resolve())
  })

function note(ledger: Ledger | undefined, { event }: Extract<Told, { readonly event: unknown }>) {
  if (event.told === 'asked') ledger?.asked(event.write)
  // What failed may have happened all the same: the disk knows.
  else if (event.told !== 'failed') ledger?.answered(event.value, event.told)
}

/** As much of what a dying process said last as helps. */
const wordsMax = 4_000

async function endOf(child: ChildProcess): Promise<Ended> {
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-wordsMax)
  })
  const spoken = new Promise((resolve) => child.stderr?.once('close', resolve))
  // What it told before it died is still on the channel.
  const told = new Promise((resolve) => child.once('disconnect', resolve))
  const [code, signal] = await new Promise<readonly [number | null, NodeJS.Signals | null]>(
    (resolve) => {
      child.once('exit', (...how) => resolve(how))
      child.once('error', (error) => {
        words = error.message
        resolve([null, null])
      })
    },
  )
  await Promise.all(child.pid === undefined ? [] : [spoken, told])
  return { code, signal, words }
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'number'> : never

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

/** Questions to a process and its answers; when it ends, so do they. */
function createCalls(child: ChildProcess) {
  const waiting = new Map<number, Waiting>()
  let last = 0
  let over: string | undefined
  return {
    ask: (question: Unnumbered<Question>): Promise<unknown> =>
      new Promise((resolve, reject) => {
        if (over !== undefined) return reject(new Failed('ENDED', over))
        last += 1
        waiting.set(last, { resolve, reject })
        // That it cannot be asked any more is told when it has ended.
        child.send({ ...question, number: last }, () => {})
      }),
    take(told: Extract<Told, { readonly number: number }>): void {
      const call = waiting.get(told.number)
      waiting.delete(told.number)
      if ('error' in told) call?.reject(new Failed(told.error.code, told.error.text))
      else call?.resolve(told.answer)
    },
    end(why: string): void {
      over = why
      for (const { reject } of waiting.values()) reject(new Failed('ENDED', why))
      waiting.clear()
    },
  }
}
