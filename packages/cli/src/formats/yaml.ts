import type { Value } from '@grapevine/core'
import {
  Document,
  LineCounter,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  visit,
} from 'yaml'
import type { Node, Pair, YAMLMap } from 'yaml'
import { badFile } from './place.js'
import type { Place } from './place.js'
import { exactly, isMapping, marked, namesOf } from './tree.js'
import type { Member, Tree } from './tree.js'

/** What is read, and where it stands. */
interface Reading {
  readonly document: Document
  readonly placeOf: (node: unknown) => Place
  /** So many nodes: aliases of aliases of aliases are more than anybody could hold. */
  nodes: number
}

export function readYaml(source: string, file: string): Tree {
  const lineCounter = new LineCounter()
  const at = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset)
    return { file, line, column: col }
  }
  const documents = parseAllDocuments(source, {
    lineCounter,
    prettyErrors: false,
    intAsBigInt: true,
    customTags: ['binary'],
  }) as Document[]
  for (const { errors, warnings } of documents) {
    // A tag that nobody knows is a warning there, and a value that nobody meant here.
    const [fault] = [...errors, ...warnings]
    if (fault !== undefined) throw badFile(at(fault.pos[0]), `it is no YAML: ${fault.message}`)
  }
  const [document, another] = documents
  if (document === undefined) return { place: { file }, members: [] }
  if (another !== undefined) {
    throw badFile(
      at(another.range?.[0] ?? 0),
      'a second document begins here',
      'write one file for each',
    )
  }
  const placeOf = (node: unknown): Place => {
    const { range } = (node ?? {}) as { readonly range?: readonly number[] | null }
    return range?.[0] === undefined ? { file } : at(range[0])
  }
  if (document.contents === null || isNothing(document.contents)) {
    return { place: { file }, members: [] }
  }
  return treeOf(document.contents, { document, placeOf, nodes: 0 }, 0)
}

/** Nothing but comments. */
const isNothing = (node: Node): boolean =>
  isScalar(node) && node.value === null && (node.source ?? '') === ''

/** Aliases can lead back to where they stand. */
const nestingMax = 256
const nodesMax = 200_000

function treeOf(node: unknown, reading: Reading, nesting: number): Tree {
  const { document, placeOf } = reading
  const place = placeOf(node)
  if (nesting > nestingMax || ++reading.nodes > nodesMax) {
    throw badFile(place, 'it is nested too deeply, or in itself')
  }
  if (isAlias(node)) {
    const meant = node.resolve(document)
    if (meant === undefined) throw badFile(place, `nothing before it is called &${node.source}`)
    return { ...treeOf(meant, reading, nesting + 1), place }
  }
  if (isMap(node)) return { place, members: membersOf(node, reading, nesting) }
  if (isScalar(node)) return { place, leaf: exactIn(node.value, place) }
  if (!isSeq(node)) return { place, leaf: null }
  try {
    return { place, leaf: exactIn(node.toJS(document, { maxAliasCount: 100 }), place) }
  } catch (error) {
    // Aliases that lead to themselves, or to too much.
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error
    throw badFile(place, `it cannot be read: ${error.message}`)
  }
}

function membersOf(map: YAMLMap, reading: Reading, nesting: number): readonly Member[] {
  const members: Member[] = []
  const merged: Member[] = []
  for (const pair of map.items) {
    if (isMerge(pair)) merged.push(...mergedOf(pair.value, reading, nesting))
    else {
      const tree = treeOf(pair.value, reading, nesting + 1)
      members.push({ name: nameOf(pair, reading), tree })
    }
  }
  // What a mapping says itself goes before what it takes from others, and the first of them before the next.
  const names = new Set(members.map(({ name }) => name))
  for (const member of merged) {
    if (!names.has(member.name)) members.push(member)
    names.add(member.name)
  }
  return members
}

/** In quotes it is a name. */
const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && key.value === '<<' && key.type === 'PLAIN'

function nameOf({ key }: Pair, { placeOf }: Reading): string {
  if (isScalar(key) && typeof key.value === 'string') return key.value
  // As it was written: `on`, `0x10` and `1.0` are names.
  if (isScalar(key) && key.value !== null && key.source !== undefined) return key.source
  throw badFile(placeOf(key), 'here stands no name: a name is a text')
}

/** `<<: *defaults` and `<<: [*some, *others]`. */
function mergedOf(node: unknown, reading: Reading, nesting: number): readonly Member[] {
  const meant = isAlias(node) ? node.resolve(reading.document) : node
  if (isSeq(meant)) return meant.items.flatMap((item) => mergedOf(item, reading, nesting + 1))
  if (isMap(meant) && nesting <= nestingMax) return membersOf(meant, reading, nesting + 1)
  throw badFile(reading.placeOf(node), '<< takes the members of a mapping, and here is none')
}

function exactIn(value: unknown, place: Place): unknown {
  if (typeof value === 'bigint') {
    const number = exactly(value)
    if (number !== undefined) return number
    throw badFile(place, `${value} is more than a number holds exactly`, 'write it in quotes')
  }
  if (value instanceof Uint8Array) return marked(value)
  if (Array.isArray(value)) return value.map((item: unknown) => exactIn(item, place))
  if (!isMapping(value)) return value
  const members = Object.entries(value)
  return Object.fromEntries(members.map(([name, member]) => [name, exactIn(member, place)]))
}

export function writeYaml(
  entries: readonly { readonly key: string; readonly value: Value }[],
): string {
  if (entries.length === 0) return ''
  const document = new Document(namesOf(entries), { aliasDuplicateObjects: false })
  visit(document, {
    // Outside of quotes it takes the members of another mapping.
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === '<<') key.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString({ lineWidth: 0 })
}
