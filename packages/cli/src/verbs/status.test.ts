import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

describe('grapevine status', () => {
  it('says where a peer stands, and that everybody is in sight', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true, values: { a: 1 } })
    const { code, out } = await stage.run('status')
    expect(code).toBe(0)
    expect(out).toMatch(
      /^alice in test, running, replica [0-9a-f]{4,}\n2 of 2 peers in sight\n1 key, 0 conflicts\n1 link, equal with another member /,
    )
    expect(out).toMatch(/\na member until \d{4}-/)
  })

  it('names conflicts, and where to look', async () => {
    await using stage = await openStage(['alice', 'bob'])
    stage.mesh.cut(['alice'], ['bob'])
    await stage.peer.set('a', 1)
    await stage.peerOf('bob').set('a', 2)
    stage.mesh.heal()
    await stage.mesh.settle()
    expect((await stage.run('status')).out).toContain('1 key, 1 conflict: grapevine conflicts')
  })

  it('gives the counters with --json', async () => {
    await using stage = await openStage()
    expect(JSON.parse((await stage.run('status --json')).out)).toMatchObject({
      name: 'alice',
      members: 1,
      counters: {},
    })
  })

  it('answers probes, and opens no peer for them', async () => {
    await using stage = await openStage()
    expect(await stage.run('status --check')).toMatchObject({ code: 0, out: '' })
    await stage.run('init shop --yes', { at: 'own' })
    expect(await stage.run('status --check', { at: 'own' })).toMatchObject({ code: 6, out: '' })
  })

  it('answers without a running peer, from the disk', async () => {
    await using stage = await openStage()
    await stage.run('init shop --yes --name alice', { at: 'own' })
    expect((await stage.run('status', { at: 'own' })).out).toMatch(
      /^alice in shop, for this command, /,
    )
    expect((await stage.run('status', { at: 'nobody' })).code).toBe(6)
  })
})
