/**
 * A service of the shop: a process with a peer of its own inside. Whoever started it says how to begin,
 * and when that one is gone, so is this process.
 */
import { serveApi } from '@grapevine/api'
import { MeshError, foundMesh, openPeer } from '@grapevine/peer'
import type { Peer } from '@grapevine/peer'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { divertDials } from '../lines/divert.js'
import { preambleOf } from '../lines/preamble.js'
import { serviceOf } from '../names.js'
import { bindService } from './bindings.js'
import { startReports } from './reports.js'
import { sampleReleases, sampleSecret } from './sample.js'
import type { Asked, Opening, Told } from './told.js'

/** What the lab cannot be told any more is of no use to anybody. */
const tell = (told: Told): void => void process.send?.(told, undefined, {}, () => {})

let close = async (): Promise<void> => {}
let seal = async (): Promise<void> => {}

async function open(opening: Opening): Promise<void> {
  const { number, name, dataDir, port, switchboardPort: by } = opening
  divertDials((to) => ({ port: by, preamble: preambleOf({ from: number, port: to }) }))
  const isFounding = opening.token === undefined && !existsSync(join(dataDir, 'identity.pem'))
  if (isFounding) await found(opening)
  const peer = await openPeer({
    dataDir,
    name,
    join: opening.token,
    listen: [`127.0.0.1:${port}`],
    peers: opening.peers,
    // What there is to know is asked for with the API; a service prints nothing.
    onNotice: () => {},
  })
  const binding = bindService(peer, serviceOf(number))
  const api = await serveApi(peer, { dataDir })
  close = async () => {
    await api.close()
    await peer.close()
  }
  const token = isFounding ? await begin(peer) : undefined
  tell({ told: 'opened', peer: peer.id, token })
  startReports(peer, binding, tell)
  seal = async () => {
    const { key, value, message } = sampleSecret
    await peer.setSecret(key, value, { to: 'members', message })
  }
}

const found = async ({ name, dataDir, rootKeyFile }: Opening): Promise<unknown> =>
  foundMesh({ name: 'shop', dataDir, rootKeyFile, peerName: name })

/** Longer than anybody keeps a lab running. */
const invitedFor = '90d'

/** The first peer writes what the shop begins with, and lets in all others. */
async function begin(peer: Peer): Promise<string> {
  for (const draft of sampleReleases) await peer.publish(draft)
  const { token } = await peer.invite({
    name: 'lab',
    uses: 'many',
    can: { '**': 'write' },
    expires: invitedFor,
    // Each is told of those who run when it begins.
    addresses: [],
  })
  return token
}

async function carryOut(asked: Asked): Promise<void> {
  switch (asked.ask) {
    case 'open':
      return open(asked.opening)
    case 'seal':
      return seal()
    case 'close':
      await close()
      process.exit(0)
  }
}

const told = (error: unknown): Told => ({
  told: 'failed',
  code: error instanceof MeshError ? error.code : undefined,
  text: error instanceof Error ? error.message : String(error),
})

process.on('message', (asked: Asked) => {
  carryOut(asked).catch((error: unknown) => {
    if (asked.ask === 'seal') return
    process.send?.(told(error), undefined, {}, () => process.exit(1))
  })
})
process.on('disconnect', () => process.exit(0))
// A terminal sends them to all its processes: when a service ends is up to the lab.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
