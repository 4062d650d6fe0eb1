import { MeshError } from '@grapevine/core'
import { numberOf } from '../names.js'

/** `3`, `1-4`, `checkout` or several of them with commas: the numbers of peers. */
export function numbersOf(word: string, peers: number): readonly number[] {
  const numbers = word.split(',').flatMap((part) => numbersIn(part, word))
  const odd = numbers.find((number) => number < 1 || number > peers)
  if (odd === undefined) return [...new Set(numbers)]
  throw invalid(
    `${word} names peer ${odd}, and the lab has ${peers}: write 1 to ${peers}, or a name`,
  )
}

/** Each word is a group. */
export const groupsOf = (words: readonly string[], peers: number): readonly (readonly number[])[] =>
  words.map((word) => numbersOf(word, peers))

/** More than any lab has: a range is not written out before it is looked at. */
const rangeMax = 10_000

function numbersIn(part: string, word: string): readonly number[] {
  const one = numberOf(part)
  if (one !== undefined) return [one]
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(part) ?? []
  const length = Number(last) - Number(first) + 1
  if (length >= 1 && length <= rangeMax) {
    return Array.from({ length }, (_, index) => Number(first) + index)
  }
  throw invalid(
    `${JSON.stringify(word)} names no peers: write a number (3), a range (1-4), a name (checkout), or several with commas`,
  )
}

const invalid = (message: string): MeshError => new MeshError('REQUEST_INVALID', message)
