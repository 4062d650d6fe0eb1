import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for as long as its scope lasts, on the disk that temporary files lie on. */
export interface Temporary extends Disposable {
  readonly path: string
  /** A path in it for each name. */
  at(name: string): string
}

export function temporary(): Temporary {
  const path = mkdtempSync(join(tmpdir(), 'grapevine-bench-'))
  return {
    path,
    at: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}
