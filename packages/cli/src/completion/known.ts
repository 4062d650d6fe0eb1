import type { PeerClient } from '@grapevine/api/client'
import { namer } from '../shown/release-names.js'
import type { Candidate } from './candidates.js'

/** What the peer that runs here knows; nothing where none runs, or where it is slow. */
export interface Known {
  /** As files are completed: up to the next `/`. */
  keys(begin: string): Promise<readonly Candidate[]>
  /** Of what is shown now, newest first. */
  releases(): Promise<readonly Candidate[]>
  peers(): Promise<readonly Candidate[]>
}

/** Whoever presses a key waits for this. */
const patienceMs = 200
const candidatesMax = 200

export function knownBy(
  connect: () => Promise<PeerClient | undefined>,
  withinMs = patienceMs,
): Known {
  const ask = async (
    question: (client: PeerClient) => Promise<readonly Candidate[]>,
  ): Promise<readonly Candidate[]> => {
    const answer = async (): Promise<readonly Candidate[]> => {
      const client = await connect()
      if (client === undefined) return []
      await using open = client
      return await question(open)
    }
    const found = await withinTime(answer(), withinMs)
    // Nobody types what does not fit on a line of its own.
    return found.filter(({ value }) => !/\p{Cc}/u.test(value)).slice(0, candidatesMax)
  }
  return {
    keys: async (begin) =>
      ask(async (client) =>
        nextSteps(
          (await client.entries(begin)).entries.map(({ key }) => key),
          begin,
        ),
      ),
    releases: async () =>
      ask(async (client) => {
        const { entries } = await client.entries()
        const nameOf = await namer(client)
        const newest = entries.map(({ release }) => release).sort((a, b) => b.at - a.at)
        const named = new Map(newest.map((release) => [nameOf(release), release.message ?? '']))
        return [...named].map(([value, says]) => ({ value, says }))
      }),
    peers: async () =>
      ask(async (client) =>
        (await client.peers()).map(({ name, peer }) => ({ value: name, says: peer.slice(0, 8) })),
      ),
  }
}

/** `payments/` for all that is below it, until it has been typed. */
export function nextSteps(keys: readonly string[], begin: string): readonly Candidate[] {
  const steps = new Set(
    keys.map((key) => {
      const slash = key.indexOf('/', begin.length)
      return slash === -1 ? key : key.slice(0, slash + 1)
    }),
  )
  return [...steps].map((value) => ({ value, says: '' }))
}

async function withinTime(
  asked: Promise<readonly Candidate[]>,
  withinMs: number,
): Promise<readonly Candidate[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<readonly Candidate[]>((resolve) => {
    timer = setTimeout(() => resolve([]), withinMs)
  })
  try {
    // A peer that fails is no reason to write into somebody's line.
    return await Promise.race([asked.catch(() => []), late])
  } finally {
    clearTimeout(timer)
  }
}
