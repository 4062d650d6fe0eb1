import { BadInput } from './bad-input.js'

/** Everything that is outside: the terminal, files, and the time. */
export interface Io {
  /** How the command is called: what is printed can be typed again. */
  readonly called: string
  out(this: void, text: string): void
  err(this: void, text: string): void
  readonly isTerminal: boolean
  readonly columns: number
  /** How wide lines may be where results go: without end in a file or a pipe. */
  readonly outColumns: number
  readFile(this: void, path: string): Promise<string>
  writeFile(this: void, path: string, text: string): Promise<void>
  /** Milliseconds of the real clock. */
  now(this: void): number
}

export async function readText(io: Io, path: string): Promise<string> {
  try {
    return await io.readFile(path)
  } catch (error) {
    throw new BadInput(`${path}: ${whyNot(error)}, name a file that can be read`)
  }
}

export async function writeText(io: Io, path: string, text: string): Promise<void> {
  try {
    await io.writeFile(path, text)
  } catch (error) {
    throw new BadInput(`${path}: ${whyNot(error)}, choose another place with --report`)
  }
}

const reasons = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['EISDIR', 'this is a folder'],
  ['EACCES', 'this may not be opened'],
  ['EROFS', 'nothing can be written there'],
])

function whyNot(error: unknown): string {
  const { code } = error as { readonly code?: string }
  return reasons.get(code ?? '') ?? (error instanceof Error ? error.message : String(error))
}
