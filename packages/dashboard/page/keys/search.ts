import type { KeyRow } from '../desk.js'
import { plainText } from './value-text.js'
import { visible } from './visible.js'

/** What somebody looks for: every word must be somewhere in the key or in its value. */
export interface Search {
  readonly words: readonly RegExp[]
  /** Any of them, as what is between the marks. */
  readonly marks: RegExp
}

/** undefined: nothing was typed, so nothing is looked for. */
export function searchFor(typed: string): Search | undefined {
  const words = typed.trim().split(/\s+/).filter(Boolean).map(asWritten)
  if (words.length === 0) return undefined
  return {
    words: words.map((word) => new RegExp(word, 'iu')),
    marks: new RegExp(`(${words.join('|')})`, 'giu'),
  }
}

export const isFound = ({ words }: Search, row: KeyRow): boolean =>
  words.every((word) => word.test(row.key) || word.test(textIn(row)))

export interface Piece {
  readonly text: string
  readonly isMarked: boolean
}

export function marked(text: string, search: Search | undefined): readonly Piece[] {
  if (search === undefined) return [{ text, isMarked: false }]
  return text
    .split(search.marks)
    .map((piece, at) => ({ text: piece, isMarked: at % 2 === 1 }))
    .filter((piece) => piece.text !== '')
}

/** The end of a text, marked as the whole of it is: what was found may begin before. */
export function markedEnd(
  text: string,
  letters: number,
  search: Search | undefined,
): readonly Piece[] {
  let left = text.length - letters
  return marked(text, search).flatMap((piece) => {
    const rest = piece.text.slice(Math.max(0, left))
    left -= piece.text.length
    return rest === '' ? [] : [{ ...piece, text: rest }]
  })
}

/** A value in one line; where something was found further behind, from there. */
export function excerptOf(row: KeyRow, search: Search | undefined): string {
  const text = textIn(row)
  const at = search === undefined ? 0 : Math.max(0, text.search(search.marks))
  const start = at > leadLetters * 2 ? at - leadLetters : 0
  const part = text.slice(start, start + excerptLetters).replace(/\s+/g, ' ')
  return visible(start > 0 ? `…${part}` : part)
}

const leadLetters = 12
const excerptLetters = 120
/** A value that is longer is looked through no further. */
const searchedLetters = 50_000

/** By row: another value is another row. */
const texts = new WeakMap<KeyRow, string>()

function textIn(row: KeyRow): string {
  const known = texts.get(row)
  if (known !== undefined) return known
  const text = plainText(row.value ?? null).slice(0, searchedLetters)
  texts.set(row, text)
  return text
}

const asWritten = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
