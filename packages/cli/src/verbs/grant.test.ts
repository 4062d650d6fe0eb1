import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

describe('grapevine grant', () => {
  it('gives a linked member other rights at once', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    const { code, out, err } = await stage.run('grant bob --can shop/**=write --for 30d')
    expect({ code, out }).toEqual({ code: 0, out: '' })
    expect(err).toContain('bob: shop/**=write, until 20')
    expect(err).toContain('counts from now on')
    await stage.mesh.settle()
    await stage.peerOf('bob').set('shop/banner', 'Sale!')
  })

  it('prints the badge of who is not linked, to be handed over', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    stage.mesh.cut(['alice'], ['bob'])
    const { code, out, err } = await stage.run('grant bob --read-only')
    expect(code).toBe(0)
    expect(out).toMatch(/^gv\w+\.\S+\n$/)
    expect(err).toContain('hand it the badge')
  })

  it('takes no rights by accident: it wants them said', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    const missing = await stage.run('grant bob')
    expect(missing).toMatchObject({
      code: 2,
      err: expect.stringContaining('--read-only') as string,
    })
    expect((await stage.run('grant bob --read-only --can shop/**=write')).code).toBe(2)
    expect((await stage.run('grant nobody --read-only')).code).toBe(3)
  })
})
