/** Records of one transaction; null deletes. */
export type Records = ReadonlyMap<string, Uint8Array | null>

/** What a disk writes as one. */
export const sectorBytes = 512

const headBytes = 8
const gone = 0xffff_ffff

/** length, checksum, then for each record: length of name, length of bytes, name, bytes. */
export function encodeTransaction(records: Records): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [name, bytes] of records) {
    const named = Buffer.from(name)
    const lengths = Buffer.alloc(8)
    lengths.writeUInt32LE(named.length, 0)
    lengths.writeUInt32LE(bytes?.length ?? gone, 4)
    parts.push(lengths, named, bytes ?? new Uint8Array())
  }
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(headBytes)
  head.writeUInt32LE(body.length, 0)
  head.writeUInt32LE(checksumOf(body), 4)
  return Buffer.concat([head, body])
}

/** All transactions up to the first that is not whole. */
export function decodeJournal(journal: Uint8Array): readonly Records[] {
  const bytes = Buffer.from(journal.buffer, journal.byteOffset, journal.length)
  const transactions: Records[] = []
  let at = 0
  while (at + headBytes <= bytes.length) {
    const end = at + headBytes + bytes.readUInt32LE(at)
    const body = bytes.subarray(at + headBytes, end)
    const isWhole = body.length > 0 && end <= bytes.length
    if (!isWhole || checksumOf(body) !== bytes.readUInt32LE(at + 4)) break
    transactions.push(decodeBody(body))
    at = end
  }
  return transactions
}

function decodeBody(body: Buffer): Records {
  const records = new Map<string, Uint8Array | null>()
  for (let at = 0; at < body.length;) {
    const nameEnd = at + 8 + body.readUInt32LE(at)
    const size = body.readUInt32LE(at + 4)
    const end = nameEnd + (size === gone ? 0 : size)
    const name = body.toString('utf8', at + 8, nameEnd)
    records.set(name, size === gone ? null : new Uint8Array(body.subarray(nameEnd, end)))
    at = end
  }
  return records
}

/** Fowler, Noll and Vo's: enough against sectors that never got there. */
function checksumOf(bytes: Uint8Array): number {
  let sum = 0x811c_9dc5
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x0100_0193)
  return sum >>> 0
}
