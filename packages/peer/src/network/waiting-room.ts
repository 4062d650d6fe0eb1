/**
 * Connections from outside that have shown nothing yet. There is room for so many of each host, and for
 * so many in all; where more come, whoever has waited longest has to go. Whoever has a key shows it at
 * once, and is through before that: a crowd that stands there and says nothing keeps nobody out.
 */
export interface WaitingRoom {
  /** `leave`, once it has shown a key, or is gone. */
  enter(this: void, host: string, evict: () => void): () => void
}

interface Waiting {
  readonly host: string
  readonly evict: () => void
}

const perHostMax = 32
const allMax = 256

export function createWaitingRoom(): WaitingRoom {
  /** In the order in which they came. */
  const all = new Set<Waiting>()
  const hosts = new Map<string, Set<Waiting>>()

  const leave = (waiting: Waiting): void => {
    all.delete(waiting)
    const here = hosts.get(waiting.host)
    here?.delete(waiting)
    if (here?.size === 0) hosts.delete(waiting.host)
  }
  const makeRoom = (among: ReadonlySet<Waiting>, max: number): void => {
    const [oldest] = among
    if (among.size <= max || oldest === undefined) return
    leave(oldest)
    oldest.evict()
  }

  return {
    enter(host, evict) {
      const waiting: Waiting = { host, evict }
      const here = hosts.get(host) ?? new Set()
      hosts.set(host, here.add(waiting))
      all.add(waiting)
      makeRoom(here, perHostMax)
      makeRoom(all, allMax)
      return () => leave(waiting)
    },
  }
}
