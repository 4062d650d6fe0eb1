import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const values = {
  'payments/db/pool.max': 50,
  'payments/db/url': 'pg://',
  'payments/limits': { daily: 500 },
  'payments/limits/weekly': 900,
  shop: 'x',
}

describe('grapevine tree', () => {
  it('shows the parts of keys once, and their values', async () => {
    await using stage = await openStage(['alice'], { values })
    expect((await stage.run('tree')).out).toBe(
      [
        '├─ payments/',
        '│  ├─ db/',
        '│  │  ├─ pool.max  50',
        '│  │  └─ url       "pg://"',
        '│  └─ limits/  {"daily":500}',
        '│     └─ weekly  900',
        '└─ shop      "x"',
        '',
      ].join('\n'),
    )
  })

  it('begins with the folder of its prefix', async () => {
    await using stage = await openStage(['alice'], { values })
    expect((await stage.run('tree payments/db/')).out).toBe(
      'payments/db/\n├─ pool.max  50\n└─ url       "pg://"\n',
    )
    expect(await stage.run('tree nothing/')).toMatchObject({ code: 0, out: '' })
    expect((await stage.run('tree payments/db/ --json')).out.split('\n')).toHaveLength(3)
  })
})
