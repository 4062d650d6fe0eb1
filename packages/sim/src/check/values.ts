/** Two values of configuration are the same: JSON or bytes, whatever the order of their fields. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = Object.entries(a)
  const right = new Map(Object.entries(b) as [string, unknown][])
  return (
    left.length === right.size &&
    left.every(([name, value]) => right.has(name) && sameValue(value, right.get(name)))
  )
}

const charactersMax = 40

/** For people: whole where it is short. */
export function printValue(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax)}…`
}
