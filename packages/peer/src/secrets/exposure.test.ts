import { describe, expect, it } from 'vitest'
import { secretMesh } from '../../test/secret-mesh.js'

describe('what somebody could read', () => {
  it('is listed completely, with what became of it since', async () => {
    const { keepers, roster } = await secretMesh()
    const [alice, bob] = keepers
    const to = ['alice', 'bob', 'carol']
    for (const key of ['changed', 'changed-back', 'readable', 'removed', 'same', 'plain']) {
      await alice.secrets.setSecret(key, `one of ${key}`, { to })
    }
    await alice.secrets.setSecret('unknown', 'x', { to })
    await alice.secrets.setSecret('never', 'x', { to: ['alice', 'carol'] })
    roster.splice(1, 1)
    const now = { to: ['alice', 'carol'] }
    await alice.secrets.setSecret('changed', 'two', now)
    await alice.secrets.setSecret('changed-back', 'two', now)
    await alice.secrets.setSecret('changed-back', 'one of changed-back', now)
    await alice.secrets.setSecret('same', 'one of same', now)
    await alice.secrets.setSecret('unknown', 'y', { to: ['carol'] })
    await alice.peer.remove('removed')
    await alice.peer.set('plain', 'x')
    const expected = [
      ['changed', 'changed'],
      ['changed-back', 'same'],
      ['plain', 'unknown'],
      ['readable', 'readable'],
      ['removed', 'removed'],
      ['same', 'same'],
      ['unknown', 'unknown'],
    ]
    for (const who of [bob.peer.id, bob.age.recipient]) {
      const exposed = await alice.secrets.exposedTo(who)
      expect(exposed.map(({ key, present }) => [key, present])).toEqual(expected)
    }
    await alice.secrets.reseal()
    const after = await alice.secrets.exposedTo(bob.peer.id)
    expect(after.find(({ key }) => key === 'readable')).toMatchObject({ present: 'same' })
  })

  it('asks for whom by an id or a recipient', async () => {
    const { keepers } = await secretMesh()
    const [alice] = keepers
    await expect(alice.secrets.exposedTo('bob')).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})
