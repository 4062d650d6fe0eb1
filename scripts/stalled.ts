/**
 * Ends a run of the tests that has got stuck, and says where. A test that only waits is ended by its
 * own time limit; a process that never comes back to its event loop is not, and then nobody would
 * ever hear which it was.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { reportFolder } from './stalled-reports.ts'

/** Far more than any one test may take, on any machine: nothing began and nothing ended meanwhile. */
const silenceMs = Number(process.env['STALLED_AFTER_MS'] ?? 6 * 60_000)
/** How long a worker has to say where it is. */
const writingMs = 3_000

export default class Stalled implements Reporter {
  readonly #running = new Map<string, string>()
  #timer: NodeJS.Timeout | undefined

  onTestRunStart(): void {
    rmSync(reportFolder, { recursive: true, force: true })
    mkdirSync(reportFolder, { recursive: true })
    this.#heard()
  }

  onTestModuleQueued({ moduleId }: TestModule): void {
    this.#running.set(moduleId, 'before its first test')
    this.#heard()
  }

  onTestCaseReady({ module, fullName }: TestCase): void {
    this.#running.set(module.moduleId, fullName)
    this.#heard()
  }

  onTestCaseResult(): void {
    this.#heard()
  }

  onTestModuleEnd({ moduleId }: TestModule): void {
    this.#running.delete(moduleId)
    this.#heard()
  }

  onTestRunEnd(): void {
    clearTimeout(this.#timer)
  }

  #heard(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#tell(), silenceMs)
  }

  async #tell(): Promise<void> {
    console.error(`stuck: nothing began or ended for ${silenceMs / 1000} s`)
    for (const [file, test] of this.#running) console.error(`still running: ${file} › ${test}`)
    for (const place of await places()) console.error(place)
    for (const pid of children()) process.kill(pid, 'SIGKILL')
    process.exit(1)
  }
}

/** Where each worker is: what it waits for, or that it waits for nothing. */
async function places(): Promise<readonly string[]> {
  const workers = children()
  // They were started with `--report-on-signal`: the event loop answers it.
  for (const pid of workers) process.kill(pid, 'SIGUSR2')
  await after(writingMs)
  const files = await readdir(reportFolder)
  return Promise.all(
    workers.map(async (pid) => {
      const file = files.find((name) => name.includes(`.${pid}.`))
      if (file === undefined) return `process ${pid} does not come back to its event loop`
      return `process ${pid} ${placeOf(await readFile(join(reportFolder, file), 'utf8'))}`
    }),
  )
}

function placeOf(report: string): string {
  const { libuv } = JSON.parse(report) as {
    readonly libuv: readonly { readonly type: string; readonly is_active: boolean }[]
  }
  const active = libuv.filter((handle) => handle.is_active).map((handle) => JSON.stringify(handle))
  return `waits for:\n  ${active.join('\n  ')}`
}

/** On other systems than Linux the names alone must do. */
function children(): readonly number[] {
  try {
    const text = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    return text.split(' ').map(Number).filter(Boolean)
  } catch {
    return []
  }
}
