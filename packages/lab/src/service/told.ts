import type { ErrorCode, PeerId } from '@grapevine/core'
import type { LabArrival } from '../wire.js'

/** How a peer of the lab begins, or goes on. */
export interface Opening {
  readonly number: number
  readonly name: string
  readonly dataDir: string
  readonly port: number
  /** Through which it dials all others. */
  readonly switchboardPort: number
  /** Where some of those listen who run by now. */
  readonly peers: readonly string[]
  /** undefined: it founds the mesh, or goes on in the one that it founded. */
  readonly token: string | undefined
  /** Where the key of the root is written. */
  readonly rootKeyFile: string
}

export type Asked =
  | { readonly ask: 'open'; readonly opening: Opening }
  /** Writes what can only be written once the others are there. */
  | { readonly ask: 'seal' }
  | { readonly ask: 'close' }

export type Told =
  | { readonly told: 'opened'; readonly peer: PeerId; readonly token: string | undefined }
  | { readonly told: 'failed'; readonly code: ErrorCode | undefined; readonly text: string }
  | { readonly told: 'report'; readonly report: Report }
  | { readonly told: 'arrivals'; readonly arrivals: readonly LabArrival[] }
  | { readonly told: 'counts'; readonly counts: Counts }

/** Where a peer stands. */
export interface Report {
  readonly links: readonly PeerId[]
  readonly addresses: readonly string[]
  readonly keys: number
  readonly conflicts: number
  readonly refused: number
  /** By replica id: what it holds without a hole. */
  readonly clock: Readonly<Record<string, number>>
}

/** Since its process began; they never fall. */
export interface Counts {
  /** Over the streams between members. */
  readonly syncBytes: number
  readonly gossipBytes: number
  /** Copies of messages by gossip, and messages among them that were new. */
  readonly copies: number
  readonly messages: number
  /** How many waits for the disk took no longer than so many milliseconds, ascending. */
  readonly commits: readonly { readonly ms: number; readonly count: number }[]
}
