import { type ChildProcess, fork } from 'node:child_process'
import { setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { root } from '../command.ts'
import type { Answer, Died, Task } from './tasks.ts'

const workerFile = fileURLToPath(new URL('worker.ts', import.meta.url))

/** One process that does one task after the other; whoever dies over a task is replaced. */
export interface Hand {
  ask(task: Task, limitMs: number): Promise<Answer>
  stop(): void
}

const heapMegabytes = 1_536
/** So much of what a dying process said last is worth keeping. */
const lastWordsMax = 2_000

export function createHand(): Hand {
  let child: ChildProcess | undefined
  let lastWords = ''

  function start(): ChildProcess {
    const started = fork(workerFile, {
      cwd: root,
      execArgv: ['--import', 'tsx', `--max-old-space-size=${heapMegabytes}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    lastWords = ''
    started.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-lastWordsMax)
    })
    // The machine is somebody's: whatever else runs on it goes first.
    if (started.pid !== undefined) setPriority(started.pid, 10)
    return started
  }

  return {
    ask(task, limitMs) {
      const asked = (child ??= start())
      return new Promise((resolve) => {
        const died = (reason: string): Died => ({ did: 'die', reason })
        const end = (answer: Answer): void => {
          clearTimeout(limit)
          asked.removeAllListeners('message').removeAllListeners('close')
          if (answer.did === 'die') child = undefined
          resolve(answer)
        }
        const limit = setTimeout(() => {
          asked.kill('SIGKILL')
          end(died(`it took more than ${limitMs / 1000} s`))
        }, limitMs)
        asked.once('message', (answer: Answer) => end(answer))
        asked.once('close', (code, signal) => {
          end(died(`the worker ended with ${signal ?? `exit code ${code}`}\n${lastWords}`.trim()))
        })
        asked.send(task)
      })
    },
    stop() {
      child?.kill()
      child = undefined
    },
  }
}
