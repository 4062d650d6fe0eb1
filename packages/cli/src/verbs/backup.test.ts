import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeDisk } from '../../test/broken-disk.js'
import { openStage } from '../../test/stage.js'

describe('grapevine backup', () => {
  it('copies a peer that does not run into one file, for its owner alone', async () => {
    await using stage = await openStage()
    await makeDisk(join(stage.folder, 'own'))
    const { code, out } = await stage.run('backup own.backup', { at: 'own' })
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('keep it secret') as string,
    })
    expect((await stat(join(stage.folder, 'own.backup'))).mode & 0o777).toBe(0o600)
  })

  it('copies one that runs', async () => {
    await using stage = await openStage()
    const running = stage.start('up --open try', { at: 'own' })
    await running.wrote('listens on /ip4/')
    await stage.run('set shop/banner Sale!', { at: 'own' })
    const { code, err } = await stage.run('backup own.backup', { at: 'own' })
    expect(code, err).toBe(0)
    running.interrupt()
    await running.ended
    expect((await stage.run('restore own.backup', { at: 'again' })).code).toBe(0)
    expect((await stage.run('get shop/banner', { at: 'again' })).out).toBe('Sale!\n')
  })

  it('never writes over a file', async () => {
    await using stage = await openStage()
    await writeFile(join(stage.folder, 'precious'), 'mine')
    expect((await stage.run('backup precious')).code).toBe(2)
    expect(await readFile(join(stage.folder, 'precious'), 'utf8')).toBe('mine')
  })
})
