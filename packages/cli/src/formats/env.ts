import { parseEnv } from 'node:util'
import type { Value } from '@grapevine/core'
import { misused } from '../complain.js'
import { named, textOf } from './flat-names.js'
import type { FlatSaying, Keyed } from './flat-names.js'
import { badFile } from './place.js'
import type { Place } from './place.js'

const form = /^\s*(?:export\s+)?([^\s=#'"`][^\s=]*)\s*=\s*(.*)$/

/** As Node reads it with `--env-file`; what it would take for something else without a word is refused. */
export function readEnv(
  source: string,
  file: string,
): readonly (FlatSaying & { readonly place: Place })[] {
  const lines = source.replace(/^\ufeff/, '').split(/\r?\n/)
  const found: (FlatSaying & { readonly place: Place })[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (/^\s*(#|$)/.test(line)) continue
    const place = { file, line: at + 1 }
    const [, name, rest = ''] = form.exec(line) ?? []
    if (name === undefined) throw badFile(place, 'it has no NAME=value')
    const end = lastLine(lines, at, rest, place)
    const texts = parseEnv(`${lines.slice(at, end + 1).join('\n')}\n`)
    const text = texts[name]
    if (text === undefined) throw badFile(place, `${name} has no value that can be read`)
    found.push({ name, text, place })
    at = end
  }
  return found
}

/** Where a value in quotes ends. */
function lastLine(lines: readonly string[], first: number, rest: string, place: Place): number {
  const [quote = ''] = /^['"`]/.exec(rest) ?? []
  if (quote === '' || rest.indexOf(quote, 1) > 0) return first
  const more = lines.slice(first + 1).findIndex((line) => line.includes(quote))
  if (more < 0) throw badFile(place, `the quote ${quote} does not end`)
  return first + 1 + more
}

/** Lines that a shell, systemd, Docker and Node read alike; refused where there is none for a value. */
export function writeEnv(entries: readonly Keyed[], prefix: string): string {
  const lines = [...named('env', entries, prefix)].map(([name, { key, value }]) => {
    const line = waysToSay(value)
      .filter(({ isSafe }) => isSafe)
      .map(({ said, text }) => ({ line: `${name}=${said}\n`, text }))
      .find((one) => parseEnv(one.line)[name] === one.text)
    if (line !== undefined) return line.line
    throw misused(
      `${key} has a value that no line of .env can hold`,
      'it has quotes of both kinds, or a carriage return; choose another format, such as yaml',
    )
  })
  return lines.join('')
}

/** Best first. Never in backquotes: a shell would run what stands there. */
function waysToSay(value: Value) {
  const text = textOf(value)
  // Only in JSON can a quote be written as something else.
  const isJson = typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
  const withoutQuotes = isJson ? text.replaceAll("'", '\\u0027') : text
  return [
    { said: text, text, isSafe: /^[\w.,:/@%+=-]*$/.test(text) },
    { said: `'${text}'`, text, isSafe: !text.includes("'") },
    { said: `"${text}"`, text, isSafe: !/["$`\\]/.test(text) },
    { said: `'${withoutQuotes}'`, text: withoutQuotes, isSafe: !withoutQuotes.includes("'") },
  ]
}
