import type { PeerClient } from '@grapevine/api/client'
import { nearest } from '@grapevine/sim'
import { notFound } from '../complain.js'
import type { Complaint } from '../complain.js'

/** There is no such key: says which one was probably meant. */
export async function unknownKey(
  client: Pick<PeerClient, 'entries'>,
  key: string,
): Promise<Complaint> {
  const { entries: below } = await client.entries(`${key.replace(/\/+$/, '')}/`)
  if (below.length > 0) {
    const prefix = `${key.replace(/\/+$/, '')}/`
    const count = below.length === 1 ? 'one key begins' : `${below.length} keys begin`
    return notFound(`${key} has no value; ${count} with ${prefix}`, `grapevine ls ${prefix}`)
  }
  const near = await nearKey(client, key)
  return notFound(
    `there is no key ${key}`,
    near === undefined ? 'grapevine ls shows the keys there are' : `did you mean ${near}?`,
  )
}

/** Most slips are in the last part: its neighbours are looked at before all keys are. */
async function nearKey(
  client: Pick<PeerClient, 'entries'>,
  key: string,
): Promise<string | undefined> {
  const folder = key.slice(0, key.lastIndexOf('/') + 1)
  for (const prefix of folder === '' ? [''] : [folder, '']) {
    const { entries } = await client.entries(prefix)
    const near = nearest(
      key,
      entries.map((entry) => entry.key),
    )
    if (near !== undefined) return near
  }
  return undefined
}
