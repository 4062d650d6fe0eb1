import type { MeshError } from '@grapevine/core'
import { refused } from './problem.js'

/** The version of a key as an ETag. */
export const etagOf = (version: string): string => `"${version}"`

interface Tag {
  readonly version: string
  readonly isWeak: boolean
}

const tagForm = /\s*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)/y

/** `*`, or all tags of a list; undefined: the header is not there. */
function tagsIn(headers: Headers, name: string): '*' | readonly Tag[] | undefined {
  const text = headers.get(name)?.trim()
  if (text === undefined || text === '*') return text
  const tags: Tag[] = []
  tagForm.lastIndex = 0
  while (tagForm.lastIndex < text.length) {
    const found = tagForm.exec(text)
    if (found === null) throw unreadable(name, text)
    tags.push({ version: found[2] ?? '', isWeak: found[1] !== undefined })
  }
  if (tags.length === 0) throw unreadable(name, text)
  return tags
}

/** If-None-Match of somebody who reads: whether he has it already. */
export function hasAlready(headers: Headers, version: string): boolean {
  const tags = tagsIn(headers, 'if-none-match')
  return tags === '*' || (tags?.some((tag) => tag.version === version) ?? false)
}

/**
 * The version that a write demands; null: none may be there. Which of several it is, is decided by
 * what is there now: the replica holds what is written against that once more, at once.
 */
export function matchOf(headers: Headers, present: string | undefined): string | null | undefined {
  const [match, noneMatch] = [tagsIn(headers, 'if-match'), tagsIn(headers, 'if-none-match')]
  if (noneMatch !== undefined && (noneMatch !== '*' || match !== undefined)) {
    throw refused(
      400,
      'REQUEST_INVALID',
      'a write takes If-Match with versions, or If-None-Match: *, and not both',
    )
  }
  if (noneMatch === '*') return null
  if (match === undefined) return undefined
  if (match === '*') {
    if (present !== undefined) return present
    throw refused(412, 'IF_MATCH_FAILED', 'the key has no value: write without If-Match')
  }
  // A weak tag never matches: what it stands for may differ.
  const strong = match.filter(({ isWeak }) => !isWeak).map(({ version }) => version)
  const matching = strong.find((version) => version === present) ?? strong[0]
  if (matching !== undefined) return matching
  throw refused(412, 'IF_MATCH_FAILED', 'If-Match has weak tags only, and those never match')
}

const unreadable = (name: string, text: string): MeshError =>
  refused(
    400,
    'REQUEST_INVALID',
    `${name}: ${text.slice(0, 100)} cannot be used: write a version in double quotes, or *`,
  )
