import type { ClientOptions } from './create-client.js'
import { createClient } from './create-client.js'
import type { PeerClient } from './client.js'
import type { SignDraft } from './writes.js'

/** A client that can write in the name of somebody with a key of its own. */
export const createSigningClient = (options: Omit<ClientOptions, 'sign'>): PeerClient =>
  createClient({ ...options, sign })

/** It brings all of a peer along, which whoever only asks does not need. */
const sign: SignDraft = async (as, draft, standing) => {
  const { signDraft } = await import('@grapevine/peer')
  return signDraft(as, draft, standing)
}
