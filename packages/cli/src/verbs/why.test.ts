import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

describe('grapevine why', () => {
  it('says by whose will and by whose leave a key has its value', async () => {
    await using stage = await openStage(['alice', 'bob'], {
      closed: true,
      can: { bob: { 'shop/**': 'write' } },
    })
    await stage.peerOf('bob').set('shop/banner', 'Sale!')
    await stage.mesh.settle()
    const { out } = await stage.run('why shop/banner')
    expect(out).toMatch(
      /^"Sale!" {3}since \d\d:\d\d:\d\d, release [0-9a-f]{4,}·1 by bob\n {2}bob may write shop/,
    )
    expect(JSON.parse((await stage.run('why shop/banner --json')).out)).toMatchObject({
      key: 'shop/banner',
      value: 'Sale!',
    })
  })

  it('knows removed keys, and near ones', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/banner': 'Sale!' } })
    expect(await stage.run('why shop/baner')).toMatchObject({ code: 3, out: '' })
    await stage.peer.remove('shop/banner')
    expect((await stage.run('why shop/banner')).out).toMatch(
      /^no value {3}removed \d\d:\d\d:\d\d, release [0-9a-f]{4,}·2 by alice\n/,
    )
  })
})
