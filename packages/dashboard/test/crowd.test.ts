import { expect, it } from 'vitest'
import { builtPage } from './built-page.js'
import { openCrowd } from './crowd.js'
import type { Crowd } from './crowd.js'
import { openBrowser, openTab } from './tab.js'
import type { Tab } from './tab.js'

const browser = openBrowser()

const hz = 10
/** What a person would call stuck; a good machine stays far below it. */
const taskMsMax = 500

/** In the page: how long its tasks and frames took. */
const measuring = `
  window.measured = { tasks: [], frames: [], isOver: false }
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) measured.tasks.push(duration)
  }).observe({ entryTypes: ['longtask'] })
  ;(function frame(before) {
    requestAnimationFrame((now) => {
      measured.frames.push(now - before)
      if (!measured.isOver) frame(now)
    })
  })(performance.now())
`

interface Measured {
  readonly tasks: readonly number[]
  readonly frames: readonly number[]
}

it(
  'with 200 peers and 5,000 keys that change ten times a second, every view answers at once',
  { timeout: 300_000 },
  async () => {
    await using crowd = await openCrowd({
      page: await builtPage(),
      kind: 'lab',
      peers: 200,
      keys: 5_000,
    })
    await using tab = await openTab(browser(), crowd.feed.address)
    // Beside it, a page that does nothing: what it waits for is the machine's doing.
    await using idle = await openTab(browser(), 'about:blank')
    await tab.page.getByRole('row').nth(200).waitFor()
    for (const view of ['#/mesh', '#/keys', '#/releases', '#/figures'] as const) {
      await tab.show(view)
      await Promise.all([tab.page.evaluate(measuring), idle.page.evaluate(measuring)])
      const typed = isSearched(view) ? typeInto(tab) : undefined
      await stream(crowd, 3 * hz)
      expect(await typed).toBe(isSearched(view) ? 'payments' : undefined)
      const [shown, noise] = [await measuredIn(tab), await measuredIn(idle)]
      console.log(`${view.padEnd(10)} ${inWords(shown)}; a page at rest: ${inWords(noise)}`)
      const longest = Math.max(0, ...shown.tasks)
      expect(longest, view).toBeLessThan(taskMsMax + 2 * Math.max(...noise.frames))
    }
    expect(tab.faults).toEqual([])
  },
)

const isSearched = (view: string): boolean => view === '#/mesh' || view === '#/keys'

/** Answers what the field then shows. */
async function typeInto({ page }: Tab): Promise<string> {
  const field = page.getByRole('searchbox').first()
  await field.pressSequentially('payments', { delay: 30 })
  return field.inputValue()
}

async function stream(crowd: Crowd, steps: number): Promise<void> {
  let left = steps
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      crowd.step()
      left -= 1
      if (left > 0) return
      clearInterval(timer)
      resolve()
    }, 1_000 / hz)
  })
}

async function measuredIn({ page }: Tab): Promise<Measured> {
  return page.evaluate<Measured>('(measured.isOver = true, measured)')
}

function inWords({ tasks, frames }: Measured): string {
  const ordered = frames.toSorted((a, b) => a - b)
  const share = (part: number): string =>
    (ordered[Math.floor(part * (ordered.length - 1))] ?? 0).toFixed(0)
  const longest = Math.max(0, ...tasks).toFixed(0)
  return `${frames.length} frames, p50 ${share(0.5)} ms, p99 ${share(0.99)} ms, ${tasks.length} long tasks, the longest ${longest} ms`
}
