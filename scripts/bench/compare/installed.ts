import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Scripts run at the top of the repository; this code is also run from a bundle elsewhere. */
const folder = join(process.cwd(), 'node_modules/.cache/grapevine/bench-peers')

export const folderOf = (system: string): string => join(folder, system)

/** What `npm run bench-peers` has installed for a system, under the names its entry file gives. */
export async function imported(system: string): Promise<unknown> {
  return import(pathToFileURL(entryOf(system)).href)
}

const entryOf = (system: string): string => join(folderOf(system), 'entry.mjs')

export const missingPackage = (system: string): string | undefined =>
  existsSync(entryOf(system)) ? undefined : 'its packages are not installed: npm run bench-peers'

export function packageVersion(system: string, name: string): string {
  const manifest = readFileSync(
    join(folderOf(system), 'node_modules', name, 'package.json'),
    'utf8',
  )
  return `${name} ${(JSON.parse(manifest) as { readonly version: string }).version}`
}

/** What a program says of itself; undefined where there is none. */
export function said(file: string, args: readonly string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: 20_000 })
  return status === 0 ? `${stdout}${stderr}`.trim() : undefined
}

/** Debian puts servers where not everybody's PATH leads. */
export const programAt = (names: readonly string[]): string | undefined =>
  names.find((name) => existsSync(name))
