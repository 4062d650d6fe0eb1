import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'

export { openBrowser } from '../../api/test/browser.js'

export interface Tab extends AsyncDisposable {
  readonly page: Page
  /** What went wrong in it: scripts that failed, and what its policy forbade. */
  readonly faults: readonly string[]
  /** Shows a view, and waits until it is drawn. */
  show(hash: string): Promise<void>
}

export interface TabOptions {
  readonly colorScheme?: 'light' | 'dark' | undefined
  readonly width?: number | undefined
}

/** A window of its own, which remembers nothing of others. */
export async function openTab(
  browser: Browser,
  address: string,
  { colorScheme = 'light', width = 1_440 }: TabOptions = {},
): Promise<Tab> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', ({ stack, message }) => faults.push(stack ?? message))
  await context.exposeBinding('forbidden', (_, what) => faults.push(`forbidden: ${String(what)}`))
  await page.addInitScript(`
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
      forbidden([violatedDirective, blockedURI, sample].join(' ')))
  `)
  await page.goto(address)
  return {
    page,
    faults,
    async show(hash) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
      // Two frames later all that the change of the address set off has been drawn.
      await page.evaluate(
        'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
      )
    },
    [Symbol.asyncDispose]: async () => context.close(),
  }
}

export const pathOf = (file: string): string => createRequire(import.meta.url).resolve(file)
