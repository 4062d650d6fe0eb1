import { inspect } from 'node:util'
import type { PeerId, Value } from '@grapevine/core'
import type { ReleaseInfo } from '../peer.js'
import { grantsInWords } from './grants.js'
import type { Right, RightLink, Struck, Why } from './why.js'

type NameOf = (peer: PeerId) => string

/** The answer for people: what, since when, by whom, and by whose leave. */
export function textOf(why: Omit<Why, 'text'>, nameOf: NameOf, isClosed: boolean): string {
  const { value, release, right, struck } = why
  const lines = [
    release === undefined
      ? nothing(why)
      : `${value === undefined ? 'no value' : shownValue(value)}   ${value === undefined ? 'removed' : 'since'} ${timeOf(release.at)}, ${releaseInWords(release, nameOf)}`,
    ...rightInWords(right, release, isClosed),
    ...struck.map((one) => struckInWords(one, nameOf)),
  ]
  return lines.map((line, at) => (at === 0 ? line : `  ${line}`)).join('\n')
}

const nothing = ({ key, struck }: Omit<Why, 'text'>): string =>
  struck.length === 0
    ? `no value   nothing is known here that ever wrote ${key}`
    : `no value   what wrote ${key} counts no more`

const nameOfAuthor = ({ author, authorName }: ReleaseInfo, nameOf: NameOf): string =>
  authorName ?? nameOf(author)

/** So many digits tell replica ids apart wherever people read them. */
const shortDigits = 8

function releaseInWords(release: ReleaseInfo, nameOf: NameOf): string {
  const { replica, seq, author, relay, message } = release
  const name = `${replica.slice(0, shortDigits)}·${seq}`
  const through = relay === author ? '' : ` through ${nameOf(relay)}`
  const said = message === undefined ? '' : `: ${message}`
  return `release ${name} by ${nameOfAuthor(release, nameOf)}${through}${said}`
}

function rightInWords(
  right: Right | undefined,
  release: ReleaseInfo | undefined,
  isClosed: boolean,
): readonly string[] {
  if (release === undefined) return []
  if (right === undefined) {
    return isClosed
      ? ['by a badge that is not known here']
      : ['everybody may write every key: the mesh is open']
  }
  const links = right.links.flatMap((link, at) =>
    link.isInvite ? [] : linkInWords(link, right.links[at + 1], at === 0),
  )
  return right.fault === undefined ? links : [...links, `would not hold now: ${right.fault}`]
}

/** An invite is nobody: who made it gave what was taken with it. */
function linkInWords(link: RightLink, above: RightLink | undefined, isFirst: boolean): string {
  const { name, grants, from, until } = link
  const by = above?.isInvite === true ? `${above.by} by the invite ${above.name}` : link.by
  const may = isFirst ? 'may' : 'may give that, with'
  return `${name} ${may} ${grantsInWords(grants)}: granted by ${by} ${dayOf(from)}, until ${dayOf(until)}`
}

const struckInWords = ({ release, value, reason }: Struck, nameOf: NameOf): string =>
  `${value === undefined ? 'a remove' : shownValue(value)} of ${timeOf(release.at)} does not count, ${releaseInWords(release, nameOf)}: ${reason}`

const timeOf = (ms: number): string => `${dayOf(ms)} ${new Date(ms).toISOString().slice(11, 19)}`
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

const shownValue = (value: Value): string =>
  inspect(value, { depth: 2, maxStringLength: 80, maxArrayLength: 10, breakLength: Infinity })
