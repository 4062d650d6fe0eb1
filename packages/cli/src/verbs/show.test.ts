import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

describe('grapevine show', () => {
  it('says who wrote a release, why, and what it changed', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/a': 1, 'shop/b': 2 } })
    const { name, replica } = await stage.peer.publish({
      set: { 'shop/a': 10, 'shop/c': 3 },
      remove: ['shop/b'],
      message: 'for the sale',
    })
    const short = `${replica.slice(0, 4)}·2`
    for (const typed of [name, short, short.replace('·', '.')]) {
      const { out } = await stage.run(['show', typed])
      expect(out.split('\n')[0]).toMatch(
        new RegExp(`^release ${short} by alice, \\d\\d:\\d\\d:\\d\\d: for the sale$`),
      )
      expect(out).toContain('  ~ shop/a  1 → 10\n  - shop/b  2\n  + shop/c  3\n')
    }
    expect(JSON.parse((await stage.run(['show', short, '--json'])).out)).toMatchObject({
      release: { name, message: 'for the sale' },
    })
  })

  it('names the author and through whom he wrote', async () => {
    await using stage = await openStage(['alice'], { closed: true })
    const carol = await stage.mesh.person('carol', { '**': 'write' })
    const { name } = await stage.peer.set('shop/a', 1, { as: carol })
    expect((await stage.run(['show', name])).out).toContain('by carol (alice), ')
  })

  it('refuses what is no release, and what is not held here', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/a': 1 } })
    expect((await stage.run('show yesterday')).code).toBe(2)
    expect((await stage.run(['show', `${stage.peer.status().replica}·99`])).code).toBe(3)
    expect((await stage.run('show ffff·1')).code).toBe(3)
  })
})
