import { describe, expect, it } from 'vitest'
import { openConflict } from '../../test/conflict.js'
import { openStage } from '../../test/stage.js'

describe('grapevine conflicts', () => {
  it('shows all values of a key that was written on both sides, and how to settle it', async () => {
    await using stage = await openConflict()
    const { out } = await stage.run('conflicts', { isTty: true })
    const [shown = '', also = '', next] = out.split('\n')
    expect(shown).toMatch(
      /^shop\/banner {2}shown {2}"\w+" +by \w+ +\d\d:\d\d:\d\d {2}\(greater stamp\)$/,
    )
    const loser = shown.includes('by alice') ? 'bob' : 'alice'
    expect(also).toMatch(new RegExp(`^ +also +"\\w+" +by ${loser} `))
    expect(next?.trim()).toBe(`grapevine resolve shop/banner --take ${loser}`)
  })

  it('gives rows to programs, and entries with --json', async () => {
    await using stage = await openConflict()
    const rows = (await stage.run('conflicts shop/')).out.trimEnd().split('\n')
    expect(rows.map((row) => row.split('\t').slice(0, 2))).toEqual([
      ['shop/banner', 'shown'],
      ['shop/banner', 'also'],
    ])
    const entry = JSON.parse((await stage.run('conflicts --json')).out) as { others: unknown[] }
    expect(entry.others).toHaveLength(1)
    expect((await stage.run('conflicts payments/')).out).toBe('')
  })

  it('says that there are none', async () => {
    await using stage = await openStage()
    expect(await stage.run('conflicts')).toMatchObject({
      code: 0,
      out: '',
      err: 'there are no conflicts\n',
    })
  })
})
