import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeDisk } from '../../test/broken-disk.js'
import { openStage } from '../../test/stage.js'

describe('grapevine restore', () => {
  it('makes a folder of a backup, whose peer goes on under a new replica id', async () => {
    await using stage = await openStage()
    await makeDisk(join(stage.folder, 'own'))
    await stage.run('backup own.backup', { at: 'own' })
    const { code, out } = await stage.run('restore own.backup', { at: 'again' })
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^restored \d+ records of 20/) as string,
    })
    const replicaAt = async (at: string): Promise<string> => {
      const { replica } = JSON.parse((await stage.run('status --json', { at })).out) as {
        readonly replica: string
      }
      return replica
    }
    expect(await replicaAt('again')).not.toBe(await replicaAt('own'))
  })

  it('restores into no folder where a peer is', async () => {
    await using stage = await openStage()
    await makeDisk(join(stage.folder, 'own'))
    await stage.run('backup own.backup', { at: 'own' })
    const { code, err } = await stage.run('restore own.backup', { at: 'own' })
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining('nothing was restored') as string,
    })
    expect((await stage.run('restore missing.backup', { at: 'again' })).code).toBe(1)
  })
})
