import { readFileSync } from 'node:fs'
import type { AxeResults } from 'axe-core'
import { describe, expect, it } from 'vitest'
import { builtPage } from './built-page.js'
import { openCrowd } from './crowd.js'
import { openBrowser, openTab, pathOf } from './tab.js'
import type { Tab } from './tab.js'

const browser = openBrowser()
const axe = readFileSync(pathOf('axe-core/axe.min.js'), 'utf8')

const views = [
  '#/mesh',
  '#/mesh/checkout',
  '#/keys',
  '#/keys/checkout/group-1/key-1',
  '#/releases',
  '#/figures',
]

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it.each(['lab', 'peer'] as const)(
    'no view of a %s has a serious fault of access',
    { timeout: 180_000 },
    async (kind) => {
      await using crowd = await openCrowd({ page: await builtPage(), kind, peers: 14, keys: 60 })
      await using tab = await openTab(browser(), crowd.feed.address, { colorScheme })
      await tab.page.getByRole('row').nth(14).waitFor()
      await tab.page.evaluate(axe)
      for (const view of views) {
        await tab.show(view)
        expect(await faultsIn(tab), `${kind} ${view}`).toEqual([])
      }
      await tab.page.keyboard.press('?')
      await tab.page.getByRole('dialog').waitFor()
      expect(await faultsIn(tab), `${kind}, the sheet of keys`).toEqual([])
      expect(tab.faults).toEqual([])
    },
  )
})

it(
  'on a narrow screen nothing has a serious fault of access either',
  { timeout: 180_000 },
  async () => {
    await using crowd = await openCrowd({
      page: await builtPage(),
      kind: 'lab',
      peers: 14,
      keys: 60,
    })
    await using tab = await openTab(browser(), crowd.feed.address, { width: 360 })
    await tab.page.getByRole('row').nth(14).waitFor()
    await tab.page.evaluate(axe)
    for (const view of views) {
      await tab.show(view)
      expect(await faultsIn(tab), view).toEqual([])
      const across = await tab.page.evaluate<number>('document.documentElement.scrollWidth')
      expect(across, `${view} is wider than the screen`).toBeLessThanOrEqual(360)
    }
  },
)

/** Those that keep somebody from using it. */
async function faultsIn({ page }: Tab): Promise<readonly string[]> {
  const { violations } = await page.evaluate<AxeResults>(
    "axe.run(document, { resultTypes: ['violations'] })",
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    )
}
