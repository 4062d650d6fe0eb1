import type { PeerId } from '@grapevine/peer'

/** What the lab says and takes, see its routes. */
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
        readonly says: string
        readonly atMs: number
        readonly ofMs: number
      }
    | undefined
}

export interface LabPeer {
  readonly number: number
  readonly name: string
  readonly peer: PeerId
  readonly state: 'starting' | 'running' | 'paused' | 'stopped'
  readonly pid?: number | undefined
  readonly links: readonly PeerId[]
  /** Releases that others here hold, and it does not. */
  readonly behind: number
  readonly keys: number
  readonly conflicts: number
  readonly refused: number
  readonly addresses: readonly string[]
}

export interface LabLine {
  readonly from: number
  readonly to: number
  readonly delayMs: number
  readonly lossShare: number
  readonly bytesPerSecond?: number | undefined
  readonly state: 'clear' | 'down' | 'silent'
}

export interface LabFigures {
  readonly at: number
  /** From a write to the last running peer that it can reach. */
  readonly lastMs?: { readonly p50: number; readonly p99: number; readonly count: number }
  readonly copies?: number | undefined
  readonly syncBytesPerSecond: number
  readonly sentBytesPerSecond: number
  readonly storeMs?: { readonly p50: number; readonly p99: number } | undefined
}

export type PeerDeed = 'kill' | 'pause' | 'resume' | 'stop' | 'start'

export interface LineWish {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly delayMs?: number | undefined
  readonly lossShare?: number | undefined
  readonly bytesPerSecond?: number | undefined
  readonly state?: LabLine['state'] | undefined
}
