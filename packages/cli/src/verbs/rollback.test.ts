import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'
import type { Stage } from '../../test/stage.js'

const values = { 'shop/a': 1, 'shop/b': 2, 'shop/c': 3 }

/** Its second release changed three keys and made one; bob changed one of them since. */
async function openSale(): Promise<Stage & { readonly sale: string }> {
  const stage = await openStage(['alice', 'bob'], { values })
  const { replica, seq } = await stage.peer.publish({
    set: { 'shop/a': 10, 'shop/b': 20, 'shop/d': 40 },
    remove: ['shop/c'],
  })
  await stage.mesh.settle()
  await stage.peerOf('bob').set('shop/b', 21)
  await stage.mesh.settle()
  return { ...stage, sale: `${replica.slice(0, 4)}·${seq}` }
}

describe('grapevine rollback', () => {
  it('returns what a release changed, and leaves alone and names what was changed since', async () => {
    await using stage = await openSale()
    const { code, out, err } = await stage.run(['rollback', stage.sale, '--yes'])
    expect(code).toBe(0)
    expect(out).toContain('·3')
    expect(err).toContain(
      `3 keys return to what they were before ${stage.sale}; 1 was changed since by bob and is left alone`,
    )
    expect(err).toMatch(/changed since {2}shop\/b {2}by bob, [0-9a-f]{4,}·1\n/)
    const now = stage.peer.entries().map(({ key, value }) => [key, value])
    expect(now).toEqual([
      ['shop/a', 1],
      ['shop/b', 21],
      ['shop/c', 3],
    ])
  })

  it('shows the plan and asks', async () => {
    await using stage = await openSale()
    const no = await stage.run(['rollback', stage.sale], { isTty: true, typed: ['n'] })
    expect(no.code).toBe(130)
    expect(no.err).toContain('~ shop/a  10 → 1')
    expect((await stage.run(['rollback', stage.sale])).code).toBe(2)
    const dry = await stage.run(['rollback', stage.sale, '--dry-run'])
    expect(dry).toMatchObject({
      code: 0,
      out: '~ shop/a  10 → 1\n+ shop/c  3\n- shop/d  40\n',
    })
    expect(stage.peer.get('shop/a')).toBe(10)
  })

  it('is no success where all of it was changed since', async () => {
    await using stage = await openStage(['alice', 'bob'], { values: { 'shop/a': 1 } })
    const name = stage.peer.entry('shop/a')?.release.name ?? ''
    await stage.peer.set('shop/a', 2)
    expect(await stage.run(['rollback', name, '--yes'])).toMatchObject({
      code: 5,
      out: '',
      err: expect.stringContaining('1 was changed since by alice') as string,
    })
    expect((await stage.run('rollback ffff·1 --yes')).code).toBe(3)
    expect((await stage.run('rollback')).code).toBe(2)
    expect((await stage.run('rollback --key shop/a')).code).toBe(2)
  })
})

describe('grapevine rollback --key', () => {
  it('returns one key so many values back, or to that of a release', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/a': 1 } })
    const first = stage.peer.entry('shop/a')?.release.name ?? ''
    await stage.peer.set('shop/a', 2)
    await stage.peer.remove('shop/a')
    expect((await stage.run('rollback --key shop/a --to 1 --yes')).code).toBe(0)
    expect(stage.peer.get('shop/a')).toBe(2)
    expect((await stage.run(['rollback', '--key', 'shop/a', '--to', first, '--yes'])).code).toBe(0)
    expect(stage.peer.get('shop/a')).toBe(1)
    expect(stage.peer.entry('shop/a')?.release.message).toBe(`returns shop/a to ${first}`)
    expect((await stage.run('rollback --key shop/a --to 2 --yes')).code).toBe(0)
    expect(stage.peer.has('shop/a')).toBe(false)
  })

  it('refuses what the key never had', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/a': 1 } })
    expect((await stage.run('rollback --key shop/a --to 1 --yes')).code).toBe(3)
    expect((await stage.run('rollback --key shop/a --to ffff·9 --yes')).code).toBe(3)
    expect((await stage.run('rollback --key shop/x --to 1 --yes')).code).toBe(3)
  })
})
