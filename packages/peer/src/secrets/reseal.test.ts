import { describe, expect, it } from 'vitest'
import { newIdentity, secretMesh, unreadable } from '../../test/secret-mesh.js'

describe('sealing again', () => {
  it('leaves out who was revoked, takes in who has come, and says what it did', async () => {
    const { mesh, keepers, roster } = await secretMesh()
    const [alice, bob, carol] = keepers
    await alice.secrets.setSecret('a', 'named', { to: ['alice', 'bob'] })
    await alice.secrets.setSecret('b', 'all', { to: 'members' })
    await alice.secrets.setSecret('c', 'untouched', { to: ['alice', 'carol'] })
    await alice.secrets.setSecret('d', 'not ours', { to: ['bob', 'carol'] })
    await alice.secrets.setSecret('e', 'only his', { to: ['bob'] })
    roster.splice(1, 1)
    const { published, resealed, left } = await alice.secrets.reseal({ message: 'bob has left' })
    const gone = `bob (${bob.age.recipient.slice(0, 12)}…)`
    expect(resealed).toEqual([
      { key: 'a', added: [], dropped: [gone] },
      { key: 'b', added: [], dropped: [gone] },
    ])
    expect(left).toEqual([
      { key: 'd', why: 'it is not sealed to alice' },
      { key: 'e', why: 'no recipient is left: say `to` whom' },
    ])
    expect(published.map(({ message }) => message)).toEqual(['bob has left'])
    await mesh.settle()
    for (const key of ['a', 'b']) {
      await expect(bob.secrets.secret(key)).rejects.toMatchObject(unreadable('not to bob'))
    }
    expect(await carol.secrets.secret('b')).toBe('all')
    expect(await alice.secrets.reseal()).toMatchObject({ published: [], resealed: [] })

    const { resealed: byCarol } = await carol.secrets.reseal({ prefix: 'd' })
    expect(byCarol).toEqual([{ key: 'd', added: [], dropped: [gone] }])
  })

  it('follows a peer to its new key, and never what a value says is the key of a peer', async () => {
    const { mesh, keepers, roster } = await secretMesh()
    const [alice, bob] = keepers
    await alice.secrets.setSecret('a', 'x', { to: ['alice', 'bob'] })
    const renewed = newIdentity()
    roster[1] = { ...roster[1]!, recipient: renewed.recipient }
    await mesh.settle()
    expect(alice.secrets.secrets()[0]?.recipients[1]).toMatchObject({ isStale: true })
    await alice.secrets.reseal()
    const [info] = alice.secrets.secrets()
    expect(info?.recipients.map(({ age, name }) => [age, name])).toEqual([
      [alice.age.recipient, 'alice'],
      [renewed.recipient, 'bob'],
    ])
    await mesh.settle()
    await expect(bob.secrets.secret('a')).rejects.toMatchObject(unreadable('not to bob'))
  })

  it('goes to whom it is told, in as many releases as it takes', async () => {
    const { keepers } = await secretMesh()
    const [alice] = keepers
    const large = new Uint8Array(900_000)
    for (const key of ['a', 'b', 'c', 'd']) {
      await alice.secrets.setSecret(key, large, { to: ['alice'] })
    }
    const { published, resealed } = await alice.secrets.reseal({ to: ['alice', 'bob'] })
    expect(published).toHaveLength(2)
    expect(resealed.map(({ key, added }) => [key, ...added])).toEqual(
      ['a', 'b', 'c', 'd'].map((key) => [key, 'bob']),
    )
  })

  it('leaves to others what they have changed meanwhile', async () => {
    const { keepers } = await secretMesh()
    const [alice] = keepers
    await alice.secrets.setSecret('a', 'one', { to: ['alice'] })
    await alice.secrets.setSecret('b', 'one', { to: ['alice'] })
    const sealing = alice.secrets.reseal({ to: ['alice', 'bob'] })
    await alice.peer.set('a', 'somebody else')
    const { resealed, left } = await sealing
    expect(resealed.map(({ key }) => key)).toEqual(['b'])
    expect(left).toEqual([{ key: 'a', why: 'somebody has changed it meanwhile: seal again' }])
    expect(alice.peer.get('a')).toBe('somebody else')
  })
})
