import { readFile } from 'node:fs/promises'
import { serveApi } from '@grapevine/api'
import type { Page } from '@grapevine/api'
import { describe, expect, it } from 'vitest'
import { fakeTerminal } from '../../test/fake-terminal.js'
import { openStage } from '../../test/stage.js'
import { pageFor, tellDashboard } from './dashboard.js'
import { openLog } from './log.js'

const start = { body: new TextEncoder().encode('<!doctype html>'), type: 'text/html' }
const page: Page = { files: new Map([['/', { ...start, isImmutable: false }]]) }
const load = async (): Promise<Page> => page

const settings = (listen: readonly string[] | undefined, at: string | undefined) => ({
  listen,
  'api.listen': at,
  'api.dashboard': true,
})

describe('the dashboard of a peer', () => {
  it('is read only where it is asked for', async () => {
    const off = { ...settings(undefined, undefined), 'api.dashboard': false }
    const failing = async (): Promise<Page> => Promise.reject(new Error('it is not there'))
    expect(await pageFor(off, failing)).toBeUndefined()
    await expect(pageFor(settings(undefined, '127.0.0.1:7300'), failing)).rejects.toThrow(
      'it is not there',
    )
    expect(await pageFor(settings(['0.0.0.0:7300'], '127.0.0.1:7654'), load)).toBe(page)
  })

  it('has no port of its peer', async () => {
    await expect(pageFor(settings(['0.0.0.0:7300'], '127.0.0.1:7300'), load)).rejects.toThrow(
      'at port 7300',
    )
    expect(await pageFor(settings(['0.0.0.0:0'], '127.0.0.1:0'), load)).toBe(page)
  })

  it('is told with its address and the file of its token, and the token itself is not', async () => {
    await using stage = await openStage()
    const dataDir = stage.folder
    await using api = await serveApi(stage.peer, { dataDir, listen: '127.0.0.1:0', page })
    const { terminal, err } = fakeTerminal(stage.folder, {})
    const log = openLog(terminal, { level: 'info', format: 'json' })
    tellDashboard(api, log)
    const told = JSON.parse(err()) as Readonly<Record<string, string>>
    expect(told).toMatchObject({
      dashboard: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      tokenFile: api.tokenFile,
    })
    expect(told['msg']).toBe(
      `dashboard at ${told['dashboard']}, it asks for what is in ${api.tokenFile}`,
    )
    const token = (await readFile(api.tokenFile ?? '', 'utf8')).trim()
    expect(err()).not.toContain(token)
    const shown = await fetch(told['dashboard'] ?? '')
    expect(await shown.text()).toBe('<!doctype html>')
  })
})
