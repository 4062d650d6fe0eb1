import { toJson } from '@grapevine/api/page'
import type { Value } from '@grapevine/core'

/** Members as peers hold and show them: the shorter name first, then by its bytes. */
export function inOrder(value: Value): Value {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return (value as readonly Value[]).map(inOrder)
  const members = Object.entries(value).map(([name, member]) => ({
    name,
    bytes: encoder.encode(name),
    member: inOrder(member),
  }))
  members.sort((a, b) => compareBytes(a.bytes, b.bytes))
  return Object.fromEntries(members.map(({ name, member }) => [name, member]))
}

/** Whether peers would hold the very same. */
export const isSame = (a: Value, b: Value): boolean => toJson(inOrder(a)) === toJson(inOrder(b))

const encoder = new TextEncoder()

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length
  const at = a.findIndex((byte, index) => byte !== b[index])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
