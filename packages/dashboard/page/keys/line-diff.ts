import type { Value } from '@grapevine/core'
import { isSame } from './canonical.js'
import { hexLines } from './hex.js'
import { sealedIn } from './sealed.js'
import { sizeOf } from './value-names.js'
import { prettyJson } from './value-text.js'

export interface DiffLine {
  /** `gap`: lines that both have, and that say nothing; its text is how many. */
  readonly is: 'same' | 'added' | 'removed' | 'gap'
  readonly text: string
}

/** What came and what went by lines: texts as they are; else JSON, so that 1 is not "1". */
export function valueDiff(
  before: Value | undefined,
  after: Value | undefined,
): readonly DiffLine[] {
  const areTexts = [before, after].every(
    (value) => value === undefined || typeof value === 'string',
  )
  const lines = folded(lineDiff(linesOf(before, areTexts), linesOf(after, areTexts)))
  const isHidden =
    before !== undefined &&
    after !== undefined &&
    lines.every(({ is }) => is === 'same' || is === 'gap') &&
    !isSame(before, after)
  return isHidden ? [...lines, removed(notShown), added(notShown)] : lines
}

/** Inside of secrets, and far into long bytes. */
const notShown = '(what is not shown)'

function linesOf(value: Value | undefined, isText: boolean): readonly string[] {
  if (value === undefined) return []
  if (isText && typeof value === 'string') return value.split('\n')
  if (value instanceof Uint8Array) return [sizeOf(value), ...hexLines(value, hexBytesMax)]
  const sealed = sealedIn(value)
  if (sealed === undefined) return prettyJson(value).split('\n')
  const names = sealed.recipients.map((name) => `for ${name ?? 'somebody without a name'}`)
  return [`sealed ${sealed.holds}, ${sizeOf({ length: sealed.bytes })}`, ...names]
}

const hexBytesMax = 1024
/** Beyond it, comparing costs more than it tells: all of it went, and all of it came. */
const comparedCellsMax = 1_000_000

export function lineDiff(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before[head] === after[head]) head += 1
  let tail = 0
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1
  const [went, came] = [before, after].map((lines) => lines.slice(head, lines.length - tail))
  return [
    ...before.slice(0, head).map(same),
    ...compared(went ?? [], came ?? []),
    ...before.slice(before.length - tail).map(same),
  ]
}

/** The longest common lines stay, and the others go or come. */
function compared(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  if (before.length * after.length > comparedCellsMax) {
    return [...before.map(removed), ...after.map(added)]
  }
  const commonAt = commonLengths(before, after)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    const [old, young] = [before[i], after[j]]
    if (old !== undefined && old === young) {
      lines.push(same(old))
      i += 1
      j += 1
    } else if (
      old !== undefined &&
      (young === undefined || commonAt(i + 1, j) >= commonAt(i, j + 1))
    ) {
      lines.push(removed(old))
      i += 1
    } else {
      lines.push(added(young ?? ''))
      j += 1
    }
  }
  return lines
}

/** How many lines are common to what follows in both. */
function commonLengths(
  before: readonly string[],
  after: readonly string[],
): (i: number, j: number) => number {
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  return at
}

const contextLines = 3
/** Saying that a line is left out takes a line, too. */
const foldedMin = 3

/** What is far from any change is one line that says how much it is. */
export function folded(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = new Set<number>()
  lines.forEach(({ is }, at) => {
    if (is === 'same') return
    for (let by = -contextLines; by <= contextLines; by += 1) near.add(at + by)
  })
  const shown: DiffLine[] = []
  let far: DiffLine[] = []
  const fold = (): void => {
    if (far.length < foldedMin) shown.push(...far)
    else shown.push({ is: 'gap', text: String(far.length) })
    far = []
  }
  lines.forEach((line, at) => {
    if (!near.has(at)) return void far.push(line)
    fold()
    shown.push(line)
  })
  fold()
  return shown
}

const same = (text: string): DiffLine => ({ is: 'same', text })
const added = (text: string): DiffLine => ({ is: 'added', text })
const removed = (text: string): DiffLine => ({ is: 'removed', text })
