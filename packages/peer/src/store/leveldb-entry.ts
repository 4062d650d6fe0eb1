/** One version of one key, as LevelDB keeps it. */
export interface LevelEntry {
  readonly key: Buffer
  /** Of two versions the one with the greater number is newer. */
  readonly sequence: number
  /** undefined: it was deleted. */
  readonly value: Buffer | undefined
  /** Whether LevelDB's own checksum holds over the bytes around it. */
  readonly isSound: boolean
}

/** A number as LevelDB writes it, seven bits a byte, and where what follows it begins. */
export function readVarint(bytes: Buffer, at: number): readonly [number, number] {
  let value = 0
  for (let index = at, scale = 1; index < bytes.length && index < at + 10; index++) {
    const byte = bytes[index]!
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return [value, index + 1]
    scale *= 128
  }
  throw new RangeError('a number does not end')
}

/** A part of it; what lies outside of it is not silently left away. */
export function part(bytes: Buffer, from: number, length: number): Buffer {
  if (from + length > bytes.length) throw new RangeError('it is shorter than it says')
  return bytes.subarray(from, from + length)
}

/** What comes before the first thing that cannot be made out. */
export function* tolerant<T>(things: () => Iterable<T>): Generator<T> {
  try {
    yield* things()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
}
