import { constants, createReadStream, openSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { addAbortSignal } from 'node:stream'
import type { Readable } from 'node:stream'

/** A release holds 4 MiB; whatever is longer has no end, or is not what was meant. */
const inputBytesMax = 32 * 1024 * 1024

/** All of a file, a pipe or a device, unless that is more than anybody can mean, or takes too long for them. */
export async function readInput(from: string | Readable, signal: AbortSignal): Promise<Buffer> {
  const stream = typeof from === 'string' ? await openInput(from) : from
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of addAbortSignal(signal, stream)) {
    const piece = Buffer.from(chunk as Buffer)
    bytes += piece.length
    if (bytes > inputBytesMax)
      throw new Error('it is longer than 32 MiB, and a release holds 4 MiB')
    chunks.push(piece)
  }
  return Buffer.concat(chunks, bytes)
}

/** A pipe that nobody writes to yet is waited for as a socket is: a thread that waits can never be ended. */
async function openInput(file: string): Promise<Readable> {
  if (!(await stat(file)).isFIFO()) return createReadStream(file)
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  return new Socket({ fd, readable: true, writable: false })
}
