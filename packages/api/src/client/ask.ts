import { MeshError } from '@grapevine/core'
import { toJson } from '../json.js'
import { faultIn, revived } from './answers.js'

/** How a request gets to the peer: over a socket, or within this process. */
export type Fetch = (request: Request) => Promise<Response>

export interface Question {
  readonly method?: 'GET' | 'PUT' | 'POST' | undefined
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** As JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** Whoever is asked; nobody looks the name up. */
const origin = 'http://grapevine'

/** Asks a peer; the answer is what its route says. */
export type Ask = <T>(question: Question) => Promise<T>

/** One answer, or the error that the library would have thrown. */
export async function askFor(fetch: Fetch, question: Question): Promise<Response> {
  const { method = 'GET', path, query = {}, headers = {}, body, signal } = question
  signal?.throwIfAborted()
  const url = new URL(path, origin)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  const json = method === 'GET' ? {} : { 'content-type': 'application/json' }
  const response = await fetch(
    new Request(url, {
      method,
      headers: { ...headers, ...json },
      ...(body !== undefined && { body: toJson(body) }),
      ...(signal !== undefined && { signal }),
    }),
  )
  // Within this process nobody else looks whether it is still wanted.
  signal?.throwIfAborted()
  if (response.ok) return response
  throw await faultIn(response)
}

export async function answerTo<T>(fetch: Fetch, question: Question): Promise<T> {
  const response = await askFor(fetch, question)
  if (response.status === 204) return undefined as T
  const text = await response.text()
  try {
    return revived(JSON.parse(text)) as T
  } catch {
    throw new MeshError('API_FAILED', `the answer to ${question.path} is no JSON`)
  }
}

/** undefined where there is nothing. */
export const unlessMissing = async <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof MeshError && error.code === 'NOT_FOUND') return undefined
    throw error
  })

/** Slashes, too: what stands in a path stays in one piece. Two texts cannot, and would ask for something else. */
export function inPath(text: string): string {
  if (text !== '.' && text !== '..') return encodeURIComponent(text)
  throw new MeshError('REQUEST_INVALID', `nothing is called ${text}: write a name`)
}
