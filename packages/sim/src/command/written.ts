import { LineCounter, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { BadInput } from './bad-input.js'

/** What stands in a YAML file, as it was written, each part with its place: `two.yaml:3:8`. */
export type Written =
  | { readonly kind: 'text'; readonly text: string; readonly place: string }
  | { readonly kind: 'list'; readonly items: readonly Written[]; readonly place: string }
  | { readonly kind: 'fields'; readonly fields: readonly WrittenField[]; readonly place: string }

export interface WrittenField {
  readonly name: string
  readonly place: string
  readonly value: Written
}

export function readWritten(source: string, file: string): Written {
  const lines = new LineCounter()
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false })
  const placeAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) {
    throw new BadInput(`${placeAt(problem.pos[0])}: this is no YAML, ${lowered(problem.message)}`)
  }

  const read = (node: unknown, before: string): Written => {
    // A field without a value has no node; it stands where its name does.
    if (node === null) return { kind: 'text', text: '', place: before }
    const place = isMap(node) || isScalar(node) || isSeq(node) ? placeAt(node.range![0]) : before
    if (isScalar(node)) return { kind: 'text', text: textOf(node.source, node.value), place }
    if (isSeq(node))
      return { kind: 'list', items: node.items.map((item) => read(item, place)), place }
    if (!isMap(node))
      throw new BadInput(`${place}: anchors and aliases do not belong here, write it out`)
    return {
      kind: 'fields',
      fields: node.items.map(({ key, value }) => field(key, value, place)),
      place,
    }
  }
  const field = (key: unknown, value: unknown, before: string): WrittenField => {
    const name = read(key, before)
    if (name.kind !== 'text') throw new BadInput(`${name.place}: this is no name of a field`)
    return { name: name.text, place: name.place, value: read(value, name.place) }
  }
  return read(document.contents, `${file}:1:1`)
}

/** Numbers as they were typed; nothing, `~` and `null` say nothing. */
const textOf = (source: string | undefined, value: unknown): string =>
  value === null ? '' : (source ?? '').trim()

const lowered = (message: string): string =>
  message[0]!.toLowerCase() + message.slice(1).split('\n')[0]!
