import { MeshError } from '@grapevine/core'
import * as v from 'valibot'
import { peerDeeds } from '../wire.js'
import type { LabState, LineWish, PeerDeed } from '../wire.js'

const numbers = v.pipe(v.array(v.pipe(v.number(), v.integer())), v.nonEmpty())
const cut = v.strictObject({ groups: v.pipe(v.array(numbers), v.nonEmpty()) })
const amount = v.pipe(v.number(), v.finite(), v.minValue(0))
/** A minute: beyond that a line is rather down. */
const delayMsMax = 60_000
const lines = v.strictObject({
  from: numbers,
  to: numbers,
  delayMs: v.optional(v.pipe(amount, v.maxValue(delayMsMax))),
  lossShare: v.optional(v.pipe(amount, v.maxValue(1))),
  bytesPerSecond: v.optional(amount),
  state: v.optional(v.picklist(['clear', 'down', 'silent'])),
})

export async function bodyOf(request: Request): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    throw invalid('the body is no JSON')
  }
}

export function readCut(body: unknown, peers: number): LabState['groups'] {
  const { groups } = read(cut, body, '{"groups": [[1, 2], [3, 4]]}')
  checkNumbers(groups.flat(), peers)
  return groups
}

export function readLines(body: unknown, peers: number): LineWish {
  const wish = read(lines, body, '{"from": [1], "to": [2, 3], "delayMs": 200, "lossShare": 0.05}')
  for (const side of [wish.from, wish.to]) checkNumbers(side, peers)
  // However often somebody names a peer, its lines are changed once.
  return { ...wish, from: [...new Set(wish.from)], to: [...new Set(wish.to)] }
}

export function readPeerDeed(word: string): PeerDeed {
  const deed = peerDeeds.find((one) => one === word)
  if (deed !== undefined) return deed
  throw new MeshError('NOT_FOUND', `a peer cannot ${word}: it can ${peerDeeds.join(', ')}`)
}

export function readNumber(word: string, peers: number): number {
  const number = /^\d{1,4}$/.test(word) ? Number(word) : 0
  if (number >= 1 && number <= peers) return number
  throw new MeshError('NOT_FOUND', `there is no peer ${word}: they have the numbers 1 to ${peers}`)
}

function checkNumbers(given: readonly number[], peers: number): void {
  const odd = given.find((number) => number < 1 || number > peers)
  if (odd === undefined) return
  throw invalid(`there is no peer ${odd}: they have the numbers 1 to ${peers}`)
}

function read<S extends v.GenericSchema>(schema: S, body: unknown, example: string) {
  const { success, output, issues } = v.safeParse(schema, body)
  if (success) return output
  const [{ message }] = issues
  const where = v.getDotPath(issues[0])
  throw invalid(`${where === null ? 'the body' : where}: ${message}; write ${example}`)
}

const invalid = (message: string): MeshError => new MeshError('REQUEST_INVALID', message)
