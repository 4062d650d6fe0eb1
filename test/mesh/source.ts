import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** By its place: whoever enters a mount namespace begins at its root. */
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const tsconfig = fileURLToPath(new URL('../../scripts/tsconfig.json', import.meta.url))

/** Starts a program from its source, here or behind a command that leads somewhere else. */
export function spawnSource(
  program: URL,
  args: readonly string[],
  { within = [], ...options }: SpawnOptions & { readonly within?: readonly string[] },
): ChildProcess {
  const [command = '', ...rest] = [
    ...within,
    process.execPath,
    '--import',
    tsx,
    fileURLToPath(program),
    ...args,
  ]
  const env = { ...process.env, ...options.env, TSX_TSCONFIG_PATH: tsconfig, NODE_OPTIONS: '' }
  return spawn(command, rest, { ...options, env })
}

export interface Ended {
  readonly code: number | null
  readonly output: string
}

async function runSource(program: URL, args: readonly string[]): Promise<Ended> {
  const child = spawnSource(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

const storeCommand = new URL('../../packages/peer/src/store/main.ts', import.meta.url)
const mallory = new URL('../../packages/peer/test/mallory.ts', import.meta.url)

/** Runs `grapevine-store`. */
export const runStoreCommand = (...args: readonly string[]): Promise<Ended> =>
  runSource(storeCommand, args)

/** Runs somebody who does harm, and answers once that is done. */
export async function runMallory(
  deed: string,
  victim: string,
  times = 1,
): Promise<{ readonly tried: number; readonly sent: number; readonly keys: number }> {
  const { code, output } = await runSource(mallory, [deed, victim, 'test', `${times}`])
  if (code !== 0) throw new Error(`mallory ended with exit code ${code}\n${output}`)
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Awaited<
    ReturnType<typeof runMallory>
  >
}
