import { createListeners } from './listeners.js'
import type { Listeners } from './listeners.js'
import type { PeerEvents } from '../peer.js'
import { faultText } from './shown.js'

/** What happens at this peer, for all its parts and for users. */
export interface Events extends Listeners<PeerEvents> {
  /** How many listeners failed so far. */
  failures(): number
  /** Code of the user's failed where this peer called it. */
  failed(error: unknown, where: string): void
}

const names: readonly (keyof PeerEvents)[] = [
  'change',
  'received',
  'notice',
  'linked',
  'unlinked',
  'presence',
  'synced',
]

export function createEvents(): Events {
  let failures = 0
  const listeners = createListeners<PeerEvents>(names, (error, event) => {
    // Whoever fails at hearing notices is not told of that by another one.
    if (event === 'notice') failures += 1
    else failed(error, `a listener of '${event}'`)
  })

  function failed(error: unknown, where: string): void {
    failures += 1
    listeners.fire('notice', { notice: 'listener', text: `${where} failed: ${faultText(error)}` })
  }

  return { ...listeners, failed, failures: () => failures }
}
