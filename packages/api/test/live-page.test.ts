import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import type { Page } from '../src/serving/page.js'
import { openBrowser } from './browser.js'
import { openStage } from './stage.js'

const browser = openBrowser()

/** A page that shows what it hears, and writes once with what it was told of the token. */
const script = `
import { createClient } from './page.ts'
const ask = (request) => {
  const { pathname, search } = new URL(request.url)
  const headers = new Headers(request.headers)
  headers.set('authorization', 'Bearer ' + sessionStorage.token)
  const { method, signal } = request
  return request.text().then((body) => fetch(pathname + search, { method, headers, signal, body: body || undefined }))
}
window.show = async (token) => {
  sessionStorage.token = token
  const client = createClient({ fetch: ask })
  const told = []
  for await (const heard of client.live()) {
    told.push(heard.event)
    if (heard.event === 'change') return told
    if (heard.event === 'notices') await client.publish({ set: { 'shop/banner': 'from the page' } })
  }
}
`

async function pageOf(): Promise<Page> {
  const { outputFiles } = await build({
    stdin: {
      contents: script,
      resolveDir: fileURLToPath(new URL('../src', import.meta.url)),
      loader: 'js',
    },
    alias: {
      '@grapevine/core': fileURLToPath(new URL('../../core/src/index.ts', import.meta.url)),
    },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  })
  const html = '<!doctype html><meta charset="utf-8"><script type="module" src="/a.js"></script>'
  const file = (body: string | Uint8Array, type: string) => ({
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    type,
    isImmutable: false,
  })
  return {
    files: new Map([
      ['/', file(html, 'text/html; charset=utf-8')],
      ['/a.js', file(outputFiles[0]!.contents, 'text/javascript; charset=utf-8')],
    ]),
  }
}

describe('a page in a browser', () => {
  it('hears its peer and writes there, with the token alone, and under its own policy', async () => {
    const stage = await openStage({ page: await pageOf() })
    const context = await browser().newContext()
    try {
      const page = await context.newPage()
      const faults: string[] = []
      page.on('pageerror', ({ message }) => faults.push(message))
      await page.goto(`http://127.0.0.1:${stage.port}/`)
      const refused = await page.evaluate('window.show("wrong").catch(({ code }) => code)')
      expect(refused).toBe('NOT_ALLOWED')
      const show = `window.show(${JSON.stringify(stage.token)})`
      const told = await page.evaluate<readonly string[]>(show)
      expect(told.slice(0, 5)).toEqual(['state', 'status', 'members', 'releases', 'notices'])
      expect(stage.peer.get('shop/banner')).toBe('from the page')
      expect(faults).toEqual([])
    } finally {
      await context.close()
    }
  })
})
