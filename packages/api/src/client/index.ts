/**
 * The local API of a running peer, for another process.
 *
 * ```ts
 * const client = await connect({ socket: '.grapevine/api.sock' }) // undefined: none runs
 * await client?.publish({ set: { 'payments/limits': { daily: 800 } } })
 * ```
 */
export { connect } from './connect.js'
export { createSigningClient as createClient } from './signing-client.js'
// As the API reads and writes it: for files, and for `--json`.
export { toJson, valueFrom } from '../json.js'
export { JsonFault, readStrictJson } from '../strict-json.js'

export type { ActingAs, Blocking, Index, PeerClient, Watched, Written } from './client.js'
export type { ConnectOptions } from './connect.js'
export type { Figures, LiveArrival, LiveEvent, ReleaseRow } from './live.js'
export type { ClientOptions } from './create-client.js'
