import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from '@grapevine/api'
import { loadPage } from '../src/load-page.js'

const home = join(import.meta.dirname, '..')
const cache = join(home, '../../node_modules/.cache/grapevine')

const run = promisify(execFile)
const vite = join(
  dirname(createRequire(import.meta.url).resolve('vite/package.json')),
  'bin/vite.js',
)

/** All that the page is made of. */
const sources = ['page', '../api/src', '../core/src']

/** The page as its sources are now, wherever it was last built. */
export async function builtPage(): Promise<Page> {
  return loadPage(await builtFolder())
}

/** Named after its sources: nobody ever sees one that is old, or half of one. */
export async function builtFolder(): Promise<string> {
  const folder = join(cache, `page-${digestOfSources()}`)
  if (isThere(folder)) return folder
  const making = `${folder}.${process.pid}`
  mkdirSync(cache, { recursive: true })
  // In a process of its own: in this one Vite would take the page for one that is tested.
  await run(process.execPath, [vite, 'build', '--logLevel', 'error', '--outDir', making], {
    cwd: home,
    env: { ...process.env, NODE_ENV: 'production' },
    timeout: 120_000,
  })
  try {
    renameSync(making, folder)
  } catch (error) {
    // Somebody else was faster, with the same.
    if (!isThere(folder)) throw error
    rmSync(making, { recursive: true, force: true })
  }
  removeOld()
  return folder
}

const dayMs = 86_400_000

function removeOld(): void {
  for (const name of readdirSync(cache).filter((one) => one.startsWith('page-'))) {
    const { mtimeMs = Date.now() } = statSync(join(cache, name), { throwIfNoEntry: false }) ?? {}
    if (Date.now() - mtimeMs < dayMs) continue
    rmSync(join(cache, name), { recursive: true, force: true })
  }
}

function digestOfSources(): string {
  const digest = createHash('sha256')
  const files = sources.flatMap((folder) => filesIn(folder).filter((file) => !isTest.test(file)))
  for (const file of ['vite.config.ts', ...files.sort()]) {
    digest
      .update(file)
      .update('\0')
      .update(readFileSync(join(home, file)))
      .update('\0')
  }
  return digest.digest('hex').slice(0, 16)
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(home, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(home, join(entry.parentPath, entry.name)))

const isTest = /\.test\.tsx?$/

const isThere = (folder: string): boolean =>
  statSync(folder, { throwIfNoEntry: false }) !== undefined
