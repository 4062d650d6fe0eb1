import { hash } from 'node:crypto'

/**
 * The first 16 bytes of SHA-256. So long, because they do two things: damage passes for a whole
 * record once in 2^128, and XOR over the checksums of many records still tells one set of them from
 * another. They guard against disks, not against people: whoever may write here may write both.
 */
export const checksumBytes = 16

const scratch = Buffer.allocUnsafe(64 * 1024)

/** Over name and value, so that a value that stands under another name is found out as well. */
export function checksumOf(name: string, value: Uint8Array): Uint8Array {
  // No character takes more than three bytes for each of its units.
  const room = 4 + 3 * name.length + value.length
  const whole = room <= scratch.length ? scratch : Buffer.allocUnsafe(room)
  const nameBytes = whole.write(name, 4)
  whole.writeUInt32LE(nameBytes)
  whole.set(value, 4 + nameBytes)
  const length = 4 + nameBytes + value.length
  return hash('sha256', whole.subarray(0, length), 'buffer').subarray(0, checksumBytes)
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

const nothing = new Uint8Array()

/** One line of JSON behind its checksum: for what a person may have to read when all else is broken. */
export function seal(content: unknown): string {
  const text = JSON.stringify(content)
  return `${Buffer.from(checksumOf(text, nothing)).toString('hex')} ${text}\n`
}

/** What was sealed; undefined: not one bit of it can be trusted. */
export function unseal(line: string): unknown {
  const text = line.slice(2 * checksumBytes + 1, -1)
  try {
    const content: unknown = JSON.parse(text)
    return seal(content) === line ? content : undefined
  } catch {
    return undefined
  }
}
