import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const can = { bob: { '**': 'write' } } as const

describe('grapevine revoke', () => {
  it('throws a member out, says what counts no more, and which secrets to replace', async () => {
    await using stage = await openStage(['alice', 'bob', 'carol'], { closed: true, can })
    const { peer, mesh } = stage
    await peer.setSecret('db/password', 'correct horse', { to: ['alice', 'bob'] })
    await mesh.settle()
    mesh.cut(['bob'], ['alice', 'carol'])
    await stage.peerOf('bob').set('shop/late', 1)
    mesh.heal()
    await mesh.settle()
    const { code, out, err } = await stage.run('revoke bob --yes')
    expect(code, err).toBe(0)
    expect(out).toMatch(/^bob \([0-9a-f]{8}\) is thrown out/)
    expect(out).toContain('db/password  is still sealed to it')
    expect(err).toContain('--new-network-key')
    expect(peer.status().members).toBe(2)
  })

  it('asks first, and does nothing where the answer is no', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    const { code, err } = await stage.run('revoke bob', { isTty: true, typed: ['n'] })
    expect(code).toBe(130)
    expect(err).toContain('Throw bob out?')
    expect(stage.peer.status().members).toBe(2)
    expect((await stage.run('revoke bob', { isTty: true, typed: ['y'] })).code).toBe(0)
    expect(stage.peer.status().members).toBe(1)
  })

  it('wants --yes where nobody can answer', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    expect(await stage.run('revoke bob')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes') as string,
    })
    expect(stage.peer.status().members).toBe(2)
  })

  it('changes what opens the first door, too, where that is asked for', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    const { code, err } = await stage.run('revoke bob --yes --new-network-key')
    expect({ code, err }).toMatchObject({
      code: 0,
      err: expect.stringContaining('make new ones') as string,
    })
  })

  it('knows nobody of that name, and lets nobody throw out who may not', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true, can })
    expect((await stage.run('revoke nobody --yes')).code).toBe(3)
    expect((await stage.run('revoke alice --yes', { at: 'bob' })).code).toBe(4)
    expect((await stage.run('revoke bob --yes --keep-invited --drop-invited')).code).toBe(2)
  })

  it('is said by the root from a peer of its own, and nobody else needs to hear it', async () => {
    await using stage = await openStage()
    await stage.run('init shop --yes --name alice', { at: 'own' })
    const made = await stage.run(
      'invite --name spare --address 127.0.0.1:1 --json --as shop-root.pem',
      {
        at: 'own',
      },
    )
    const { key } = JSON.parse(made.out) as { readonly key: string }
    const { code, out, err } = await stage.run(['revoke', key, '--yes', '--as', 'shop-root.pem'], {
      at: 'own',
    })
    expect(code, err).toBe(0)
    expect(out).toMatch(/^spare /)
  })

  it('tells plainly that nobody has heard of it yet, where the others are away', async () => {
    await using stage = await openStage()
    await stage.run('init shop --yes --name alice', { at: 'own' })
    const alice = stage.start('up', { at: 'own' })
    await alice.wrote('listens on /ip4/')
    for (const name of ['bob', 'carol']) {
      await stage.run(`invite --out ${name}.token`, { at: 'own' })
      const joined = await stage.run(`join @${name}.token --name ${name}`, { at: name })
      expect(joined.code, joined.err).toBe(0)
    }
    alice.interrupt()
    await alice.ended
    const { code, out, err } = await stage.run('revoke bob --yes --timeout 300ms', { at: 'own' })
    expect(code, err).toBe(7)
    expect(out).toMatch(/^bob .* is thrown out/)
    expect(err).toContain('it is done, and only')
  })
})
