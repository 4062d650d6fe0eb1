import { describe, expect, it } from 'vitest'
import { closedMesh, shop } from '../../test/closed-mesh.js'
import { signDraft } from '../writing/signed.js'

describe('sealSecret', () => {
  it('seals what a person then signs elsewhere, and writes nothing itself', async () => {
    const mesh = await closedMesh(['alice', 'bob'])
    const { alice, bob } = mesh
    const ann = await mesh.person('ann', shop)
    const sealed = await bob.sealSecret('shop/s', 'hush', { to: 'members' })
    expect(bob.status().keys).toBe(0)
    await bob.publishSigned(signDraft(ann, { set: { 'shop/s': sealed } }, bob.status()))
    await mesh.settle()
    expect(await alice.secret('shop/s')).toBe('hush')
  })

  it('answers what is there, where that says the same to the same', async () => {
    const { alice } = await closedMesh(['alice', 'bob'])
    await alice.setSecret('s', 'hush', { to: 'members' })
    const there = alice.get('s')
    expect(await alice.sealSecret('s', 'hush', { to: 'members' })).toBe(there)
    for (const [secret, options] of [
      ['hush', { to: ['alice'] }],
      ['louder', { to: 'members' }],
      ['hush', { to: 'members', force: true }],
    ] as const) {
      expect(await alice.sealSecret('s', secret, options)).not.toEqual(there)
    }
  })

  it('refuses what setSecret refuses', async () => {
    const { alice } = await closedMesh(['alice'])
    await expect(alice.sealSecret('/', 'x', { to: 'members' })).rejects.toMatchObject({
      code: 'KEY_INVALID',
    })
    await expect(alice.sealSecret('a', 'x', { to: ['nobody'] })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
    await expect(alice.sealSecret('a', 7 as never, { to: 'members' })).rejects.toMatchObject({
      code: 'VALUE_INVALID',
    })
  })
})
