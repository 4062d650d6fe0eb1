import { MeshError } from '@grapevine/core'
import type { Value } from '@grapevine/peer'
import { bytesFrom, shownFrom } from '../json.js'
import { errorOf, problemType } from '../problem.js'
import type { Problem } from '../problem.js'

/** Where a value stands in an answer: what is in it is not ours. */
const valueMembers: ReadonlySet<string> = new Set(['value', 'previous', 'before', 'after'])

/** An answer as the library would have given it: with bytes, Maps, and values as they were written. */
export function revived(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(revived)
  if (typeof answer !== 'object' || answer === null) return answer
  return Object.fromEntries(
    Object.entries(answer).map(([name, member]) => [name, memberOf(name, member)]),
  )
}

function memberOf(name: string, member: unknown): unknown {
  if (valueMembers.has(name)) return shownFrom(member)
  if (name === 'secret') return bytesFrom(member) ?? member
  if (name === 'labels') return new Map(Object.entries(member as object))
  if (name === 'set') return mapped(member as object)
  // Its names are keys, which may be called like members.
  if (name === 'ifMatch') return member
  return revived(member)
}

const mapped = (members: object): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(members).map(([name, json]) => [name, shownFrom(json)]))

/** What the peer refused, as the library would have thrown it. */
export async function faultIn(response: Response): Promise<MeshError> {
  const text = await response.text()
  const [type] = (response.headers.get('content-type') ?? '').split(';')
  if (type === problemType) {
    try {
      return errorOf(JSON.parse(text) as Problem)
    } catch {
      // It only says that it is one.
    }
  }
  return new MeshError(
    'API_FAILED',
    `what answered is no peer: it says ${response.status} ${text.slice(0, 100)}`.trim(),
    { status: response.status },
  )
}
