import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { root } from '../../command.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

/** The file of a job, for as long as it is needed. */
export interface Compiled extends Disposable {
  readonly file: string
}

/** Makes plain JavaScript of what runs in jobs; packages stay what they are when they are shipped. */
export async function compileJobs(): Promise<Compiled> {
  // Two runs at a time do not take each other's code away.
  const outdir = join(root, `node_modules/.cache/grapevine/bench-jobs-${process.pid}`)
  const remove = (): void => rmSync(outdir, { recursive: true, force: true })
  remove()
  await build({
    entryPoints: ['job.ts', 'station.ts'].map((file) => join(here, file)),
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    outExtension: { '.js': '.mjs' },
    // Otherwise paths that are for checking types would lead to sources.
    tsconfigRaw: '{}',
    logLevel: 'error',
  })
  // Also where the run is interrupted.
  process.once('exit', remove)
  return { file: join(outdir, 'job.mjs'), [Symbol.dispose]: remove }
}
