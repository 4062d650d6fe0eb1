import { styleText } from 'node:util'
import { connect } from '@grapevine/api/client'
import type { PeerClient } from '@grapevine/api/client'
import { dataDirIn, findLab, usualFolder } from '@grapevine/lab/client'
import { join } from 'node:path'
import type { Call } from '../call.js'
import { Complaint } from '../complain.js'
import { exitCodes } from '../exit-codes.js'

/** Where nobody says which peer is meant, and none is here: the first one that runs in a lab of this user. */
export async function throughLab({
  terminal,
  say,
}: Pick<Call, 'terminal' | 'say'>): Promise<PeerClient | undefined> {
  const folder = usualFolder(terminal.env['TMPDIR'])
  const lab = await findLab(folder)
  const { peers = [] } = (await lab?.state()) ?? {}
  const first = peers.find(({ state }) => state === 'running')
  if (first === undefined) return undefined
  const client = await connect({ socket: join(dataDirIn(folder, first.name), 'api.sock') })
  const { stderr } = terminal
  if (client !== undefined) {
    say(styleText('dim', `through ${first.name} of the lab`, { stream: stderr }))
  }
  return client
}

export const notInLab = (name: string): Complaint =>
  new Complaint(exitCodes.noPeer, 'NO_PEER', `no ${name} runs in a lab of this user`, {
    next: 'grapevine lab status shows who does; grapevine lab starts one',
  })
