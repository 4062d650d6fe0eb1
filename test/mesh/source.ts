import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
/** Beside what the sources need. */
const cache = here('packages/peer/node_modules/.cache/grapevine')
const bundled = new Map<string, Promise<string>>()

/**
 * One file of all sources of a program: to translate them one by one at each of some hundred starts
 * took a third of the time that all tests take.
 */
async function bundleOf(program: URL): Promise<string> {
  const known = bundled.get(program.href) ?? bundle(program)
  bundled.set(program.href, known)
  return known
}

async function bundle(program: URL): Promise<string> {
  const source = fileURLToPath(program)
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: {
      '@grapevine/core': here('packages/core/src/index.ts'),
      '@grapevine/peer': here('packages/peer/src/index.ts'),
    },
    write: false,
  })
  mkdirSync(cache, { recursive: true })
  const path = join(cache, `${basename(dirname(source))}-${basename(source, '.ts')}.mjs`)
  // Whole or not at all: several test files do this at once.
  writeFileSync(`${path}.${process.pid}`, outputFiles[0]!.contents)
  renameSync(`${path}.${process.pid}`, path)
  return path
}

/** Starts a program from its source, here or behind a command that leads somewhere else. */
export async function spawnSource(
  program: URL,
  args: readonly string[],
  { within = [], ...options }: SpawnOptions & { readonly within?: readonly string[] },
): Promise<ChildProcess> {
  // By its place: whoever enters a mount namespace begins at its root.
  const [command = '', ...rest] = [...within, process.execPath, await bundleOf(program), ...args]
  const env = { ...process.env, ...options.env, NODE_OPTIONS: '' }
  return spawn(command, rest, { ...options, env })
}

interface Ended {
  readonly code: number | null
  readonly output: string
}

async function runSource(program: URL, args: readonly string[]): Promise<Ended> {
  const child = await spawnSource(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
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

const mallory = new URL('../../packages/peer/test/mallory.ts', import.meta.url)

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
