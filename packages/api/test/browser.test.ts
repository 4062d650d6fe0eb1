import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { openBrowser, servePage } from './browser.js'
import { evilPage } from './evil-page.js'
import { canary, openStage } from './stage.js'
import type { Stage } from './stage.js'
import { payloads } from './payloads.js'

const browser = openBrowser()

interface Toll {
  readonly told: readonly string[]
  /** What the API answered, by its status. */
  readonly statuses: readonly number[]
  readonly headers: readonly string[]
}

/** Lets a page do all that it can, and tells what came of it. */
async function suffer(address: string, stage: Stage): Promise<Toll> {
  const statuses: number[] = []
  const headers: string[] = []
  // The browser hides what it was answered where that is of another origin.
  const answered = (message: unknown): void => {
    const { request, response } = message as Answered
    if (request.socket.localPort !== stage.port) return
    statuses.push(response.statusCode)
    headers.push(...response.getHeaderNames())
  }
  subscribe(answers, answered)
  const context = await browser().newContext()
  try {
    const page = await context.newPage()
    await page.goto(address)
    await page.waitForFunction('window.isDone === true', undefined, { timeout: 120_000 })
    return { told: await page.evaluate<string[]>('window.told'), statuses, headers }
  } finally {
    unsubscribe(answers, answered)
    await context.close()
  }
}

/** Node tells of each answer that any server in this process gives. */
const answers = 'http.server.response.finish'

interface Answered {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

const values = { 'shop/banner': canary, 'shop/script': `window.told.push('${canary}')` }

describe('a real browser', () => {
  it.each(['127.0.0.1', 'localhost', 'evil.test'])(
    'W3-W5: lets a page at %s learn nothing and change nothing',
    { timeout: 180_000 },
    async (host) => {
      const stage = await openStage({ values })
      const before = stage.shown()
      const port = await servePage(evilPage(`http://127.0.0.1:${stage.port}`, stage.token))
      const { told, statuses, headers } = await suffer(`http://${host}:${port}/`, stage)
      expect(told.length).toBeGreaterThan(28)
      expect(told.join('\n')).not.toMatch(new RegExp(`${canary}|theirs|OPEN|alice|basic [2-9]`))
      // They did come through to us: it was not the browser that kept them away.
      expect(statuses.length).toBeGreaterThan(25)
      expect(statuses.filter((status) => status < 400)).toEqual([])
      expect(headers.filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(stage.shown()).toBe(before)
    },
  )

  it('W1: gives a page nothing under a name that was rebound to this machine', async () => {
    const stage = await openStage({ values })
    const context = await browser().newContext()
    try {
      const page = await context.newPage()
      const at = `http://evil.test:${stage.port}`
      const opened = await page.goto(`${at}/v1/keys/shop/banner?raw`)
      expect(opened?.status()).toBe(421)
      // To the browser, this page and the API are of one origin.
      const heard = await page.evaluate(
        async ([path, token]) => {
          const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
          const got = await fetch(path!, { headers }).then(
            async (response) => `${response.status} ${await response.text()}`,
            () => 'failed',
          )
          const put = await fetch(path!, { method: 'PUT', body: '"theirs"', headers }).then(
            ({ status }) => String(status),
            () => 'failed',
          )
          return [got, put]
        },
        ['/v1/keys/shop/banner', stage.token],
      )
      // That page's own policy lets it fetch nothing at all.
      expect(heard).toEqual(['failed', 'failed'])
      expect(stage.peer.get('shop/banner')).toBe(canary)
    } finally {
      await context.close()
    }
  })

  it(
    'W7: runs nothing of 500 values, keys and names that are scripts',
    { timeout: 240_000 },
    async () => {
      const stage = await openStage({ values: {}, name: payloads[0]! })
      expect(new Set(payloads).size).toBe(500)
      const targets = await storePayloads(stage)
      const context = await browser().newContext({
        extraHTTPHeaders: { authorization: `Bearer ${stage.token}` },
        acceptDownloads: false,
      })
      const executed: string[] = []
      await context.exposeBinding('executed', (_, what) => executed.push(String(what)))
      const page = await context.newPage()
      page.on('dialog', (dialog) => {
        executed.push(dialog.message())
        void dialog.dismiss()
      })
      try {
        const types = new Map<string, number>()
        for (const target of targets) {
          const type = await typeAt(page, `http://127.0.0.1:${stage.port}${target}`)
          types.set(type, (types.get(type) ?? 0) + 1)
        }
        expect([...types.keys()].sort()).toEqual([
          'application/json',
          'application/octet-stream',
          'application/problem+json',
          'text/plain',
        ])
        expect(executed).toEqual([])
        // They would have run, had they been let: this is what the others are measured by.
        await page.goto('about:blank')
        await page.setContent(payloads[0]!)
        await page.waitForFunction('window.wasHere === true')
        expect(executed).toHaveLength(1)
      } finally {
        await context.close()
      }
    },
  )
})

/** As texts, in objects, as bytes, and in keys; answers where each can be looked at. */
async function storePayloads({ peer }: Stage): Promise<readonly string[]> {
  const set = new Map<string, string | Uint8Array | Readonly<Record<string, string>>>()
  const odd = '/v1/watch?from=<script>executed(1)</script>'
  const targets = ['/v1/keys', '/v1/peers', '/v1/status', '/readyz', odd]
  payloads.forEach((payload, at) => {
    const key = at % 5 === 4 ? keyOf(payload, at) : `page/${at}.html`
    const forms = [payload, { [payload]: payload }, new TextEncoder().encode(payload), payload]
    set.set(key, forms[at % 5] ?? payload)
    const path = `/v1/keys/${encodeURIComponent(key)}`
    targets.push(at % 5 === 3 ? `/v1/history/${encodeURIComponent(key)}` : `${path}?raw`)
    // What is not there is told of as well.
    if (at % 10 === 0) targets.push(`/v1/keys/${encodeURIComponent(`none/${keyOf(payload, at)}`)}`)
    if (at % 10 === 5)
      targets.push(`/${encodeURIComponent(payload)}?${encodeURIComponent(payload)}`)
  })
  await peer.publish({ set, message: payloads[0]!.slice(0, 500) })
  return targets
}

/** A key has no empty segments, and no control characters. */
const keyOf = (payload: string, at: number): string =>
  `k${payload
    .replaceAll(/[\p{C}\p{Zl}]+/gu, ' ')
    .replaceAll(/\/+/g, '/')
    .slice(0, 100)}.${at}.html`

/** What the browser took an answer for; it may also have offered to save it. */
async function typeAt(page: Page, address: string): Promise<string> {
  const response = page.waitForResponse((one) => one.url() === new URL(address).href)
  await page.goto(address).catch(() => undefined)
  const type = (await response).headers()['content-type'] ?? ''
  return type.split(';')[0]!
}
