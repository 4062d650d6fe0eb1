import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const values = { 'shop/old/a': 1, 'shop/old/b': 2, 'shop/old/c': 3, 'shop/new': 4 }
const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`many/${at}`, at]))

describe('grapevine rm', () => {
  it('removes all the keys it names, or none', async () => {
    await using stage = await openStage(['alice'], { values })
    expect(await stage.run('rm shop/old/a shop/old/x')).toMatchObject({ code: 3, out: '' })
    expect(stage.peer.has('shop/old/a')).toBe(true)
    expect((await stage.run('rm shop/old/a shop/old/b')).code).toBe(0)
    expect(stage.peer.entries().map(({ key }) => key)).toEqual(['shop/new', 'shop/old/c'])
  })

  it('says how many keys begin with a prefix, and asks', async () => {
    await using stage = await openStage(['alice'], { values })
    const no = await stage.run('rm --prefix shop/old/', { isTty: true, typed: ['n'] })
    expect(no).toMatchObject({ code: 130, out: '' })
    expect(no.err).toContain('Remove 3 keys that begin with shop/old/?')
    expect(stage.peer.entries()).toHaveLength(4)
    const yes = await stage.run('rm --prefix shop/old/**', { isTty: true, typed: ['y'] })
    expect(yes.code).toBe(0)
    expect(stage.peer.entries().map(({ key }) => key)).toEqual(['shop/new'])
  })

  it('wants the exact number from a script', async () => {
    await using stage = await openStage(['alice'], { values })
    expect((await stage.run('rm --prefix shop/old/')).code).toBe(2)
    const wrong = await stage.run('rm --prefix shop/old/ --confirm 2')
    expect(wrong).toMatchObject({
      code: 2,
      err: expect.stringContaining('it is 3 keys') as string,
    })
    expect(stage.peer.entries()).toHaveLength(4)
    expect((await stage.run('rm --prefix shop/old/ --confirm 3')).code).toBe(0)
    expect(stage.peer.entries()).toHaveLength(1)
  })

  it('asks about many keys, even if each is named', async () => {
    await using stage = await openStage(['alice'], { values: many })
    const keys = Object.keys(many)
    expect((await stage.run(['rm', ...keys])).code).toBe(2)
    expect((await stage.run(['rm', ...keys, '--yes'])).code).toBe(0)
    expect(stage.peer.entries()).toEqual([])
  })

  it('removes only the version that was seen', async () => {
    await using stage = await openStage(['alice'], { values })
    const version = stage.peer.entry('shop/new')?.version ?? ''
    await stage.peer.set('shop/new', 5)
    expect((await stage.run(['rm', 'shop/new', '--if-match', version])).code).toBe(5)
    expect((await stage.run('rm --prefix shop/ --if-match x')).code).toBe(2)
    expect(stage.peer.entries()).toHaveLength(4)
  })

  it('shows what would go with --dry-run, without a question', async () => {
    await using stage = await openStage(['alice'], { values })
    expect((await stage.run('rm --prefix shop/old/ --dry-run')).out).toBe(
      '- shop/old/a  1\n- shop/old/b  2\n- shop/old/c  3\n',
    )
    expect(stage.peer.entries()).toHaveLength(4)
  })

  it('refuses what could mean anything', async () => {
    await using stage = await openStage(['alice'], { values })
    expect((await stage.run('rm')).code).toBe(2)
    expect((await stage.run('rm shop/new --prefix shop/')).code).toBe(2)
    expect((await stage.run('rm --prefix shop/*d')).err).toContain('is no prefix of keys')
    expect((await stage.run('rm --prefix nothing/')).code).toBe(3)
    expect((await stage.run('rm --prefix shop/ --confirm many')).code).toBe(2)
  })
})
