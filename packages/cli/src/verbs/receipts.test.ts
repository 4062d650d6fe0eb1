import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

describe('grapevine receipts', () => {
  it('says who has a release, by its short name', async () => {
    await using stage = await openStage(['alice', 'bob'])
    const { replica, seq, reached } = await stage.peer.set('shop/banner', 'Sale!')
    await reached({ timeout: '30s' })
    const { code, out, err } = await stage.run(`receipts ${replica.slice(0, 8)}·${seq}`)
    // They come by their ids, which differ each time.
    expect(out.split('\n').sort()).toEqual(['', 'alice\treached\t', 'bob\treached\t'])
    expect({ code, err }).toEqual({ code: 0, err: '2/2 have it\n' })
  })

  it('says who refused it, and why', async () => {
    await using stage = await openStage(['alice', 'bob'])
    const small = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) =>
          typeof value === 'number' && value > 5
            ? { issues: [{ message: 'above 5' }] }
            : { value: value as number },
      },
    } as const
    stage.peerOf('bob').bind('shop/max', small, { default: 1 })
    const release = await stage.peer.set('shop/max', 9)
    await release.reached({ timeout: '10s' }).catch(() => undefined)
    const { out, err } = await stage.run(`receipts ${release.name}`)
    expect(out).toContain('bob\trefused\tshop/max: ')
    expect(err).toContain('1/2 have it · 1 refused')
  })

  it('knows no release of that name', async () => {
    await using stage = await openStage()
    expect((await stage.run('receipts abcd·7')).code).toBe(3)
  })
})
