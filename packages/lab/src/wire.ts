import type { PeerId } from '@grapevine/core'

/** The lab as it is now, for its page and for commands. */
export interface LabState {
  readonly peers: readonly LabPeer[]
  /** By their numbers; empty: the mesh is whole. */
  readonly groups: readonly (readonly number[])[]
  /** Those with weather of their own, the cut not counted. */
  readonly lines: readonly LabLine[]
  readonly address: string
  readonly scenario?:
    | {
        readonly name: string
        /** What happens just now. */
        readonly says: string
        readonly atMs: number
        readonly ofMs: number
      }
    | undefined
}

export interface LabPeer {
  readonly number: number
  readonly name: string
  /** Empty until it was opened for the first time. */
  readonly peer: PeerId
  readonly state: 'starting' | 'running' | 'paused' | 'stopped'
  readonly pid?: number | undefined
  readonly links: readonly PeerId[]
  /** Releases that others here hold, and it does not. */
  readonly behind: number
  readonly keys: number
  readonly conflicts: number
  /** Bindings of its service that do not take what the mesh shows. */
  readonly refused: number
  readonly addresses: readonly string[]
}

/** Between two peers, whoever of them dials. */
export interface LabLine {
  readonly from: number
  readonly to: number
  readonly delayMs: number
  readonly lossShare: number
  readonly bytesPerSecond?: number | undefined
  readonly state: 'clear' | 'down' | 'silent'
}

export interface LineWish {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly delayMs?: number | undefined
  readonly lossShare?: number | undefined
  readonly bytesPerSecond?: number | undefined
  readonly state?: LabLine['state'] | undefined
}

export interface LabArrival {
  readonly peer: PeerId
  /** Who passed it on; undefined: it was written here. */
  readonly from?: PeerId | undefined
  readonly release: string
  readonly at: number
}

export interface LabFigures {
  readonly at: number
  /** From a write to the last running peer that it could reach, of the last minute. */
  readonly lastMs?: Quantiles & { readonly count: number }
  /** Frames of releases that were heard, for each release that was taken. */
  readonly copies?: number | undefined
  readonly syncBytesPerSecond: number
  readonly sentBytesPerSecond: number
  readonly storeMs?: Quantiles | undefined
}

export interface Quantiles {
  readonly p50: number
  readonly p99: number
}

export const peerDeeds = ['kill', 'pause', 'resume', 'stop', 'start'] as const
export type PeerDeed = (typeof peerDeeds)[number]

/** What happens in the lab, for whoever keeps a record of it. */
export type LabEvent =
  | {
      readonly event: 'peer'
      readonly number: number
      readonly name: string
      readonly state: LabPeer['state']
      /** How its process ended. */
      readonly why?: string
    }
  | { readonly event: 'cut'; readonly groups: LabState['groups'] }
  | { readonly event: 'healed' }
  | ({ readonly event: 'lines' } & LineWish)
