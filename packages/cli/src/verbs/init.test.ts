import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openSigner } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

describe('grapevine init', () => {
  it('founds a mesh, and puts the key of its root beside the folder, for its owner alone', async () => {
    await using stage = await openStage()
    const { code, out, err } = await stage.run('init shop --name alice', { at: 'new' })
    const file = join(stage.folder, 'shop-root.pem')
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(file) as string })
    expect(err).toContain('move it to a safe place')
    expect(err).toContain('grapevine up')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const members = await stage.run('members --json', { at: 'new' })
    expect(JSON.parse(members.out)).toMatchObject({
      name: 'alice',
      badge: { grants: [{ prefix: '', can: 'admin' }] },
    })
  })

  it('locks the key with a passphrase that is typed twice, and unseen', async () => {
    await using stage = await openStage()
    const typed = ['open sesame\r', 'open sesame\r']
    const { code, out, err } = await stage.run('init shop', { at: 'new', isTty: true, typed })
    expect(code, err).toBe(0)
    expect(out + err).not.toContain('sesame')
    const file = join(stage.folder, 'shop-root.pem')
    await expect(openSigner({ file })).rejects.toMatchObject({ code: 'SIGNER_UNUSABLE' })
    expect((await openSigner({ file, passphrase: 'open sesame' })).name).toBe('root')
  })

  it('makes nothing where the second passphrase is another one', async () => {
    await using stage = await openStage()
    const typed = ['one\r', 'two\r']
    expect((await stage.run('init shop', { at: 'new', isTty: true, typed })).code).toBe(2)
    await expect(stat(join(stage.folder, 'new'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('takes the passphrase from a file where nobody is there to type', async () => {
    await using stage = await openStage()
    await writeFile(join(stage.folder, 'phrase'), 'open sesame\n')
    const env = { GRAPEVINE_PASSPHRASE_FILE: 'phrase' }
    expect((await stage.run('init shop --yes', { at: 'new', env })).code).toBe(0)
    const file = join(stage.folder, 'shop-root.pem')
    expect((await openSigner({ file, passphrase: 'open sesame' })).name).toBe('root')
  })

  it('never writes over a file, and makes no second mesh in a folder', async () => {
    await using stage = await openStage()
    await writeFile(join(stage.folder, 'shop-root.pem'), 'precious')
    const over = await stage.run('init shop', { at: 'new' })
    expect(over).toMatchObject({ code: 4, err: expect.stringContaining('left as it is') as string })
    expect(await readFile(join(stage.folder, 'shop-root.pem'), 'utf8')).toBe('precious')
    expect((await stage.run('init shop --root-key other.pem', { at: 'new' })).code).toBe(0)
    const again = await stage.run('init cafe', { at: 'new' })
    expect(again).toMatchObject({
      code: 1,
      err: expect.stringContaining('belongs to a mesh already') as string,
    })
  })
})
