import type { Records } from '@grapevine/core'
import type { Transaction } from '../../src/store/store.js'

/** A transaction makes one record, moves the head, and deletes what is so many transactions old. */
const kept = 40
/** Every so often the writer makes a backup, between two transactions of its own. */
export const backupSteps = 100

const valueOf = (number: number): Uint8Array =>
  new Uint8Array((number * 7_919) % 3_000).fill(number % 251)

export const stepOf = (number: number): Transaction =>
  new Map<string, Uint8Array | null>([
    [`step/${number}`, valueOf(number)],
    [`step/${number - kept}`, null],
    ['head', Buffer.from(`${number}`)],
  ])

export function headOf(records: Records): number {
  const head = records.get('head')
  return head === undefined ? 0 : Number(Buffer.from(head).toString())
}

/** What is wrong with the records, if they are not exactly those after the step that they name. */
export function storyFault(records: Records): string | undefined {
  const head = headOf(records)
  const from = Math.max(1, head - kept + 1)
  const expected = head === 0 ? 0 : head - from + 2
  if (records.size !== expected)
    return `${records.size} records after step ${head}, not ${expected}`
  for (let number = from; number <= head; number++) {
    const value = records.get(`step/${number}`)
    if (value === undefined) return `step ${number} of ${head} is lost`
    if (Buffer.compare(value, valueOf(number)) !== 0) return `step ${number} is torn`
  }
  return undefined
}
