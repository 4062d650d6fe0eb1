import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
/** Beside the one package that cannot be bundled. */
const cache = here('packages/peer/node_modules/.cache/grapevine')

/** The command from its sources as one file, so that no test needs a build. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [here('packages/cli/src/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['classic-level'],
    // Some packages are still written for `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    alias: {
      '@grapevine/core': here('packages/core/src/index.ts'),
      '@grapevine/sim': here('packages/sim/src/index.ts'),
      '@grapevine/peer': here('packages/peer/src/index.ts'),
      '@grapevine/dashboard': here('packages/dashboard/src/index.ts'),
      '@grapevine/lab/client': here('packages/lab/src/client/index.ts'),
      '@grapevine/lab': here('packages/lab/src/index.ts'),
      '@grapevine/api/client': here('packages/api/src/client/index.ts'),
      '@grapevine/api': here('packages/api/src/index.ts'),
    },
    write: false,
  })
  mkdirSync(cache, { recursive: true })
  const path = join(cache, 'cli-main.mjs')
  // Whole or not at all: several test files may do this at once.
  writeFileSync(`${path}.${process.pid}`, outputFiles[0]!.contents)
  renameSync(`${path}.${process.pid}`, path)
  return path
}

let bundled: Promise<string> | undefined

/** What Node runs as `grapevine`. */
export const commandFile = async (): Promise<string> => (bundled ??= bundle())

export interface CommandProcess {
  readonly child: ChildProcess
  /** What went to standard error, and output. */
  text(): string
  /** Resolves once it has written this; rejects where it ends without. */
  wrote(words: string): Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** `grapevine` as a process of its own. */
export async function startCommand(cwd: string, args: readonly string[]): Promise<CommandProcess> {
  const child = spawn(process.execPath, [await commandFile(), ...args], {
    cwd,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const looks = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more
      for (const look of looks) look()
    })
  }
  const ended = new Promise<Awaited<CommandProcess['ended']>>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  return {
    child,
    text: () => text,
    ended,
    wrote: async (words) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!text.includes(words)) return
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        look()
        ended.then(() => reject(new Error(`it ended and never wrote ${words}\n${text}`)), reject)
      }),
  }
}
