import type { Peer } from '@grapevine/peer'
import { testPeer } from '@grapevine/peer/testing'
import type { TestPeerOptions } from '@grapevine/peer/testing'
import { afterEach } from 'vitest'
import { createApi } from '../src/app.js'
import type { Api, ApiOptions } from '../src/app.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each.close()))
})

export interface TestApi {
  readonly peer: Peer
  readonly api: Api
  /** What a request answers: its status, and its body as JSON where it is some. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Asked>
}

interface Asked {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}

/** A peer in memory and its API; closed when the test is over. */
export async function apiOf(
  values: TestPeerOptions['values'] = {},
  options: ApiOptions = {},
): Promise<TestApi> {
  return apiOn(closedAtEnd(await testPeer({ values, onNotice() {} })), options)
}

export function apiOn(peer: Peer, options: ApiOptions = {}): TestApi {
  const api = createApi(peer, options)
  return {
    peer,
    api,
    async ask(path, init) {
      const response = await api.fetch(new Request(`http://peer${path}`, init))
      const { status, headers } = response
      const text = await response.text()
      const isJson = headers.get('content-type')?.includes('json') === true && text !== ''
      return { status, headers, text, json: isJson ? JSON.parse(text) : undefined }
    },
  }
}

export function closedAtEnd<T extends { close(): Promise<void> }>(each: T): T {
  open.push(each)
  return each
}

/** A request with a body of JSON. */
export const sending = (method: string, body: unknown, headers: object = {}): RequestInit => ({
  method,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
})
