/**
 * Plays the first minutes of a newcomer on a lab of eight, in Chromium, and keeps the pictures of the
 * documents: `npm run pictures`. Another folder may be named behind `--`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openLab } from '@grapevine/lab'
import { chromium } from 'playwright-core'
import { builtPage } from '../packages/dashboard/test/built-page.ts'
import { serviceFile } from '../packages/lab/test/bundles.ts'
import { playStory } from '../test/lab/story.ts'
import { root } from './command.ts'

const folder = resolve(process.argv[2] ?? join(root, 'docs/pictures'))
const wide = { width: 1_280, height: 800 }
const narrow = { width: 390, height: 780 }
const executablePath =
  process.env['CHROMIUM'] ??
  execFileSync('which', ['chromium'], { timeout: 10_000 }).toString().trim()
const place = await mkdtemp(join(tmpdir(), 'grapevine-pictures-'))
const lab = await openLab({
  peers: 8,
  folder: join(place, 'lab'),
  listen: '127.0.0.1:0',
  program: await serviceFile(),
  page: await builtPage(),
})
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  mkdirSync(folder, { recursive: true })
  const page = await browser.newPage({ viewport: wide, reducedMotion: 'reduce' })
  const shoot = async (name: string): Promise<void> => {
    // What moves has come to rest, and what was said in a corner has gone.
    for (const toast of await page.locator('.toast').elementHandles()) {
      await toast.waitForElementState('hidden')
    }
    await page.waitForTimeout(2_000)
    await page.screenshot({ path: join(folder, `${name}.png`) })
    console.log(join(folder, `${name}.png`))
  }
  await page.goto(lab.address)
  await playStory({
    page,
    async seen(moment) {
      await shoot(moment)
      if (moment === 'mesh') {
        await page.emulateMedia({ colorScheme: 'dark' })
        await shoot('mesh-dark')
        await page.emulateMedia({ colorScheme: 'light' })
      }
      if (moment === 'conflict') {
        await page.setViewportSize(narrow)
        await shoot('conflict-narrow')
        await page.setViewportSize(wide)
      }
    },
  })
} finally {
  await browser.close()
  await lab.close()
  await rm(place, { recursive: true, force: true })
}
