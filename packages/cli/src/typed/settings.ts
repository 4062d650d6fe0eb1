import { join, resolve } from 'node:path'
import { misused } from '../complain.js'
import { readInput } from './read-input.js'
import type { Terminal } from '../terminal.js'
import type { Common } from '../verb.js'

/**
 * What a peer is run with: flags before the environment, the environment before `grapevine.yaml`. A
 * variable that is empty says nothing.
 */
export interface Settings {
  readonly dataDir: string
  readonly socket: string
  /** Path of the key that `--as` names. */
  readonly as: string | undefined
  /** As the file says it, unchecked: `up` reads more of it. */
  readonly file: ReadonlyMap<string, unknown>
  readonly fileName: string
}

const fileName = 'grapevine.yaml'

export async function readSettings(
  common: Common,
  { env, cwd, interrupted }: Terminal,
): Promise<Settings> {
  const named = (name: string): string | undefined => env[`GRAPEVINE_${name}`] || undefined
  const config = named('CONFIG')
  const file = await readFileSettings(
    resolve(cwd, config ?? fileName),
    config !== undefined,
    interrupted,
  )
  const inFile = (...names: readonly string[]): string | undefined => {
    const name = names.join('.')
    const value = settingIn(file, names)
    if (value === undefined || typeof value === 'string') return value
    throw misused(`${name} in ${config ?? fileName} is ${JSON.stringify(value)}: write a text`)
  }
  const dataDir = resolve(
    cwd,
    common.dataDir ?? named('DATA_DIR') ?? inFile('dataDir') ?? '.grapevine',
  )
  const socket = common.socket ?? named('SOCKET') ?? inFile('api', 'socket')
  const as = common.as ?? named('AS')
  return {
    dataDir,
    socket: socket === undefined ? join(dataDir, 'api.sock') : resolve(cwd, socket),
    as: as === undefined ? undefined : resolve(cwd, as),
    file,
    fileName: config ?? fileName,
  }
}

/** `api: { socket: … }` is named `api`, `socket`. */
export function settingIn(file: ReadonlyMap<string, unknown>, names: readonly string[]): unknown {
  let value: unknown = file
  for (const name of names) {
    if (!(value instanceof Map)) return undefined
    value = value.get(name) ?? undefined
  }
  return value
}

async function readFileSettings(
  path: string,
  isNamed: boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  let source: string
  try {
    source = (await readInput(path, signal)).toString()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && !isNamed) return new Map()
    throw misused(`the settings in ${path} cannot be read: ${message}`)
  }
  const { parseDocument } = await import('yaml')
  const document = parseDocument(source, { prettyErrors: true })
  const [fault] = document.errors
  if (fault !== undefined) throw misused(`${path} is no YAML: ${fault.message.trimEnd()}`)
  let settings: unknown
  try {
    settings = document.toJS({ mapAsMap: true })
  } catch (error) {
    // An alias of nothing, or of far too much.
    throw misused(`${path} cannot be used: ${(error as Error).message}`)
  }
  if (settings === null) return new Map()
  if (settings instanceof Map) return settings as ReadonlyMap<string, unknown>
  throw misused(
    `${path} holds no settings: write \`dataDir: .grapevine\`, a name and a value a line`,
  )
}
