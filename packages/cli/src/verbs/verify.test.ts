import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { breakDisk, makeDisk } from '../../test/broken-disk.js'
import { openStage } from '../../test/stage.js'

describe('grapevine verify', () => {
  it('says that a disk is sound', async () => {
    await using stage = await openStage()
    await makeDisk(join(stage.folder, 'own'))
    const { code, out } = await stage.run('verify', { at: 'own' })
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+ records, .*\nit is sound\n$/) as string,
    })
  })

  it('says what is damaged, and the command that repairs it', async () => {
    await using stage = await openStage()
    const dataDir = join(stage.folder, 'own')
    await makeDisk(dataDir)
    await breakDisk(dataDir)
    const { code, out, err } = await stage.run('verify', { at: 'own' })
    expect(code).toBe(1)
    expect(out).toMatch(/fault: it ends at transaction \d+/)
    expect(err).toContain(`grapevine repair --data-dir ${dataDir}`)
    const { faults } = JSON.parse((await stage.run('verify --json', { at: 'own' })).out) as {
      readonly faults: readonly string[]
    }
    expect(faults).toHaveLength(1)
  })

  it('leaves a peer alone that runs', async () => {
    await using stage = await openStage()
    const running = stage.start('up --open try', { at: 'own' })
    await running.wrote('listens on /ip4/')
    expect((await stage.run('verify', { at: 'own' })).code).toBe(6)
    running.interrupt()
    await running.ended
  })
})
