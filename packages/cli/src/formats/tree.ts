import { valueFrom } from '@grapevine/api/client'
import { MeshError, checkKey, copyValue } from '@grapevine/core'
import type { Value } from '@grapevine/core'
import { badFile } from './place.js'
import type { Place } from './place.js'

/**
 * A file of names inside names: YAML, JSON, TOML. Its mappings are the segments of keys, and what they
 * lead to are values:
 *
 *     payments:
 *       db/pool: 5                  payments/db/pool    5
 *       hosts: [a, b]               payments/hosts      ["a", "b"]
 *       limits:
 *         $value: { daily: 500 }    payments/limits     {"daily": 500}
 *       logo: { $bytes: AAEC }      payments/logo       three bytes
 *
 * `$value` is the value of the very key that its mapping stands for, and may stand beside names of keys
 * below it. A name on the mesh that looks like one of these marks has one `$` more in a file.
 */
export type Tree =
  | { readonly place: Place; readonly members: readonly Member[] }
  | { readonly place: Place; readonly leaf: unknown }

export interface Member {
  readonly name: string
  readonly tree: Tree
}

/** What a file says of one key. */
export interface Said {
  readonly key: string
  readonly value: Value
  readonly place: Place
}

const isEscapable = (name: string): boolean => /^\$+(value|bytes|json)$/.test(name)

const segmentIn = (name: string): string =>
  name.startsWith('$$') && isEscapable(name) ? name.slice(1) : name

const nameFor = (segment: string): string => (isEscapable(segment) ? `$${segment}` : segment)

/** Deeper than the longest key can be. */
const nestingMax = 256

/** All keys of a file, in its order. Throws where one of them, or its value, could not be written. */
export function saidIn(tree: Tree, prefix: string): readonly Said[] {
  const said: Said[] = []
  walk(tree, prefix === '' ? [] : [prefix], said)
  return said
}

function walk(tree: Tree, path: readonly string[], said: Said[]): void {
  if (!('members' in tree)) {
    said.push(sayingOf(path, tree.leaf, tree.place))
    return
  }
  const { members, place } = tree
  if (path.length > nestingMax) throw badFile(place, 'it is nested too deeply')
  const sole = markedValue(tree)
  if (sole !== undefined) {
    said.push(sayingOf(path, sole.value, place))
    return
  }
  for (const { name, tree: below } of members) {
    if (name === '$value') {
      const { value } = markedValue(below) ?? { value: plainOf(below) }
      said.push(sayingOf(path, value, below.place))
    } else walk(below, [...path, segmentIn(name)], said)
  }
}

function sayingOf(path: readonly string[], plain: unknown, place: Place): Said {
  if (path.length === 0) {
    throw badFile(
      place,
      'it holds no names: a file says which key has which value',
      'write a mapping such as `shop: {max-items: 12}`',
    )
  }
  return checkedSaying(path.join('/'), () => valueFrom(plain), place)
}

/** Refuses what could not be written, and says where it stands. */
export function checkedSaying(text: string, valueOf: () => Value, place: Place): Said {
  try {
    const key = checkKey(text)
    return { key, value: copyValue(key, valueOf()), place }
  } catch (error) {
    if (!(error instanceof MeshError)) throw error
    throw badFile(place, error.message)
  }
}

/** `{ $bytes: … }` and, for what a format cannot say, `{ $json: … }`. */
function markedValue(tree: Tree): { readonly value: unknown } | undefined {
  if (!('members' in tree) || tree.members.length !== 1) return undefined
  const [{ name, tree: only }] = tree.members as readonly [Member]
  if ('members' in only || typeof only.leaf !== 'string') return undefined
  if (name === '$bytes') return { value: { $bytes: only.leaf } }
  if (name !== '$json') return undefined
  try {
    return { value: JSON.parse(only.leaf) as unknown }
  } catch (error) {
    throw badFile(only.place, `$json is no JSON: ${(error as Error).message}`)
  }
}

function plainOf(tree: Tree): unknown {
  if (!('members' in tree)) return tree.leaf
  return Object.fromEntries(tree.members.map(({ name, tree: below }) => [name, plainOf(below)]))
}

/** What a parser made of a file, where it does not say what stands where. */
export function treeOf(plain: unknown, place: Place): Tree {
  if (!isMapping(plain)) return { place, leaf: plain }
  const members = Object.entries(plain).map(([name, below]) => ({
    name,
    tree: treeOf(below, place),
  }))
  return { place, members }
}

export const isMapping = (plain: unknown): plain is Readonly<Record<string, unknown>> =>
  typeof plain === 'object' &&
  plain !== null &&
  !Array.isArray(plain) &&
  !(plain instanceof Uint8Array)

const isJsonMark = (plain: unknown): boolean =>
  isMapping(plain) && Object.keys(plain).join() === '$json'

interface Branch {
  value?: Value
  readonly below: Map<string, Branch>
}

/** The names inside names that say these keys: `saidIn` reads them as they were. */
export function namesOf(
  entries: readonly { readonly key: string; readonly value: Value }[],
  needsJson: (marked: unknown) => boolean = () => false,
): Readonly<Record<string, unknown>> {
  const leafOf = (value: Value): unknown => {
    const leaf = marked(value)
    return needsJson(leaf) || isJsonMark(leaf) ? { $json: JSON.stringify(leaf) } : leaf
  }
  const root: Branch = { below: new Map() }
  for (const { key, value } of entries) {
    let branch = root
    for (const segment of key.split('/')) {
      const next = branch.below.get(segment) ?? { below: new Map<string, Branch>() }
      branch.below.set(segment, next)
      branch = next
    }
    branch.value = value
  }
  return plainBranch(root, leafOf) as Readonly<Record<string, unknown>>
}

function plainBranch({ value, below }: Branch, leafOf: (value: Value) => unknown): unknown {
  const isAlone = below.size === 0
  if (isAlone && value !== undefined && !isMapping(value)) return leafOf(value)
  // `fromEntries` defines each name, whatever it is.
  return Object.fromEntries([
    ...(value === undefined ? [] : [['$value', leafOf(value)] as const]),
    ...[...below].map(([name, branch]) => [nameFor(name), plainBranch(branch, leafOf)] as const),
  ])
}

/** A value as text formats carry it: bytes are marked. */
export function marked(value: Value): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map((item) => marked(item as Value))
  if (!isMapping(value)) return value
  const members = Object.entries(value as Readonly<Record<string, Value>>)
  return Object.fromEntries(members.map(([name, member]) => [name, marked(member)]))
}

/** A whole number as a format has it; undefined: a number holds neither it nor what JavaScript calls it. */
export function exactly(whole: bigint): number | undefined {
  const number = Number(whole)
  if (!Number.isFinite(number)) return undefined
  return BigInt(number) === whole || String(number) === String(whole) ? number : undefined
}
