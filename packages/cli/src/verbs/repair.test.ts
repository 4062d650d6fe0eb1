import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { breakDisk, makeDisk } from '../../test/broken-disk.js'
import { openStage } from '../../test/stage.js'

describe('grapevine repair', () => {
  it('is named by whoever finds a broken disk, and makes one that opens', async () => {
    await using stage = await openStage()
    const dataDir = join(stage.folder, 'own')
    await makeDisk(dataDir)
    await breakDisk(dataDir)
    const refused = await stage.run('get shop/1', { at: 'own' })
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringContaining(`grapevine repair --data-dir ${dataDir}`) as string,
    })
    const { code, out } = await stage.run('repair', { at: 'own' })
    expect(code).toBe(0)
    expect(out).toMatch(/the broken store is now \S+: delete it when nothing is missing/)
    expect((await stage.run('get shop/1', { at: 'own' })).out).toBe('1\n')
  })

  it('says what else can be done where nothing is left', async () => {
    await using stage = await openStage()
    const dataDir = join(stage.folder, 'own')
    await makeDisk(dataDir)
    await rm(join(dataDir, 'store'), { recursive: true })
    const { code, err } = await stage.run('repair', { at: 'own' })
    expect(err).toContain('restore a backup into a new directory, or join the mesh again there')
    expect(code).toBe(1)
  })

  it('changes nothing where nothing is broken', async () => {
    await using stage = await openStage()
    await makeDisk(join(stage.folder, 'own'))
    expect((await stage.run('repair', { at: 'own' })).out).toContain('nothing to repair\n')
  })
})
