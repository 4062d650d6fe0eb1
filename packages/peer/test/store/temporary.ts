import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder for the tests of one file, gone after the last of them; names in it are given once. */
export function temporaryFolder(): (name?: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'grapevine-store-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let given = 0
  return (name = 'data') => join(folder, `${(given += 1)}-${name}`)
}
