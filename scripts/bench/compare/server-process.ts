import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { machineMs } from './clock.ts'
import type { Servers } from './adapter.ts'
import type { CountingProxy } from './counting-proxy.ts'

/** One server of another system: what is run, and when it can be asked. */
export interface ServerPlan {
  readonly place: string
  readonly folder: string
  readonly file: string
  readonly args: readonly string[]
  /** Throws, or answers false, as long as it is not ready. */
  isReady(): Promise<boolean>
}

const readyMsMax = 60_000
const endMsMax = 10_000

/**
 * Starts them all and waits until each is ready. They are in the process group of whoever starts them:
 * what ends that group ends them too.
 */
export async function startServers(
  plans: readonly ServerPlan[],
  proxies: readonly CountingProxy[] = [],
): Promise<Servers> {
  let running = plans.map(start)
  const dispose = async (): Promise<void> => {
    // What they hold is not needed again.
    await Promise.all(running.map((child) => end(child, 'SIGKILL')))
    await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()))
  }
  try {
    await Promise.all(plans.map((plan, index) => ready(plan, running[index]!)))
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    places: plans.map(({ place }) => place),
    nodes: plans.map((_, index) => ({ pid: () => running[index]!.pid! })),
    async restart() {
      await Promise.all(running.map((child) => end(child, 'SIGTERM')))
      const began = machineMs()
      running = plans.map(start)
      return began
    },
    async revive(index) {
      running[index] = start(plans[index]!)
      await ready(plans[index]!, running[index])
    },
    bytesBetween: () => proxies.reduce((sum, proxy) => sum + proxy.bytes(), 0),
    [Symbol.asyncDispose]: dispose,
  }
}

function start({ folder, file, args }: ServerPlan): ChildProcess {
  mkdirSync(folder, { recursive: true })
  const log = openSync(join(folder, 'log'), 'a')
  try {
    return spawn(file, args, { cwd: folder, stdio: ['ignore', log, log] })
  } finally {
    closeSync(log)
  }
}

async function ready(plan: ServerPlan, child: ChildProcess): Promise<void> {
  const late = performance.now() + readyMsMax
  let failed = ''
  child.on('error', ({ message }) => (failed = message))
  while (performance.now() < late) {
    if (failed !== '' || hasEnded(child)) break
    if (await plan.isReady().catch(() => false)) return
    await pause(20)
  }
  const log = readFileSync(join(plan.folder, 'log'), 'utf8').slice(-2_000)
  throw new Error(`${plan.file} did not become ready: ${failed}\n${log}`)
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (hasEnded(child)) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const late = new AbortController()
  child.kill(signal)
  // One that was made to stand still hears nothing else.
  child.kill('SIGCONT')
  const kill = async (): Promise<void> => {
    await pause(endMsMax, undefined, { signal: late.signal })
    child.kill('SIGKILL')
  }
  await Promise.all([exited.then(() => late.abort()), kill().catch(() => {})])
}

const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null
