import type { PeerClient } from '@grapevine/api/page'
import type { Heard } from './heard.js'

/** The stream of keys shows winners only: the sides of a conflict are asked for when there may be news. */
export function keepConflicts({ status, conflicts }: Heard, client: () => PeerClient): void {
  let isAsking = false
  let isStale = false
  let known = 0

  async function ask(): Promise<void> {
    isStale = true
    if (isAsking) return
    isAsking = true
    while (isStale) {
      isStale = false
      const asked = client()
      const entries = await asked.conflicts().catch(() => undefined)
      // Another peer is looked through by now: what this one said does not count.
      if (asked !== client()) isStale = true
      else if (entries !== undefined) {
        conflicts.value = new Map(entries.map((entry) => [entry.key, entry]))
      }
    }
    isAsking = false
  }

  status.subscribe((told) => {
    const count = told?.conflicts ?? 0
    if (told !== undefined && (count > 0 || known > 0)) void ask()
    known = count
  })
}
