import { MeshError } from '@grapevine/core'
import type { Value } from '@grapevine/core'

/** What stands for bytes: `{ "$bytes": "<base64>" }`. */
const bytesMember = '$bytes'

/** Values, and all answers, as JSON: bytes marked, Maps as objects; functions, and what is undefined, left out. */
export const toJson = (answer: unknown): string => JSON.stringify(answer, marked)

function marked(this: unknown, name: string, shown: unknown): unknown {
  // A Buffer has made something else of itself by now.
  const value = (this as Readonly<Record<string, unknown>>)[name] ?? shown
  if (value instanceof Uint8Array) return { [bytesMember]: base64Of(value) }
  // `fromEntries` defines each name, whatever it is.
  return value instanceof Map ? Object.fromEntries(value as ReadonlyMap<string, unknown>) : value
}

/** A value as somebody sends it: an object that is marked as bytes, and is no base64, is refused. */
export function valueFrom(json: unknown, onUnmarked = refuseUnmarked): Value {
  if (typeof json !== 'object' || json === null) return json as Value
  if (Array.isArray(json)) return json.map((item) => valueFrom(item, onUnmarked))
  const members = Object.entries(json)
  const [only] = members
  if (members.length === 1 && only?.[0] === bytesMember) {
    const bytes = bytesOf(only[1])
    if (bytes !== undefined) return bytes
    onUnmarked()
  }
  return Object.fromEntries(members.map(([name, member]) => [name, valueFrom(member, onUnmarked)]))
}

/** A value as a peer shows it: what a library wrote there is not ours to judge. */
export const shownFrom = (json: unknown): Value => valueFrom(json, () => {})

/** Bytes where nothing else can be meant; undefined: these are none. */
export function bytesFrom(json: unknown): Uint8Array | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  const [only, ...more] = Object.entries(json)
  return only?.[0] === bytesMember && more.length === 0 ? bytesOf(only[1]) : undefined
}

function refuseUnmarked(): void {
  throw new MeshError(
    'VALUE_INVALID',
    `the value cannot be used: an object with the one member "${bytesMember}" stands for bytes, and this is no base64`,
  )
}

function bytesOf(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || !base64Form.test(text)) return undefined
  const bytes = Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0))
  return base64Of(bytes) === text ? bytes : undefined
}

/** Two units or three may stand at the end; which bits may be set in the last is told by the way back. */
const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** So many arguments a call takes on every machine. */
const chunkBytes = 8 * 1024

/** As pages can, too. */
function base64Of(bytes: Uint8Array): string {
  const chunks: string[] = []
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    chunks.push(String.fromCharCode(...bytes.subarray(at, at + chunkBytes)))
  }
  return btoa(chunks.join(''))
}
