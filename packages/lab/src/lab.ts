import { setMaxListeners } from 'node:events'
import { fileURLToPath } from 'node:url'
import { serveFetch } from '@grapevine/api'
import type { Page, Served } from '@grapevine/api'
import { MeshError } from '@grapevine/core'
import type { Controls } from './controls.js'
import { claimFolder, usualFolder } from './folder.js'
import type { LabFolder } from './folder.js'
import { createLabFetch } from './http/fetch.js'
import type { LabFetch } from './http/fetch.js'
import { assembleMesh } from './mesh/assemble.js'
import { startAll } from './mesh/start-all.js'
import type { LabEvent } from './wire.js'

export interface LabOptions {
  readonly peers: number
  /** Where everything of it lies; by default one folder for each user, so that commands find it. */
  readonly folder?: string | undefined
  /** `127.0.0.1:7300`, the default: where people see it; false: its socket alone. */
  readonly listen?: string | false | undefined
  readonly page?: Page | undefined
  /** What each peer runs: the services of the shop, as they were built. */
  readonly program?: string | undefined
  readonly onEvent?: ((event: LabEvent) => unknown) | undefined
  /** Aborts the start; a lab that runs is ended by `close`. */
  readonly signal?: AbortSignal | undefined
}

/** A mesh of real peers on this machine. */
export interface Lab extends Controls, AsyncDisposable {
  /** Where its page is, or else its socket. */
  readonly address: string
  readonly folder: string
  /** Of the API of a peer. */
  socketOf(this: void, number: number): string
  /** Leaves no process, no port and no file. */
  close(this: void): Promise<void>
}

const peersMin = 2
const peersMax = 200

/**
 * Starts a lab: founds a mesh, lets all others in, and resolves once everybody has everything.
 *
 * ```ts
 * await using lab = await openLab({ peers: 8 })
 * lab.cut([[1, 2, 3, 4], [5, 6, 7, 8]])
 * ```
 */
export async function openLab(options: LabOptions): Promise<Lab> {
  const { peers, signal, onEvent = () => {} } = options
  checkPeers(peers)
  const folder = await claimFolder(options.folder ?? usualFolder())
  const closers: (() => Promise<unknown>)[] = [folder.remove]
  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => (closed ??= closeAll(closers))
  try {
    const place = { address: '' }
    const program = options.program ?? builtProgram()
    const mesh = await assembleMesh({ peers, folder, program, onEvent, place }, closers)
    const { controls, hub, fleet } = mesh
    const closing = new AbortController()
    // One for each stream, and none stays for ever.
    setMaxListeners(0, closing.signal)
    const fetch = createLabFetch({ controls, hub, members: fleet.members, closing: closing.signal })
    const served = await serve(options, folder, fetch)
    closers.push(async () => {
      closing.abort(new MeshError('PEER_CLOSED', 'the lab is ending'))
      await served.close()
    })
    place.address = addressOf(served)
    await folder.noteAddress(place.address)
    await startAll(fleet, () => controls.state().peers, signal)
    return {
      ...controls,
      address: place.address,
      folder: folder.path,
      socketOf: (number) => fleet.members[number - 1]!.socket,
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const builtProgram = (): string => fileURLToPath(new URL('service/main.js', import.meta.url))

function checkPeers(peers: number): void {
  if (Number.isSafeInteger(peers) && peers >= peersMin && peers <= peersMax) return
  throw new MeshError(
    'OPTION_INVALID',
    `a lab of ${peers} peers cannot be made: choose from ${peersMin} to ${peersMax}`,
  )
}

/** What came last goes first. What fails keeps nothing else from ending, and is told in the end. */
async function closeAll(closers: (() => Promise<unknown>)[]): Promise<void> {
  const faults: unknown[] = []
  for (let next = closers.pop(); next !== undefined; next = closers.pop()) {
    await next().catch((error: unknown) => faults.push(error))
  }
  if (faults.length > 0) throw faults[0]
}

const usualListen = '127.0.0.1:7300'

async function serve(
  { listen = usualListen, page }: LabOptions,
  folder: LabFolder,
  fetch: LabFetch,
): Promise<Served> {
  const kind = Buffer.from(JSON.stringify({ kind: 'lab' }))
  const pageJson = { body: kind, type: 'application/json', isImmutable: false }
  const files = new Map([...(page?.files ?? []), ['/page.json', pageJson]] as const)
  const door = listen === false ? {} : { listen, tokenFile: false as const }
  try {
    return await serveFetch(fetch, { socket: folder.socket, ...door, page: { files } })
  } catch (error) {
    if (!(error instanceof MeshError) || error.code !== 'LISTEN_FAILED') throw error
    if (error.data['listen'] !== listen) throw error
    throw new MeshError(
      'LISTEN_FAILED',
      `the lab cannot show its page on ${listen}: another process listens there; choose another port`,
      error.data,
    )
  }
}

const addressOf = ({ addresses }: Served): string => {
  const web = addresses.find((address) => address.startsWith('http'))
  return web === undefined ? (addresses[0] ?? '') : `${web}/`
}
