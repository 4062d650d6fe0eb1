import { createHash } from 'node:crypto'
import type { Value } from '@grapevine/core'
import type { Difference } from '@grapevine/peer'
import type { Call } from '../call.js'
import { marked } from '../formats/tree.js'
import { bytesInWords, harmless, isSealed } from './shown-value.js'

/** What changes, key by key and line by line, as in the answers of `diff -u`. */
export function showUnified(call: Call, differences: readonly Difference[]): void {
  for (const { key, before, after } of differences) {
    if (call.common.json) {
      call.json({ key, before, after })
      continue
    }
    call.print(call.paint('bold', key))
    for (const line of unified(linesOf(before), linesOf(after))) {
      const style = line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : 'dim'
      call.print(call.paint(style, line))
    }
  }
}

const lineLettersMax = 80

function linesOf(value: Value | undefined): readonly string[] {
  if (value === undefined) return []
  if (isSealed(value)) return [`(sealed, ${fingerprint(JSON.stringify(marked(value)))})`]
  if (value instanceof Uint8Array) return [`${bytesInWords(value)} ${fingerprint(value)}`]
  if (typeof value === 'string' && value.includes('\n')) return harmless(value).split('\n')
  const line = JSON.stringify(marked(value))
  return harmless(
    line.length <= lineLettersMax ? line : JSON.stringify(marked(value), null, 2),
  ).split('\n')
}

/** What cannot be shown can still be told apart. */
const fingerprint = (content: string | Uint8Array): string =>
  `sha256 ${createHash('sha256').update(content).digest('hex').slice(0, 8)}`

const contextLines = 3
/** Beyond it, comparing costs more than it tells. */
const comparedLinesMax = 2_000

function unified(before: readonly string[], after: readonly string[]): readonly string[] {
  const lines =
    before.length + after.length > comparedLinesMax
      ? [...before.map((line) => `- ${line}`), ...after.map((line) => `+ ${line}`)]
      : compared(before, after)
  const isNear = lines.map((_, at) =>
    lines
      .slice(Math.max(0, at - contextLines), at + contextLines + 1)
      .some((line) => !line.startsWith(' ')),
  )
  return lines.flatMap((line, at) =>
    isNear[at] === true ? [line] : at === 0 || isNear[at - 1] === true ? ['  …'] : [],
  )
}

/** The longest common lines stay, and the others go or come. */
function compared(before: readonly string[], after: readonly string[]): readonly string[] {
  const width = after.length + 1
  const common = new Uint16Array((before.length + 1) * width)
  const commonAt = (i: number, j: number): number => common[i * width + j] ?? 0
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i] === after[j]
          ? commonAt(i + 1, j + 1) + 1
          : Math.max(commonAt(i + 1, j), commonAt(i, j + 1))
    }
  }
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push(`  ${before[i]}`)
      i++
      j++
    } else if (
      j >= after.length ||
      (i < before.length && commonAt(i + 1, j) >= commonAt(i, j + 1))
    ) {
      lines.push(`- ${before[i++]}`)
    } else lines.push(`+ ${after[j++]}`)
  }
  return lines
}
