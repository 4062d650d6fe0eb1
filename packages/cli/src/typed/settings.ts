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
  /** The name of a peer of the lab, where one is meant. */
  readonly lab: string | undefined
  /** Whether anything says which peer is meant. */
  readonly isNamed: boolean
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
  const as = common.as ?? named('AS')
  const rest = {
    as: as === undefined ? undefined : resolve(cwd, as),
    file,
    fileName: config ?? fileName,
  }
  const isTyped = common.dataDir !== undefined || common.socket !== undefined
  const lab = common.lab ?? (isTyped ? undefined : named('LAB'))
  if (lab !== undefined) return { ...(await inLab(lab, env)), isNamed: true, ...rest }
  const folder = common.dataDir ?? named('DATA_DIR') ?? inFile('dataDir')
  const socket = common.socket ?? named('SOCKET') ?? inFile('api', 'socket')
  const dataDir = resolve(cwd, folder ?? '.grapevine')
  return {
    dataDir,
    socket: socket === undefined ? join(dataDir, 'api.sock') : resolve(cwd, socket),
    lab: undefined,
    isNamed: folder !== undefined || socket !== undefined,
    ...rest,
  }
}

/** Where a peer of the lab is, whether or not it runs. */
async function inLab(
  typed: string,
  env: Terminal['env'],
): Promise<Pick<Settings, 'dataDir' | 'socket' | 'lab'>> {
  const { dataDirIn, nameOf, numberOf, usualFolder } = await import('@grapevine/lab/client')
  const number = numberOf(typed)
  if (number === undefined) {
    throw misused(
      `the lab has no peer ${JSON.stringify(typed)}`,
      'write its number or its name, such as 3 or payments: grapevine lab status lists them',
    )
  }
  const name = nameOf(number)
  const dataDir = dataDirIn(usualFolder(env['TMPDIR']), name)
  return { dataDir, socket: join(dataDir, 'api.sock'), lab: name }
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
