import { describe, expect, it } from 'vitest'
import { valueInWords } from '../shown/shown-value.js'
import { openConflict } from '../../test/conflict.js'

describe('grapevine resolve', () => {
  it('takes what an author wrote', async () => {
    for (const author of ['alice', 'bob']) {
      await using stage = await openConflict()
      expect((await stage.run(`resolve shop/banner --take ${author}`)).code).toBe(0)
      expect(stage.peer.entry('shop/banner')).toMatchObject({ value: `by${author}`, others: [] })
    }
  })

  it('takes what a release says, by its short name', async () => {
    await using stage = await openConflict()
    const { replica, seq } = stage.peer.entry('shop/banner')!.others[0]!.release
    const lost = stage.peer.entry('shop/banner')?.others[0]?.value
    const name = `${replica.slice(0, 4)}·${seq}`
    const dry = await stage.run(['resolve', 'shop/banner', '--take', name, '--dry-run'])
    expect(dry.out).toContain(`→ ${valueInWords(lost)}`)
    expect(stage.peer.conflicts()).toHaveLength(1)
    expect((await stage.run(['resolve', 'shop/banner', '--take', name])).code).toBe(0)
    expect(stage.peer.entry('shop/banner')).toMatchObject({ value: lost, others: [] })
  })

  it('takes another value', async () => {
    await using stage = await openConflict()
    const resolved = await stage.run('resolve shop/banner --value - -m both', { stdin: '[1]\n' })
    expect(resolved.code).toBe(0)
    expect(stage.peer.entry('shop/banner')).toMatchObject({
      value: [1],
      release: { message: 'both' },
      others: [],
    })
  })

  it('names the choices where somebody is meant who wrote none of them', async () => {
    await using stage = await openConflict()
    const { code, err } = await stage.run('resolve shop/banner --take carol')
    expect(code).toBe(2)
    expect(err).toContain('by alice')
    expect(err).toContain('by bob')
    expect((await stage.run('resolve shop/banner')).code).toBe(2)
    expect((await stage.run('resolve shop/banner --take bob --value 1')).code).toBe(2)
    expect(stage.peer.conflicts()).toHaveLength(1)
  })

  it('has nothing to do where nothing is in conflict', async () => {
    await using stage = await openConflict()
    await stage.peer.set('shop/calm', 1)
    expect(await stage.run('resolve shop/calm --take alice')).toMatchObject({
      code: 3,
      err: expect.stringContaining('nothing is in conflict on shop/calm') as string,
    })
    expect((await stage.run('resolve shop/baner --take alice')).err).toContain('did you mean')
  })
})
