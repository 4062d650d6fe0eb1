import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { connect, createClient } from '@grapevine/api/client'
import { MeshError } from '@grapevine/core'
import type { Acting, Call } from '../call.js'
import { Complaint } from '../complain.js'
import { exitCodes } from '../exit-codes.js'
import { notInLab, throughLab } from '../lab/through-lab.js'
import { onOneLine } from '../shown/shown-value.js'

/** How long a peer that lives for one command waits to hold what the others hold. */
const catchUpTimeout = '10s'

/**
 * How long the folder may be another process's without an API: a peer that is just starting, or another
 * command that is a peer for a moment. Where such commands follow one another, each has so long.
 */
const busyMsMax = 5_000
const lookAgainMs = 100

export type OpenActing = Acting & AsyncDisposable

/**
 * Through whom a command acts: the peer that runs here, or, where none runs, the one whose key lies
 * in the data directory, for as long as the command takes.
 */
export async function act(call: Call): Promise<OpenActing> {
  const { settings, signal } = call
  let holder: unknown
  let givesUpAt = 0
  for (;;) {
    const client = await connect({ socket: settings.socket })
    if (client !== undefined) return { client, by: 'running', ...closing(client) }
    // A peer of the lab is led through its lines, so nobody else opens it.
    if (settings.lab !== undefined) throw notInLab(settings.lab)
    if (!(await isThere(join(settings.dataDir, 'identity.pem')))) {
      const other = settings.isNamed ? undefined : await throughLab(call)
      if (other !== undefined) return { client: other, by: 'running', ...closing(other) }
      throw nobody(call)
    }
    try {
      return await actAsPeer(call)
    } catch (error) {
      if (!(error instanceof MeshError) || error.code !== 'STORE_LOCKED') throw error
      const now = performance.now()
      if (error.data['holder'] !== holder) givesUpAt = now + busyMsMax
      else if (now > givesUpAt) throw occupied(call, error)
      holder = error.data['holder']
    }
    await after(lookAgainMs, undefined, { signal })
  }
}

async function actAsPeer(call: Call): Promise<OpenActing> {
  const { settings, signal } = call
  const [{ openPeer }, { createApi }, { peerOptions }] = await Promise.all([
    import('@grapevine/peer'),
    import('@grapevine/api'),
    import('./peer-options.js'),
  ])
  const notices: string[] = []
  const peer = await openPeer({
    ...peerOptions(settings, call.terminal),
    // One that is there for a moment has nothing to offer at a fixed address, and may not take the service's.
    listen: ['127.0.0.1:0'],
    announce: [],
    onNotice: ({ text }) => void notices.push(text),
    signal,
  })
  try {
    await peer.ready({ timeout: catchUpTimeout, signal })
  } catch (error) {
    if (!(error instanceof MeshError) || error.code !== 'NOT_READY') {
      await peer.close()
      throw error
    }
    call.say(`nobody else is in sight: this is what ${settings.dataDir} held`)
    for (const notice of notices) call.say(`  ${onOneLine(notice)}`)
  }
  const client = createClient({ fetch: createApi(peer).fetch })
  return {
    client,
    by: 'own',
    peer,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]()
      await peer.close()
    },
  }
}

const closing = (client: AsyncDisposable): AsyncDisposable => ({
  [Symbol.asyncDispose]: async () => client[Symbol.asyncDispose](),
})

const isThere = async (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

const nobody = ({ settings }: Call): Complaint =>
  new Complaint(
    exitCodes.noPeer,
    'NO_PEER',
    `no peer runs here (nothing answers at ${settings.socket}), and ${settings.dataDir} holds none`,
    {
      next: 'grapevine init <name> to found a mesh, grapevine join to enter one, grapevine lab to try everything on this machine, or --data-dir to name the folder of a peer',
    },
  )

const occupied = ({ settings }: Call, cause: MeshError): Complaint =>
  new Complaint(
    exitCodes.noPeer,
    cause.code,
    `${settings.dataDir} is in use: ${String(cause.data['holder'])}, and serves no API at ${settings.socket}`,
    {
      next: 'if it is a service, have it call serveApi from @grapevine/api; if its socket is elsewhere, --socket names it',
      cause,
    },
  )
