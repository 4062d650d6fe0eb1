import type { Notice, Peer } from '@grapevine/peer'
import type { GenericSchema } from 'valibot'
import type { Journal } from './journal.js'
import { toJson } from './json.js'
import type { Live } from './live/live.js'
import type { Metrics } from './metrics.js'

/** What all routes work with. */
export interface Inside {
  readonly peer: Peer
  readonly journal: Journal
  readonly notices: () => readonly (Notice & { readonly at: number })[]
  /** Aborts when the API closes. */
  readonly closing: AbortSignal
  readonly heartbeatMs: number
  readonly metrics: Metrics
  readonly live: Live
}

/** One request, checked against what its route declares. */
export interface Asked extends Inside {
  readonly request: Request
  /** Aborts when whoever asked is gone. */
  readonly signal: AbortSignal
  /** What stands in the place of `{key}`, `{name}`, `{who}`; empty where the path has no place. */
  readonly named: string
  readonly query: ReadonlyMap<string, string>
  /** As JSON says, or the bytes themselves; undefined: there was none. */
  readonly body: unknown
}

/** From these hono's handlers, the checks, and the OpenAPI document are made: they cannot differ. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** With one place at most. `{key}` is all the rest of a path: a key has slashes. */
  readonly path: string
  /** The `operationId`. */
  readonly name: string
  readonly summary: string
  readonly query?: Readonly<Record<string, Parameter>>
  /** Of the request, and worth telling. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Body
  /** By their status; problems are the same everywhere. */
  readonly answers: Readonly<Record<number, Answer>>
  readonly handle: (asked: Asked) => Promise<Response> | Response
}

export interface Parameter {
  readonly is: 'text' | 'flag' | 'span' | 'index'
  readonly says: string
}

export interface Body {
  readonly says: string
  readonly schema: GenericSchema
  readonly bytesMax: number
  /** It may be left out. */
  readonly isOptional?: boolean
  /** Bytes are taken as they are. */
  readonly takesBytes?: boolean
}

export interface Answer {
  readonly description: string
  /** Of the JSON, or of the data of each event. */
  readonly schema?: GenericSchema
  /** The default is JSON, where there is a schema. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

export const answer = (
  value: unknown,
  {
    status = 200,
    headers = {},
  }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response =>
  new Response(toJson(value), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })

export const done = (): Response => new Response(null, { status: 204 })
