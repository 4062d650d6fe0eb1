import { styleText } from 'node:util'
import { pino, stdTimeFunctions } from 'pino'
import type { Logger } from 'pino'
import { onOneLine } from '../shown/shown-value.js'
import type { Terminal } from '../terminal.js'
import type { LogFormat, LogLevel } from './settings.js'

/** What a peer that runs has to tell: JSON, a line each, or, where somebody reads along, text. */
export function openLog(
  { stderr }: Pick<Terminal, 'stderr'>,
  { level, format }: { readonly level: LogLevel; readonly format: LogFormat | undefined },
): Logger {
  const isText = format === undefined ? stderr.isTTY === true : format === 'text'
  const write = isText
    ? (line: string): void => void stderr.write(readable(line, stderr))
    : (line: string): void => void stderr.write(line)
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  )
}

interface Line {
  readonly level: LogLevel
  readonly time: string
  readonly msg: string
  readonly [field: string]: unknown
}

/** What the sentence does not say already; all the rest is for machines. */
const shown = new Set(['address', 'keys', 'more', 'release', 'by', 'message', 'err'])

/** Of releases: who wants all of it reads JSON. */
const shortName = (text: string): string =>
  text.replace(/^([0-9a-f]{8})[0-9a-f]{24}(?=·\d+$)/, '$1')

const styles = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' } as const

/** `09:16:31 info  linked with bob  address=/ip4/…`: what others said steers no terminal. */
function readable(json: string, stderr: Terminal['stderr']): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as Line
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    styleText(style, text, { stream: stderr })
  const clock = new Date(time).toTimeString().slice(0, 8)
  const more = Object.entries(fields)
    .filter(([name]) => shown.has(name))
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'string' ? shortName(value) : JSON.stringify(value)}`,
    )
  const tail = more.length === 0 ? '' : `  ${paint('dim', onOneLine(more.join(' ')))}`
  return `${paint('dim', clock)} ${paint(styles[level], level.padEnd(5))} ${onOneLine(msg)}${tail}\n`
}
