import { serveApi } from '@grapevine/api'
import type { Page } from '@grapevine/api'
import { MeshError } from '@grapevine/core'
import type { Peer } from '@grapevine/peer'
import type { Logger } from 'pino'
import type { Call } from '../call.js'
import { exitCodes } from '../exit-codes.js'
import type { ExitCode } from '../exit-codes.js'
import { readSettings } from '../typed/settings.js'
import { tellDashboard } from './dashboard.js'
import { drain, drainMs } from './drain.js'
import { changedIn, upSettings } from './settings.js'
import type { UpFlags, UpSettings } from './settings.js'
import { tellOf } from './tell.js'

interface Running {
  readonly peer: Peer
  readonly settings: UpSettings
  readonly flags: UpFlags
  readonly log: Logger
  /** undefined: no dashboard. */
  readonly page: Page | undefined
}

/** Serves the API and tells what goes on, until somebody says that it is enough. */
export async function runUntilTold(call: Call, running: Running): Promise<ExitCode> {
  const { peer, settings, log, page } = running
  const closers = [async () => peer.close()]
  try {
    const api = await serveApi(peer, {
      socket: settings['api.socket'],
      dataDir: settings.dataDir,
      listen: settings['api.listen'],
      tokenFile: settings['api.tokenFile'],
      page,
      onFault: (error) => log.error({ err: error }, 'a request failed that should not have'),
    })
    closers.unshift(async () => api.close())
    const stopReading = readAgain(call, running)
    await tellFirst(call, running, api.addresses)
    if (page !== undefined) tellDashboard(api, log)
    const stopTelling = tellOf(peer, log)
    await new Promise<void>((resolve) => {
      if (call.signal.aborted) resolve()
      else call.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    stopReading()
    stopTelling()
    log.info({ why: (call.signal.reason as Error).message }, 'told to end')
  } catch (error) {
    // What failed first is what is told.
    await drain(closers).catch(() => false)
    throw error
  }
  const isDrained = await drain(closers).catch((error: unknown) => {
    log.error({ err: error }, `it did not end as it should: ${(error as Error).message}`)
    return undefined
  })
  if (isDrained === undefined) return exitCodes.failed
  if (isDrained) {
    log.info('ended; all that was written is on the disk')
    return exitCodes.ok
  }
  log.error(
    `not everything has ended after ${drainMs / 1_000} s; what was acknowledged is on the disk`,
  )
  return exitCodes.failed
}

/** How long the first line waits for the port: what is in its way, a notice tells. */
const listeningTimeout = '3s'

async function tellFirst(
  { signal }: Call,
  { peer, settings, log }: Running,
  api: readonly string[],
): Promise<void> {
  const listen = await peer
    .listening({ timeout: listeningTimeout, signal })
    .catch((error: unknown) => {
      if (error instanceof MeshError && error.code === 'NOT_READY') return []
      if (signal.aborted) return []
      throw error
    })
  const { name, mesh, members, keys, badgeUntil } = peer.status()
  const where = listen.length === 0 ? 'no port yet' : listen.join(', ')
  log.info(
    { peer: peer.id, dataDir: settings.dataDir, listen, api, members, held: keys },
    `${name} runs in ${mesh}: ${members} member${members === 1 ? '' : 's'} known, listens on ${where}, API at ${api.join(', ')}`,
  )
  const isMeant = badgeUntil === undefined || listen.length === 0
  if (!isMeant && listen.every((address) => /^\/ip4\/127\.|^\/ip6\/::1\//.test(address))) {
    log.info('it listens on this machine only: --listen 0.0.0.0:7300 lets other machines reach it')
  }
}

/** What can be changed while a peer runs is; what cannot is named, so that nobody waits for it. */
function readAgain(call: Call, { settings, flags, log }: Running): () => void {
  let now = settings
  const read = async (): Promise<void> => {
    const next = upSettings(await readSettings(call.common, call.terminal), call.terminal, flags)
    const changed = changedIn(now, next)
    const needStart = changedIn(settings, next).filter((name) => name !== 'log.level')
    if (changed.includes('log.level')) {
      log.level = next['log.level']
      log[next['log.level']](`the log tells from now on what is ${next['log.level']} or worse`)
    }
    now = next
    if (needStart.length > 0) {
      log.warn(
        { settings: needStart },
        `these settings count from the next start: ${needStart.join(', ')}`,
      )
    } else if (changed.length === 0) log.info('the settings were read again: nothing has changed')
  }
  const stop = call.terminal.onHangup?.(() => {
    read().catch((error: unknown) => {
      const { message } = error as Error
      log.error(`the settings were read again, and stay as they were: ${message}`)
    })
  })
  return stop ?? (() => {})
}
