/**
 * The local API of a running peer, for a page that it serves: nothing in here needs Node.
 *
 * ```ts
 * const client = createClient({ fetch: (request) => fetch(request) })
 * for await (const heard of client.live()) show(heard)
 * ```
 */
export { createClient } from './client/create-client.js'
export { eventsFrom } from './client/follow.js'
export { readEvents } from './client/read-events.js'
export { toJson, valueFrom } from './json.js'
export { errorOf } from './problem.js'
export { JsonFault, readStrictJson } from './strict-json.js'
export { MeshError } from '@grapevine/core'

export type { Index, PeerClient, Watched, Written } from './client/client.js'
export type { ClientOptions } from './client/create-client.js'
export type { Figures, LiveArrival, LiveEvent, ReleaseRow } from './client/live.js'
export type { HeardEvent } from './client/read-events.js'
export type { Problem } from './problem.js'
