import { describe, expect, it } from 'vitest'
import { openLab } from '@grapevine/lab'
import { builtPage } from '../../packages/dashboard/test/built-page.ts'
import { openBrowser, openTab } from '../../packages/dashboard/test/tab.ts'
import { serviceFile } from '../../packages/lab/test/bundles.ts'
import { placeForLab } from '../../packages/lab/test/temporary.ts'
import { playStory } from './story.ts'
import type { Moment } from './story.ts'

const browser = openBrowser()

describe('a newcomer, in a browser,', () => {
  it(
    'edits, cuts, heals, settles, rolls back, and sees who is missing',
    { timeout: 400_000 },
    async () => {
      await using lab = await openLab({
        peers: 8,
        folder: await placeForLab(),
        listen: '127.0.0.1:0',
        program: await serviceFile(),
        page: await builtPage(),
      })
      await using tab = await openTab(browser(), lab.address)
      const seen: Moment[] = []
      await playStory({ page: tab.page, seen: async (moment) => void seen.push(moment) })
      expect(seen.at(-1)).toBe('figures')
      expect(tab.faults).toEqual([])
    },
  )
})
