import { createHash, createPublicKey, randomBytes } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MeshError } from '@grapevine/core'
import type { Records } from '@grapevine/core'
import { equalBytes, seal, unseal } from './checksum.js'
import { syncFolder } from './data-dir.js'

/**
 * A backup is one file:
 *
 *     one sealed line     what it is, when and of whom it was made, and the peer's key
 *     the records         lengths of name and value, 4 bytes each, little-endian; name; value
 *     32 bytes            SHA-256 of all before
 *
 * Whoever can read it can speak as this peer: it is to be kept like the key that is in it.
 */
export interface Backup {
  readonly at: string
  /** How many transactions led to these records. */
  readonly transaction: number
  /** The peer's private key in PEM; null where the store had none beside it. */
  readonly identity: string | null
  readonly records: Records
}

const backupFormat = 1
const hashBytes = 32
const chunkBytes = 1024 * 1024

/** Afterwards the file is there whole, or as it was before. */
export async function writeBackup(
  file: string,
  backup: Backup,
  beforeRename: () => void = () => undefined,
): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.part`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await writeTo(handle, backup)
      await handle.sync()
    } finally {
      await handle.close()
    }
    beforeRename()
    await rename(draft, file)
    await syncFolder(dirname(file))
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function writeTo(handle: FileHandle, { records, ...head }: Backup): Promise<void> {
  const whole = createHash('sha256')
  let chunk: Uint8Array[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    const block = Buffer.concat(chunk)
    whole.update(block)
    await handle.writeFile(block)
    chunk = []
    bytes = 0
  }
  const peer = peerOf(head.identity)
  const header = { backup: 'grapevine', format: backupFormat, peer, ...head, records: records.size }
  chunk.push(Buffer.from(seal(header)))
  for (const [name, value] of records) {
    const nameBytes = Buffer.from(name)
    const lengths = Buffer.alloc(8)
    lengths.writeUInt32LE(nameBytes.length)
    lengths.writeUInt32LE(value.length, 4)
    chunk.push(lengths, nameBytes, value)
    bytes += 8 + nameBytes.length + value.length
    if (bytes >= chunkBytes) await flush()
  }
  await flush()
  await handle.writeFile(whole.digest())
}

/** For people who look into the first line: whose backup this is. */
function peerOf(identity: string | null): string | null {
  if (identity === null) return null
  const key = createPublicKey(identity).export({ format: 'der', type: 'spki' })
  return key.subarray(-32).toString('hex')
}

/** Reads a backup whole, and believes nothing of it before all of it was checked. */
export async function readBackup(file: string): Promise<Backup> {
  // A device may have no end, and a pipe nobody who writes to it.
  if (!(await stat(file)).isFile()) throw unusable(file, 'it is no file')
  const whole = await readFile(file)
  const lineEnd = whole.indexOf('\n') + 1
  const head = unseal(whole.toString('utf8', 0, lineEnd))
  if (typeof head !== 'object' || head === null || !('backup' in head)) {
    throw unusable(file, 'it is no backup of a Grapevine peer, or its first line is damaged')
  }
  const { format, at, transaction, identity, records } = head as Record<string, unknown>
  if (format !== backupFormat) {
    throw unusable(file, `a newer version made it, in format ${String(format)}: update`)
  }
  const body = whole.subarray(lineEnd, -hashBytes)
  const hash: Hash = createHash('sha256').update(whole.subarray(0, -hashBytes))
  if (!equalBytes(hash.digest(), whole.subarray(-hashBytes))) {
    throw unusable(file, 'it is damaged: its checksum does not hold; use another one')
  }
  const read = recordsIn(body)
  if (read.size !== records) throw unusable(file, 'records are missing; use another one')
  return {
    at: String(at),
    transaction: Number(transaction),
    identity: typeof identity === 'string' ? identity : null,
    records: read,
  }
}

function recordsIn(body: Buffer): Records {
  const records = new Map<string, Uint8Array>()
  for (let at = 0; at < body.length;) {
    const nameEnd = at + 8 + body.readUInt32LE(at)
    const valueEnd = nameEnd + body.readUInt32LE(at + 4)
    records.set(body.toString('utf8', at + 8, nameEnd), body.subarray(nameEnd, valueEnd))
    at = valueEnd
  }
  return records
}

const unusable = (file: string, why: string): MeshError =>
  new MeshError('STORE_FORMAT', `the backup ${file} cannot be used: ${why}`, { file })
