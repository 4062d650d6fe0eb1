/**
 * The local API of a running peer.
 *
 * ```ts
 * const api = createApi(peer)
 * await api.fetch(new Request('http://peer/v1/keys/payments/limits'))
 * ```
 */
export { createApi } from './app.js'
export { eventStream } from './event-stream.js'
export { problemResponse } from './problem.js'
export { serveApi } from './serve.js'
export { serveFetch } from './serve-fetch.js'

export type { Api, ApiOptions } from './app.js'
export type { Asked, Route } from './route.js'
export type { EventSource, ServerEvent, StreamOptions } from './event-stream.js'
export type { ServeOptions } from './serve.js'
export type { Served, ServeFetchOptions } from './serve-fetch.js'
export type { ServeLimits } from './serving/limits.js'
export type { Page, PageFile } from './serving/page.js'
