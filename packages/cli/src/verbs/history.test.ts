import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

describe('grapevine history', () => {
  it('lists what a key had, newest first, with the reasons', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/banner': 'Sale!' } })
    await stage.peer.set('shop/banner', 'Closed', { message: 'stock\ntaking' })
    await stage.peer.remove('shop/banner')
    const { out } = await stage.run('history shop/banner')
    const rows = out
      .slice(0, -1)
      .split('\n')
      .map((line) => line.split('\t'))
    expect(rows.map(([back, , , by, value, message]) => [back, by, value, message])).toEqual([
      ['0', 'alice', '(removed)', ''],
      ['1', 'alice', '"Closed"', 'stock taking'],
      ['2', 'alice', '"Sale!"', ''],
    ])
    const seen = await stage.run('history shop/banner', { isTty: true })
    expect(stripVTControlCharacters(seen.out).split('\n')[0]).toMatch(
      /^BACK +WHEN +RELEASE +BY +VALUE +MESSAGE$/,
    )
  })

  it('is as the API answers it with --json, and knows near keys', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/banner': 'Sale!' } })
    const { out } = await stage.run('history shop/banner --json')
    expect(JSON.parse(out)).toMatchObject({ value: 'Sale!', release: { seq: 1 } })
    expect(await stage.run('history shop/bannr')).toMatchObject({
      code: 3,
      err: expect.stringContaining('did you mean shop/banner?') as string,
    })
  })
})
