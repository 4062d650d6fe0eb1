import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
/** Beside the one package that cannot be bundled. */
const cache = here('packages/peer/node_modules/.cache/grapevine')

/** A program from its sources as one file, so that no test needs a build. */
async function bundle(source: string, name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [here(source)],
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
      '@grapevine/api/client': here('packages/api/src/client/index.ts'),
      '@grapevine/api': here('packages/api/src/index.ts'),
    },
    write: false,
  })
  mkdirSync(cache, { recursive: true })
  const path = join(cache, name)
  // Whole or not at all: several test files may do this at once.
  writeFileSync(`${path}.${process.pid}`, outputFiles[0]!.contents)
  renameSync(`${path}.${process.pid}`, path)
  return path
}

let service: Promise<string> | undefined

/** What each peer of a lab runs. */
export const serviceFile = async (): Promise<string> =>
  (service ??= bundle('packages/lab/src/service/main.ts', 'lab-service.mjs'))

/** A process that is a lab and nothing else. */
export const labFile = async (): Promise<string> =>
  bundle('packages/lab/test/lab-process.ts', 'lab-process.mjs')
