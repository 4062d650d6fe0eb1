import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Whether there is a process of this number, whoever's. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Ends peers that outlived their lab: those that were paused could not hear that it is gone. A number
 * can belong to somebody else by now, so only who was started for this folder is ended.
 */
export async function endLeftovers(pids: readonly number[], folder: string): Promise<void> {
  for (const pid of pids) {
    if (!Number.isSafeInteger(pid) || pid <= 1 || !isRunning(pid)) continue
    const words = await wordsOf(pid)
    if (words.some((word) => word.startsWith(`${folder}/`))) process.kill(pid, 'SIGKILL')
  }
}

/** With what a process was started. */
async function wordsOf(pid: number): Promise<readonly string[]> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')
  } catch {
    const listed = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)], {
      timeout: 5_000,
    }).catch(() => ({ stdout: '' }))
    return listed.stdout.split(/\s+/)
  }
}
