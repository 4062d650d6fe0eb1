import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serveApi } from '@grapevine/api'
import { testPeer } from '@grapevine/peer/testing'
import { afterEach, expect, it } from 'vitest'
import { builtPage } from './built-page.js'
import { openBrowser, openTab } from './tab.js'

const browser = openBrowser()

let dataDir = ''
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

it(
  'a peer shows its own page to whoever has its token, and nothing to others',
  { timeout: 120_000 },
  async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'grapevine-page-'))
    const values = { 'shop/banner': 'canary-19ac' }
    await using peer = await testPeer({ values, onNotice() {} })
    await using api = await serveApi(peer, {
      dataDir,
      listen: '127.0.0.1:0',
      page: await builtPage(),
    })
    await using tab = await openTab(browser(), api.addresses.at(-1)!)
    const { page } = tab
    const field = page.getByLabel('Token')
    await field.fill('not-the-token')
    await field.press('Enter')
    await page.getByText('That is not the token of this peer').waitFor()
    expect(await page.content()).not.toContain('canary')

    const token = readFileSync(api.tokenFile!, 'utf8').trim()
    await field.fill(token)
    await field.press('Enter')
    await page.getByText('This peer is alone in its mesh').waitFor()
    await tab.show('#/keys/shop/banner')
    await page.getByText('canary-19ac').first().waitFor()
    await peer.set('shop/banner', 'changed-5e1f')
    await page.getByText('changed-5e1f').first().waitFor()
    // It is nowhere that outlives the tab, or that others could read.
    expect(await page.evaluate('localStorage.length + document.cookie.length')).toBe(0)
    expect(page.url()).not.toContain(token)
    expect(tab.faults).toEqual([])
  },
)
