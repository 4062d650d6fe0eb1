import { access } from 'node:fs/promises'
import { join as pathOf } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { connect } from '@grapevine/api/client'
import { MeshError } from '@grapevine/core'
import { openPeer } from '@grapevine/peer'
import type { Peer, PeerOptions } from '@grapevine/peer'
import type { Logger } from 'pino'
import type { Call } from '../call.js'
import { Complaint } from '../complain.js'
import { exitCodes } from '../exit-codes.js'
import { readToken } from '../typed/token.js'
import type { UpSettings } from './settings.js'
import { tellNotice } from './tell.js'

/** Two peers in one folder: the second one is told who the first is. */
async function refuseSecond({ dataDir, 'api.socket': named }: UpSettings): Promise<void> {
  for (const socket of new Set([named, pathOf(dataDir, 'api.sock')])) {
    const other = await connect({ socket })
    if (other === undefined) continue
    await using client = other
    const { name, mesh } = await client.status()
    throw new Complaint(
      exitCodes.noPeer,
      'STORE_LOCKED',
      `a peer runs in ${dataDir} already: ${name} of ${mesh} answers at ${socket}`,
      { next: 'use it, stop it, or name another folder with --data-dir' },
    )
  }
}

interface Opening {
  readonly settings: UpSettings
  readonly log: Logger
  /** Where a token or a badge is, as it was typed. */
  readonly join: string | undefined
  readonly badge: string | undefined
  /** The name of an open mesh. */
  readonly mesh: string | undefined
}

/** Another command may be a peer there for a moment, or the one before may not have ended yet. */
const busyMsMax = 15_000
const lookAgainMs = 100

/** Opens the peer of the folder, or makes one where a token or an open mesh is named. */
export async function openHere(call: Call, opening: Opening): Promise<Peer> {
  const { settings, log } = opening
  const options = await optionsOf(call, opening)
  const givesUpAt = performance.now() + busyMsMax
  for (let isTold = false; ; isTold = true) {
    await refuseSecond(settings)
    try {
      return await openPeer(options)
    } catch (error) {
      if (!(error instanceof MeshError) || error.code !== 'STORE_LOCKED') throw error
      const { dataDir } = settings
      const holder = String(error.data['holder'])
      if (performance.now() > givesUpAt) throw occupied(dataDir, holder, error)
      if (!isTold) log.info(`waiting for ${dataDir}: ${holder}`)
    }
    await after(lookAgainMs, undefined, { signal: call.signal })
  }
}

async function optionsOf(call: Call, opening: Opening): Promise<PeerOptions> {
  const { settings, log, badge, mesh } = opening
  const { joinFile, dataDir, name, labels, listen, announce, peers, mdns } = settings
  const join = opening.join ?? (joinFile === undefined ? undefined : `@${joinFile}`)
  if (join === undefined && badge === undefined && mesh === undefined) await expectPeer(dataDir)
  return {
    dataDir,
    name,
    labels,
    listen,
    announce,
    peers,
    mdns,
    mesh,
    join: join === undefined ? undefined : await readToken(call, join),
    badge: badge === undefined ? undefined : await readToken(call, badge),
    onNotice: (notice) => tellNotice(notice, log),
    signal: call.signal,
  }
}

const occupied = (dataDir: string, holder: string, cause: MeshError): Complaint =>
  new Complaint(
    exitCodes.noPeer,
    cause.code,
    `${dataDir} is in use: ${holder}, and serves no API here`,
    { next: 'stop it, or name another folder with --data-dir', cause },
  )

/** Before anything is made: whoever mistyped a folder shall not find a new one there. */
async function expectPeer(dataDir: string): Promise<void> {
  try {
    await access(pathOf(dataDir, 'identity.pem'))
  } catch (error) {
    // What is there and cannot be read is told by whoever opens it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return
    throw new Complaint(exitCodes.noPeer, 'NO_PEER', `${dataDir} holds no peer`, {
      next: 'grapevine init <mesh> to found one, grapevine join to enter one, or grapevine up --open <mesh> to try things on this machine',
    })
  }
}
