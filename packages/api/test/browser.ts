import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { closeLater } from './stage.js'
import { tool } from './tool.js'

/** Nothing here may depend on what newer browsers forbid pages by themselves. */
const tooKind = ['LocalNetworkAccessChecks', 'BlockInsecurePrivateNetworkRequests']

/**
 * One for all tests of a file; where no browser can be had they are left out, and say so, but not in
 * CI. `evil.test` leads to this machine, as a name can that is rebound.
 */
export function openBrowser(): () => Browser {
  let browser: Browser | undefined
  beforeAll(async () => {
    const executablePath = installedBrowser()
    if (executablePath === undefined) return
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-popup-blocking',
        '--host-resolver-rules=MAP evil.test 127.0.0.1',
        `--disable-features=${tooKind.join(',')}`,
      ],
    })
  })
  beforeEach(({ skip }) => skip(browser === undefined, 'no Chromium is installed'))
  afterAll(async () => browser?.close())
  return () => {
    if (browser === undefined) throw new Error('the browser has not started')
    return browser
  }
}

function installedBrowser(): string | undefined {
  try {
    return tool(['chromium', 'chromium-browser', 'google-chrome'], 'CHROMIUM')
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error
    return undefined
  }
}

/** Somebody else's server; answers its port. */
export async function servePage(html: string): Promise<number> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html)
  })
  closeLater(
    async () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
