import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program that a test cannot do without: found, or the test fails and says what to install. */
export function tool(names: readonly string[], variable: string): string {
  const named = process.env[variable]
  if (named !== undefined && named !== '') return named
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isProgram)
    if (found !== undefined) return found
  }
  throw new Error(
    `${names[0]} is missing, and this test is about it: install it (apt-get install ${names[0]}), or name it as ${variable}`,
  )
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
