import type { Network, OpenNetwork } from '../../packages/peer/src/network/network.ts'
import type { StoreStep } from '../../packages/peer/src/store/open-sound.ts'

/** Points of a write's way at which a process can die; those of the store come first. */
export type Step = StoreStep | NetworkStep
type NetworkStep = 'before gossip' | 'after gossip' | 'before send' | 'after send'

export interface Failpoint {
  readonly step: Step
  /** At which passing, counted from 1. */
  readonly passing: number
}

/** The points that a running peer passes with every write. */
export const stepsOfWriting: readonly Step[] = [
  'before batch',
  'after batch',
  'after tail',
  'before gossip',
  'after gossip',
  'before send',
  'after send',
]

/** The points that it passes while it opens. */
export const stepsOfOpening: readonly Step[] = ['kept aside', 'opened', 'verified', 'let go']

/** Kills this process at the point, as a power cut would: nothing runs after it. */
export function failpoint(point: Failpoint | undefined): (step: Step) => void {
  let passed = 0
  return (step) => {
    if (step !== point?.step) return
    passed += 1
    if (passed === point.passing) process.kill(process.pid, 'SIGKILL')
  }
}

export const failingNetwork =
  (openNetwork: OpenNetwork, onStep: (step: Step) => void): OpenNetwork =>
  (options) => {
    const network = openNetwork(options)
    return {
      ...network,
      publish(bytes) {
        onStep('before gossip')
        network.publish(bytes)
        onStep('after gossip')
      },
      send(to, bytes) {
        onStep('before send')
        const isSent = network.send(to, bytes)
        onStep('after send')
        return isSent
      },
    } satisfies Network
  }
