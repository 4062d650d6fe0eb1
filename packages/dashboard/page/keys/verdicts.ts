import type { PeerClient } from '@grapevine/api/page'
import type { Draft } from '@grapevine/peer'
import type { Desk } from '../desk.js'

/** What the schemas of the peers that could be asked say of a draft. */
export interface Verdicts {
  readonly asked: number
  /** How many would keep their old value. */
  readonly against: number
  readonly reasons: readonly Reason[]
  /** Those who did not answer. */
  readonly unheard: readonly string[]
}

export interface Reason {
  readonly key: string
  readonly reason: string
  readonly peers: readonly string[]
}

export interface Judge {
  readonly name: string
  readonly client: Pick<PeerClient, 'check'>
}

/** In the lab every running peer can be asked; elsewhere the one that is looked through. */
export function judgesOf({ lab, client, status }: Desk): readonly Judge[] {
  const running = (lab?.state.value?.peers ?? []).filter(({ state }) => state === 'running')
  if (lab === undefined || running.length === 0) {
    return [{ name: status.value?.name ?? 'this peer', client: client.value }]
  }
  return running.map(({ number, name }) => ({ name, client: lab.clientOf(number) }))
}

/** One that stands still must not keep the others from being heard. */
const patienceMs = 4_000

export async function askJudges(
  judges: readonly Judge[],
  draft: Draft,
  late = lateAfter(patienceMs),
): Promise<Verdicts> {
  const asking = judges.map(async ({ client }) => Promise.race([client.check(draft), late]))
  const said = await Promise.allSettled(asking)
  const unheard: string[] = []
  const reasons = new Map<string, { key: string; reason: string; peers: string[] }>()
  let against = 0
  // What no peer takes is no matter of schemas.
  const first = said.find((answer) => answer.status === 'rejected')
  if (first !== undefined && said.every(({ status }) => status === 'rejected')) throw first.reason
  said.forEach((answer, at) => {
    const name = judges[at]?.name ?? ''
    if (answer.status === 'rejected') return void unheard.push(name)
    if (answer.value.length > 0) against += 1
    for (const { key, reason } of answer.value) {
      const id = JSON.stringify([key, reason])
      const known = reasons.get(id) ?? { key, reason, peers: [] }
      known.peers.push(name)
      reasons.set(id, known)
    }
  })
  return { asked: judges.length - unheard.length, against, reasons: [...reasons.values()], unheard }
}

const lateAfter = async (ms: number): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(new Error('nobody answers in time')), ms))
