import type { Page, Served } from '@grapevine/api'
import type { Logger } from 'pino'
import { misused } from '../complain.js'
import type { UpSettings } from './settings.js'

/** Where it is shown unless another address is named. */
export const dashboardListen = '127.0.0.1:7654'

/** The page, where one is asked for; read before anything is opened, so that a lack of it is told first. */
export async function pageFor(
  settings: Pick<UpSettings, 'api.dashboard' | 'api.listen' | 'listen'>,
  loadPage: () => Promise<Page> = loadBuiltPage,
): Promise<Page | undefined> {
  if (!settings['api.dashboard']) return undefined
  checkPorts(settings)
  return loadPage()
}

/** Nobody else needs what it brings along. */
const loadBuiltPage = async (): Promise<Page> => (await import('@grapevine/dashboard')).loadPage()

/** One port cannot be for members and for a browser. */
function checkPorts({ listen = [], 'api.listen': at = '' }: Partial<UpSettings>): void {
  const port = portOf(at)
  if (port === '0' || !listen.some((address) => portOf(address) === port)) return
  throw misused(
    `members would reach this peer at port ${port}, and so would the dashboard`,
    'name another port for the one: --api-listen 127.0.0.1:7655',
  )
}

const portOf = (address: string): string | undefined => /:(\d+)$/.exec(address)?.[1]

/** Where it is, and how to get in: the token itself is in no log. */
export function tellDashboard({ addresses, tokenFile }: Served, log: Logger): void {
  const dashboard = addresses.find((address) => address.startsWith('http:'))
  if (dashboard === undefined) return
  log.info(
    { dashboard, tokenFile },
    `dashboard at ${dashboard}, it asks for what is in ${tokenFile}`,
  )
}
