import { maskedCrc32c } from './crc32c.js'
import { part, readVarint, tolerant } from './leveldb-entry.js'
import type { LevelEntry } from './leveldb-entry.js'

/**
 * LevelDB's log, and its manifest: records, cut to pieces that lie in blocks of 32 KiB.
 *
 *     piece    checksum, 4 bytes; length, 2; kind, 1: whole, first, middle, last
 *     batch    sequence of its first operation, 8 bytes; their count, 4; operations
 *
 * LevelDB drops the rest of a block once one piece in it is damaged. Here each piece is taken for what
 * it can still tell.
 */
const blockBytes = 32 * 1024
const headBytes = 7
const batchHeadBytes = 12
const kinds = { whole: 1, first: 2, middle: 3, last: 4 } as const

interface Piece {
  readonly kind: number
  readonly bytes: Buffer
  readonly isSound: boolean
}

interface LogRecord {
  readonly bytes: Buffer
  /** Whether LevelDB's own checksums hold over it. */
  readonly isSound: boolean
}

export function* recordsOfLog(log: Buffer): Generator<LogRecord> {
  let pieces: Piece[] = []
  for (const piece of piecesOf(log)) {
    if (piece.kind === kinds.whole || piece.kind === kinds.first) pieces = []
    pieces.push(piece)
    if (piece.kind === kinds.first || piece.kind === kinds.middle) continue
    yield {
      bytes: Buffer.concat(pieces.map(({ bytes }) => bytes)),
      isSound: pieces.every(({ isSound }) => isSound),
    }
    pieces = []
  }
}

function* piecesOf(log: Buffer): Generator<Piece> {
  for (let begin = 0; begin < log.length; begin += blockBytes) {
    const block = log.subarray(begin, begin + blockBytes)
    for (let at = 0; at + headBytes <= block.length;) {
      const length = block.readUInt16LE(at + 4)
      const kind = block[at + 6]!
      const bytes = block.subarray(at + headBytes, at + headBytes + length)
      // Zeros were set aside and never written; a piece that leaves its block is none.
      if (kind < kinds.whole || kind > kinds.last || bytes.length < length) break
      const checked = block.subarray(at + 6, at + headBytes + length)
      yield { kind, bytes, isSound: block.readUInt32LE(at) === maskedCrc32c(checked) }
      at += headBytes + length
    }
  }
}

export function* entriesOfLog(log: Buffer): Generator<LevelEntry> {
  for (const record of recordsOfLog(log)) yield* tolerant(() => entriesOfBatch(record))
}

function* entriesOfBatch({ bytes, isSound }: LogRecord): Generator<LevelEntry> {
  let sequence = Number(part(bytes, 0, batchHeadBytes).readBigUInt64LE())
  for (let at = batchHeadBytes; at < bytes.length; sequence += 1) {
    const isPut = bytes[at] === 1
    const [keyLength, keyBegin] = readVarint(bytes, at + 1)
    const key = part(bytes, keyBegin, keyLength)
    at = keyBegin + keyLength
    let value: Buffer | undefined
    if (isPut) {
      const [length, begin] = readVarint(bytes, at)
      value = part(bytes, begin, length)
      at = begin + length
    }
    yield { key, sequence, value, isSound }
  }
}
