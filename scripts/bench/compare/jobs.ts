import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../command.ts'
import type { Measured } from './figures.ts'
import type { JobOrder, JobSays } from './job.ts'

/** Starts jobs, one after another, and ends what they leave. */
export interface Jobs extends AsyncDisposable {
  run(order: Omit<JobOrder, 'folder'>, limitMs: number): Promise<JobDone>
}

export interface JobDone {
  readonly measured: readonly Measured[]
  /** Why it did not come to its end. */
  readonly failed: string | undefined
}

export function openJobs(file: string): Jobs {
  let clean: (() => Promise<void>) | undefined
  return {
    async run(order, limitMs) {
      const folder = mkdtempSync(join(tmpdir(), `grapevine-bench-${process.pid}-`))
      const argument = JSON.stringify({ ...order, folder } satisfies JobOrder)
      const child = fork(file, [argument], {
        cwd: root,
        detached: true,
        execArgv: [],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      })
      const ended = new Promise((resolve) => child.once('close', resolve).once('error', resolve))
      clean = async () => {
        endGroup(child)
        await ended
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
      }
      try {
        return await doneBy(child, limitMs)
      } finally {
        await clean()
        clean = undefined
      }
    },
    [Symbol.asyncDispose]: async () => clean?.(),
  }
}

async function doneBy(child: ChildProcess, limitMs: number): Promise<JobDone> {
  const measured: Measured[] = []
  let failed: string | undefined
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000)
  })
  child.on('message', (says: JobSays) => {
    if ('failed' in says) failed = says.failed
    else if ('measured' in says) measured.push(says.measured)
  })
  return new Promise((resolve) => {
    const end = (why: string | undefined): void => {
      clearTimeout(late)
      resolve({ measured, failed: why })
    }
    const late = setTimeout(() => {
      endGroup(child)
      end(`it took longer than ${limitMs / 1_000} s`)
    }, limitMs)
    child.on('error', (error) => end(error.message))
    child.on('exit', (code, signal) => {
      const isWell = code === 0 && failed === undefined
      end(
        isWell ? undefined : (failed ?? `it ended with ${signal ?? code}: ${lastLine(complaint)}`),
      )
    })
  })
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

/** Servers, stations and the job itself are in one group. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left.
  }
}
