import { parseLines, stringify } from 'dot-properties'
import { named, textOf } from './flat-names.js'
import type { FlatSaying, Keyed } from './flat-names.js'
import type { Place } from './place.js'

export function readProperties(
  source: string,
  file: string,
): readonly (FlatSaying & { readonly place: Place })[] {
  const found: (FlatSaying & { readonly place: Place })[] = []
  let [line, counted] = [1, 0]
  for (const node of parseLines(source, true)) {
    const { type, range, key, value } = node as typeof node &
      Partial<Record<'key' | 'value', string>>
    if (type !== 'PAIR' || key === undefined || value === undefined) continue
    line += source.slice(counted, range[0]).split(/\r\n|\n|\r/).length - 1
    counted = range[0]
    found.push({ name: key, text: value, place: { file, line } })
  }
  return found
}

export const writeProperties = (entries: readonly Keyed[], prefix: string): string => {
  const lines = [...named('properties', entries, prefix)].map(([name, { value }]) => [
    name,
    textOf(value),
  ])
  return lines.length === 0 ? '' : `${stringify(lines, { lineWidth: null })}\n`
}
