import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const values = {
  'shop/banner': 'Sale!',
  'shop/limits': { max: 500, names: ['a'] },
  'shop/logo': new Uint8Array([0, 255, 10]),
  'shop/evil': 'a\u001b[2Jb',
}

describe('grapevine get', () => {
  it('prints a text bare, everything else as JSON, and bytes as they are', async () => {
    await using stage = await openStage(['alice'], { values })
    expect(await stage.run('get shop/banner')).toMatchObject({ code: 0, out: 'Sale!\n', err: '' })
    expect((await stage.run('get shop/limits')).out).toBe('{"max":500,"names":["a"]}\n')
    expect((await stage.run('get shop/logo')).outBytes).toEqual(Buffer.from([0, 255, 10]))
  })

  it('shows JSON over several lines where somebody reads it', async () => {
    await using stage = await openStage(['alice'], { values })
    const { out } = await stage.run('get shop/limits', { isTty: true })
    expect(JSON.parse(out)).toEqual(values['shop/limits'])
    expect(out).toContain('\n  "max": 500,\n')
  })

  it('lets no value steer the terminal', async () => {
    await using stage = await openStage(['alice'], { values })
    expect((await stage.run('get shop/evil', { isTty: true })).out).toBe('a\\u001b[2Jb\n')
    expect((await stage.run('get shop/evil')).out).toBe('a\u001b[2Jb\n')
    expect(await stage.run('get shop/logo', { isTty: true })).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('grapevine get shop/logo > file') as string,
    })
  })

  it('shows the whole entry with --json, and its version can be handed back', async () => {
    await using stage = await openStage(['alice'], { values })
    const entry = JSON.parse((await stage.run('get shop/banner --json')).out) as {
      readonly version: string
    }
    expect(entry).toMatchObject({ key: 'shop/banner', value: 'Sale!', others: [] })
    expect(entry.version).toBe(stage.peer.entry('shop/banner')?.version)
    expect(JSON.parse((await stage.run('--json get shop/logo')).out)).toMatchObject({
      value: { $bytes: 'AP8K' },
    })
  })

  it('says what was probably meant where there is no such key', async () => {
    await using stage = await openStage(['alice'], { values })
    expect(await stage.run('get shop/baner')).toEqual(
      expect.objectContaining({
        code: 3,
        out: '',
        err: 'grapevine get: there is no key shop/baner\n  next: did you mean shop/banner?\n',
      }),
    )
    expect((await stage.run('get shop')).err).toContain('4 keys begin with shop/')
    const { err } = await stage.run('get nothing/like/it --json')
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'NOT_FOUND', exitCode: 3 } })
  })

  it('opens a secret only if it is asked to', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    await stage.peer.setSecret('shop/password', 'hunter2', { to: ['alice'] })
    await stage.mesh.settle()
    const plain = await stage.run('get shop/password')
    expect(plain.out).not.toContain('hunter2')
    expect(plain.err).toContain('--secret opens it')
    expect((await stage.run('get shop/password --secret')).out).toBe('hunter2\n')
    expect(await stage.run('get shop/password --secret', { at: 'bob' })).toMatchObject({
      code: 4,
      out: '',
    })
    expect(await stage.run('get shop/pasword --secret')).toMatchObject({
      code: 3,
      err: expect.stringContaining('did you mean shop/password?') as string,
    })
  })
})
