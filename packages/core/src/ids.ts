declare const brand: unique symbol
type Brand<Name extends string> = string & { readonly [brand]: Name }

/** Who numbers writes: 16 bytes of SHA-256(mesh, peer, incarnation), as hex. */
export type ReplicaId = Brand<'ReplicaId'>
/** A peer's Ed25519 public key, as hex. */
export type PeerId = Brand<'PeerId'>
/** SHA-256 of a release's canonical bytes, as hex. */
export type ReleaseId = Brand<'ReleaseId'>
/** SHA-256 of a badge's signed bytes, as hex. */
export type BadgeId = Brand<'BadgeId'>
/** In the place of an id that nobody can know: see `setTip`. */
export const unknownId = '0'.repeat(64) as ReleaseId

/** A checked key: see `checkKey`. */
export type Key = Brand<'Key'>

/** (replica id, seq): the name of one release, and with a key of one change. */
export interface Dot {
  readonly replica: ReplicaId
  readonly seq: number
}

export const formatDot = (dot: Dot): string => `${dot.replica}·${dot.seq}`

const hexDigits = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

/**
 * Hex keeps the order of the bytes, so ids sort alike as strings and on the wire. Made at one stroke:
 * a text that is put together digit by digit keeps all its pieces for as long as it lives.
 */
export function toHex<Id extends string = string>(bytes: Uint8Array): Id {
  const codes: number[] = []
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!
    codes.push(hexDigits[byte >> 4]!, hexDigits[byte & 15]!)
  }
  return String.fromCharCode(...codes) as Id
}

export function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16)
  }
  return bytes
}

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The one way to walk a Map whose order must not matter to anybody else: by key, ascending. */
export function sortedEntries<K extends string, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort((a, b) => compareText(a[0], b[0]))
}

export function sortedValues<T extends string>(set: ReadonlySet<T>): T[] {
  return [...set].sort(compareText)
}
