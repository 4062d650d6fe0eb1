import type { PeerClient } from '@grapevine/api/client'
import type { Dot } from '@grapevine/peer'

/** How releases are called to people, and what people may type back: `7f3a·412`. */
export async function namer(client: Pick<PeerClient, 'status'>): Promise<(release: Dot) => string> {
  const { replicaDigits } = await client.status()
  return ({ replica, seq }) => `${replica.slice(0, replicaDigits)}·${seq}`
}

/** Whether a typed name, short or in full, can mean this release. */
export function isCalled({ replica, seq }: Dot, typed: string): boolean {
  const [, digits, count] = /^([0-9a-f]{4,32})[·.](\d{1,15})$/.exec(typed) ?? []
  return digits !== undefined && Number(count) === seq && replica.startsWith(digits)
}
