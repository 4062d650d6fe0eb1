import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { MeshError } from '@grapevine/core'

/** Files of a page, by path: `/`, `/assets/x.js`. */
export interface Page {
  readonly files: ReadonlyMap<string, PageFile>
}

export interface PageFile {
  readonly body: Uint8Array
  /** `text/html; charset=utf-8` */
  readonly type: string
  /** Its name changes with its content. */
  readonly isImmutable: boolean
}

/** What of a page a request asks for, and how it is answered. */
interface AskedFile {
  readonly place: 'start' | 'file'
  answer(this: void, request: IncomingMessage, response: ServerResponse): void
}

export interface OpenPage {
  /** undefined: it asks for something else. */
  fileFor(this: void, request: IncomingMessage): AskedFile | undefined
}

/** It runs its own code and nothing else, speaks to its own peer and nobody else, and is in no frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

/** Files are found by their exact names, as a table has them: no path leads out of it. */
export function openPage({ files }: Page = { files: new Map() }): OpenPage {
  const answers = new Map<string, AskedFile>()
  for (const [path, file] of files) {
    checkPath(path)
    const place = path === '/' ? 'start' : 'file'
    answers.set(path, { place, answer: answerWith(file) })
  }
  return {
    fileFor({ method, url = '' }) {
      if (method !== 'GET' && method !== 'HEAD') return undefined
      const [path = ''] = url.split('?')
      return answers.get(path)
    },
  }
}

function answerWith({ body, type, isImmutable }: PageFile): AskedFile['answer'] {
  const digest = createHash('sha256').update(body).digest('base64url')
  const etag = `"${digest.slice(0, 27)}"`
  const headers = {
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
  }
  return (request, response) => {
    if (hasAlready(request, etag)) return void response.writeHead(304, headers).end()
    response.writeHead(200, { ...headers, 'content-type': type, 'content-length': body.length })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}

function hasAlready({ headers }: IncomingMessage, etag: string): boolean {
  const tags = (headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim())
  return tags.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag)
}

/** What is behind the token stays behind it, whatever a page calls its files. */
function checkPath(path: string): void {
  if (path.startsWith('/') && !path.startsWith('/v1/') && !path.includes('?')) return
  throw new MeshError(
    'OPTION_INVALID',
    `a page cannot have a file at ${JSON.stringify(path)}: write a path such as /assets/page.js, outside /v1`,
    { option: 'page' },
  )
}
