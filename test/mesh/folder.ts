import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for as long as a scenario lasts. */
export interface Folder extends AsyncDisposable {
  readonly path: string
}

const prefix = 'grapevine-test-'
const ofRun = new RegExp(`^${prefix}(\\d+)-`)

export async function makeFolder(): Promise<Folder> {
  await sweep()
  const path = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
  return { path, [Symbol.asyncDispose]: () => remove(path) }
}

/** What a run left behind that was killed. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = ofRun.exec(name) ?? []
    if (pid !== undefined && !isRunning(Number(pid))) await remove(join(tmpdir(), name))
  }
}

const remove = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 5 })

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
