import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join, relative, resolve, sep } from 'node:path'
import type { Call } from '../call.js'
import { readInput } from '../typed/read-input.js'
import { misused } from '../complain.js'
import { readEnv } from './env.js'
import { below } from './flat-names.js'
import type { Flat, FlatSaying } from './flat-names.js'
import { formatOf, formats } from './format.js'
import type { Format } from './format.js'
import { readJson } from './json.js'
import { badFile } from './place.js'
import type { Place } from './place.js'
import { readProperties } from './properties.js'
import { readToml } from './toml.js'
import { saidIn } from './tree.js'
import type { Member, Said, Tree } from './tree.js'
import { readYaml } from './yaml.js'

/** What files say, before anybody asked what is there. */
export interface Contents {
  readonly said: readonly Said[]
  /** Of formats without types: `meant` says what they mean. */
  readonly flat: readonly FlatNamed[]
  /** What they speak of as a whole: only there can something be missing. Each ends with `/`. */
  readonly scopes: readonly string[]
  /** Not read, as its name says nothing of what it is. */
  readonly skipped: readonly string[]
}

interface FlatNamed extends FlatSaying {
  readonly flat: Flat
  readonly prefix: string
  readonly place: Place
}

interface ReadWish {
  /** Everything goes below it. */
  readonly prefix: string
  /** By default what its name says. */
  readonly format: Format | undefined
}

/** A file, a folder with all below it, or `-` for standard input. */
export async function readContents(call: Call, path: string, wish: ReadWish): Promise<Contents> {
  const prefix = wish.prefix.replace(/\/$/, '')
  const contents = await readAny(call, path, { ...wish, prefix })
  // Whoever names a prefix speaks of it.
  return prefix === '' ? contents : { ...contents, scopes: [`${prefix}/`] }
}

async function readAny(call: Call, path: string, wish: ReadWish): Promise<Contents> {
  if (path === '-') {
    if (wish.format === undefined)
      throw misused(
        'standard input has no name that says its format',
        `add --format ${formats.join(', or ')}`,
      )
    return contentsOf(await call.read('-'), 'standard input', wish.format, wish.prefix)
  }
  const full = resolve(call.terminal.cwd, path)
  const kind = await stat(full).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  if (kind.isDirectory()) return readFolder(call, full, path, wish)
  const format = wish.format ?? formatOf(full)
  if (format === undefined) {
    throw misused(
      `the name of ${path} does not say its format`,
      `add --format ${formats.join(', or ')}`,
    )
  }
  return contentsOf(await read(call, full, path), path, format, wish.prefix)
}

/** Folders and files are the segments of keys: `payments/db.yaml` is about `payments/db/`. */
async function readFolder(
  call: Call,
  folder: string,
  shown: string,
  wish: ReadWish,
): Promise<Contents> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      throw unreadable(shown, error)
    },
  )
  const files = found
    .filter((one) => !one.isDirectory())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .filter((file) => !isHidden(file))
    .sort()
  const parts: Contents[] = []
  // One after the other: there may be more of them than a process may open.
  for (const file of files) parts.push(await readPart(call, folder, file, { ...wish, shown }))
  return {
    said: parts.flatMap(({ said }) => said),
    flat: parts.flatMap(({ flat }) => flat),
    scopes: parts.flatMap(({ scopes }) => scopes),
    skipped: parts.flatMap(({ skipped }) => skipped),
  }
}

async function readPart(
  call: Call,
  folder: string,
  file: string,
  { prefix: around, shown }: ReadWish & { readonly shown: string },
): Promise<Contents> {
  const path = join(shown, file)
  const format = formatOf(file)
  if (format === undefined) return { ...nothing, skipped: [path] }
  const segments = file.split(sep)
  const last = segments.pop() ?? ''
  const name = basename(last, extname(last))
  const prefix = [around, ...segments, ...(last === '.env' ? [] : [name])]
    .filter((segment) => segment !== '')
    .join('/')
  const full = join(folder, file)
  const kind = await stat(full).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  // Nobody may ever write to a pipe, and a device may have no end.
  if (!kind.isFile()) throw misused(`${path} cannot be read: it is no file`, 'move it elsewhere')
  const contents = contentsOf(await read(call, full, path), path, format, prefix)
  return { ...contents, scopes: prefix === '' ? contents.scopes : [`${prefix}/`] }
}

const nothing: Contents = { said: [], flat: [], scopes: [], skipped: [] }

/** Of editors and of version control; `.env` is none of those. */
const isHidden = (file: string): boolean =>
  file.split(sep).some((part) => part.startsWith('.') && part !== '.env')

async function read({ signal }: Call, full: string, shown: string): Promise<Buffer> {
  return readInput(full, signal).catch((error: unknown) => {
    throw unreadable(shown, error)
  })
}

const unreadable = (path: string, error: unknown) =>
  misused(`${path} cannot be read: ${(error as Error).message}`)

function contentsOf(bytes: Buffer, file: string, format: Format, prefix: string): Contents {
  const source = textIn(bytes, file)
  if (format === 'env' || format === 'properties') {
    const readFlat = format === 'env' ? readEnv : readProperties
    const flat = readFlat(source, file).map((one) => ({ ...one, flat: format, prefix }))
    return { said: [], flat, scopes: [], skipped: [] }
  }
  const tree = readTree[format](source, file)
  return { said: saidIn(tree, prefix), flat: [], scopes: scopesOf(tree, prefix), skipped: [] }
}

const readTree = { yaml: readYaml, json: readJson, toml: readToml } as const

/** Its first names that have names below them, or could have. */
const scopesOf = (tree: Tree, prefix: string): readonly string[] =>
  'members' in tree
    ? tree.members.flatMap(({ name, tree: inside }) =>
        'members' in inside && !isOnlyMarks(inside.members) ? [`${below(prefix, name)}/`] : [],
      )
    : []

/** It says the value of one key, and nothing of keys below it. */
const isOnlyMarks = (members: readonly Member[]): boolean =>
  members.length === 1 && members.every(({ name }) => /^\$(value|bytes|json)$/.test(name))

function textIn(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw badFile({ file }, 'it is no text in UTF-8')
  }
}
