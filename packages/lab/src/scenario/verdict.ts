import { connect } from '@grapevine/api/client'
import type { PeerClient } from '@grapevine/api/client'
import type { Dot, Entry } from '@grapevine/peer'

/** How a scenario went, once everything was healed. */
export interface Verdict {
  readonly passed: boolean
  /** Releases that a peer acknowledged. */
  readonly written: number
  /** Of those: that nobody holds any more. There must be none. */
  readonly lost: readonly string[]
  /** Keys with values that were written at the same time: all listed, none lost. */
  readonly conflicts: readonly string[]
  /** From the end of all faults until everybody was equal; undefined: they are not. */
  readonly healMs: number | undefined
  /** Why they are not. */
  readonly reason?: string
}

interface Held {
  readonly name: string
  readonly clock: Readonly<Record<string, number>>
  readonly entries: readonly Entry[]
}

/** What these peers hold, asked over their sockets. */
export async function heldBy(
  peers: readonly { readonly name: string; readonly socket: string }[],
): Promise<readonly Held[]> {
  return Promise.all(
    peers.map(async ({ name, socket }) => {
      await using client = await reached(name, socket)
      const { clock } = await client.status()
      const { entries } = await client.entries()
      return { name, clock, entries }
    }),
  )
}

async function reached(name: string, socket: string): Promise<PeerClient> {
  const client = await connect({ socket })
  if (client === undefined) throw new Error(`${name} does not answer`)
  return client
}

/** Why they are not all equal; undefined: they are. */
export function differenceIn(held: readonly Held[]): string | undefined {
  const [first, ...others] = held
  const shown = first && shownIn(first)
  for (const other of others) {
    const differing = keysIn([first!, other]).find(
      (key) => shown!.get(key) !== shownIn(other).get(key),
    )
    if (differing !== undefined) return `${first!.name} and ${other.name} differ in ${differing}`
  }
  return undefined
}

const keysIn = (held: readonly Held[]): readonly string[] => [
  ...new Set(held.flatMap(({ entries }) => entries.map(({ key }) => key))),
]

/** What each key shows, and what stands beside it, in no order. */
const shownIn = ({ entries }: Held): ReadonlyMap<string, string> =>
  new Map(
    entries.map(({ key, release, others }) => [
      key,
      [release.id, ...others.map((other) => other.release.id).toSorted()].join(' '),
    ]),
  )

/** What was acknowledged, and this peer does not hold. */
export const lostIn = ({ clock }: Held, written: readonly (Dot & { readonly name: string })[]) =>
  written.filter(({ replica, seq }) => (clock[replica] ?? 0) < seq).map(({ name }) => name)

export const conflictsIn = ({ entries }: Held): readonly string[] =>
  entries.filter(({ others }) => others.length > 0).map(({ key }) => key)
