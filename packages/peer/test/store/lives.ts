import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { readBackup } from '../../src/store/backup.js'
import { levelStore } from '../../src/store/level-store.js'
import { headOf, storyFault } from './story.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const writer = fileURLToPath(new URL('writer.ts', import.meta.url))

export interface Life {
  /** Kill from outside, once so many transactions were acknowledged. */
  readonly acknowledged?: number
  readonly beforeKill?: (pid: number | undefined) => Promise<void>
  /** Or it kills itself, the so many-th time that it passes a step. */
  readonly die?: { readonly step: string; readonly at: number }
}

/** Lets a process write into these stores until it is killed; answers what it acknowledged of each. */
export async function live(
  paths: readonly string[],
  { acknowledged = Number.POSITIVE_INFINITY, beforeKill, die }: Life,
): Promise<readonly number[]> {
  const failpoint = die === undefined ? [] : ['--die', die.step, '--at', `${die.at}`]
  const child = spawn(process.execPath, ['--import', 'tsx', writer, ...failpoint, ...paths], {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: `${root}packages/peer/tsconfig.test.json` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const complaints: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
  const heads = paths.map(() => 0)
  let count = 0
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.on('close', (_code, signal) => resolve(signal)),
  )
  for await (const line of createInterface(child.stdout)) {
    const [index, number] = line.split(' ').map(Number)
    // A line that was cut short by the kill says nothing.
    if (index === undefined || number === undefined || heads[index] === undefined) continue
    if (number > heads[index]) heads[index] = number
    count += 1
    if (count !== acknowledged) continue
    await beforeKill?.(child.pid)
    child.kill('SIGKILL')
  }
  const signal = await ended
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself: ${complaints.join('')}`)
  return heads
}

/** Opens a store after its process was killed; answers its head, or throws what is wrong. */
export async function inspect(path: string, acknowledged: number): Promise<number> {
  const store = await levelStore(path)
  const records = await store.load()
  const { doubt } = store
  await store.close()
  const head = headOf(records)
  if (doubt !== undefined) throw new Error(`a kill raised a doubt: ${doubt}`)
  if (head < acknowledged)
    throw new Error(`step ${acknowledged} was acknowledged, ${head} is there`)
  const fault = storyFault(records)
  if (fault !== undefined) throw new Error(fault)
  if (existsSync(`${path}.backup`)) {
    const backup = storyFault((await readBackup(`${path}.backup`)).records)
    if (backup !== undefined) throw new Error(`in the backup: ${backup}`)
  }
  return head
}
