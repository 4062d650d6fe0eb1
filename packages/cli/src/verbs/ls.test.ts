import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const values = { 'shop/banner': 'Sale!', 'shop/limits': { daily: 500 }, 'payments/max': 3 }

describe('grapevine ls', () => {
  it('lists keys, all of them or below a prefix', async () => {
    await using stage = await openStage(['alice'], { values })
    expect((await stage.run('ls')).out).toBe('payments/max\nshop/banner\nshop/limits\n')
    for (const prefix of ['shop/', 'shop/**', 'sh']) {
      expect((await stage.run(['ls', prefix])).out).toBe('shop/banner\nshop/limits\n')
    }
    expect((await stage.run('ls **')).out.split('\n')).toHaveLength(4)
    expect(await stage.run('ls shop/*')).toMatchObject({ code: 2, out: '' })
  })

  it('says that there is nothing beside the data, and it is no failure', async () => {
    await using stage = await openStage()
    expect(await stage.run('ls')).toMatchObject({
      code: 0,
      out: '',
      err: 'there are no keys yet\n',
    })
    expect((await stage.run('ls x/ --quiet')).err).toBe('')
  })

  it('tells values and authors with --long: aligned for people, in columns for programs', async () => {
    await using stage = await openStage(['alice'], { values })
    const { out } = await stage.run('ls shop/ --long')
    const [first = ''] = out.split('\n')
    expect(first.split('\t').slice(0, 2)).toEqual(['shop/banner', '"Sale!"'])
    expect(first.split('\t')[3]).toBe('alice')
    const seen = await stage.run('ls shop/ -l', { isTty: true })
    expect(seen.out).toContain('KEY          VALUE')
    expect(seen.out).toContain('shop/limits  {"daily":500}')
  })

  it('gives one entry a line with --json', async () => {
    await using stage = await openStage(['alice'], { values })
    const lines = (await stage.run('ls shop/ --json')).out.trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { key: string }).key)).toEqual([
      'shop/banner',
      'shop/limits',
    ])
  })
})
