import { connect } from '@grapevine/api/client'
import type { PeerClient } from '@grapevine/api/client'
import type { Call } from '../call.js'

/** The peer that runs here, if one does: for whoever has other means where none does. */
export const runningPeer = async ({
  settings,
}: Pick<Call, 'settings'>): Promise<PeerClient | undefined> => connect({ socket: settings.socket })
