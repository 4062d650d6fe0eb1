import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Refusal } from './guard.js'

/** A caller that is still sending gets so long to see the answer, and so much of it is thrown away. */
const lingerMs = 1_000
const lingerBytesMax = 16 * 1024 * 1024

/** Answers, and ends the connection: whoever was refused may have more of the same behind it. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, detail, headers }: Refusal,
): void {
  const title = STATUS_CODES[status] ?? 'Refused'
  const body = Buffer.from(JSON.stringify({ type: 'about:blank', title, status, detail, code }))
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/problem+json',
    'content-length': body.length,
    connection: 'close',
  })
  if (hasNoBody(request)) return void response.end(request.method === 'HEAD' ? undefined : body)
  // Closed with something unread, the system would take the answer back from whoever sends on.
  response.write(body)
  linger(request, () => response.end())
}

const hasNoBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0

function linger(request: IncomingMessage, end: () => void): void {
  let bytes = 0
  const timer = setTimeout(end, lingerMs)
  const done = (): void => {
    clearTimeout(timer)
    end()
  }
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > lingerBytesMax) done()
  })
  request.once('close', done)
  request.once('end', done)
}
