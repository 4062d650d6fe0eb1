import { limits } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { newIdentity, secretMesh, unreadable } from '../../test/secret-mesh.js'

const canary = 'canary-9f2c71d0'

describe('a secret', () => {
  it('is read by its recipients, and by nobody else', async () => {
    const { mesh, keepers } = await secretMesh()
    const [alice, bob, carol] = keepers
    const release = await alice.secrets.setSecret('db/password', canary, { to: ['alice', 'bob'] })
    await mesh.settle()
    expect(release.isNew).toBe(true)
    expect(await alice.secrets.secret('db/password')).toBe(canary)
    expect(await bob.secrets.secret('db/password')).toBe(canary)
    await expect(carol.secrets.secret('db/password')).rejects.toMatchObject(
      unreadable(
        /^db\/password is sealed to alice, bob, and not to carol: ask one of them to seal it to carol, too$/,
      ),
    )
    const seen = JSON.stringify([carol.peer.get('db/password'), carol.peer.history('db/password')])
    expect(seen).not.toContain(canary)
  })

  it('can be bytes, empty, and text of any kind, and comes back as it was', async () => {
    const { keepers } = await secretMesh()
    const [alice] = keepers
    const given = ['', '\uFEFFmit Marke', '🔑\n', new Uint8Array(0), new Uint8Array([0, 255, 13])]
    for (const one of given) {
      await alice.secrets.setSecret('a', one, { to: ['alice'] })
      expect(await alice.secrets.secret('a')).toEqual(one)
    }
  })

  it('is undefined where the key has no value, and refused where it was written in plain', async () => {
    const { keepers } = await secretMesh()
    const [alice] = keepers
    expect(await alice.secrets.secret('none')).toBe(undefined)
    await alice.peer.set('plain', canary)
    const refused: unknown = await alice.secrets.secret('plain').catch((error: unknown) => error)
    expect(refused).toMatchObject(unreadable(/^plain is no secret: release .+ wrote it in plain/))
    expect(String(refused)).not.toContain(canary)
  })

  it('is for whom its writer says, which need not be the writer', async () => {
    const { mesh, keepers } = await secretMesh()
    const [alice, bob] = keepers
    await alice.secrets.setSecret('a', 'for bob', { to: [bob.peer.id] })
    await mesh.settle()
    expect(await bob.secrets.secret('a')).toBe('for bob')
    await expect(alice.secrets.secret('a')).rejects.toMatchObject(unreadable('sealed to bob'))
  })

  it('can be sealed to age keys that are no peers', async () => {
    const { keepers } = await secretMesh()
    const [alice] = keepers
    const person = newIdentity()
    await alice.secrets.setSecret('a', 'x', { to: [person.recipient, 'alice'] })
    const [info] = alice.secrets.secrets()
    expect(info?.recipients.map(({ peer, isStale }) => [peer, isStale])).toEqual([
      [undefined, false],
      [alice.peer.id, false],
    ])
  })

  it('is not written again by who can tell that it is there already', async () => {
    const { mesh, keepers } = await secretMesh()
    const [alice, bob, carol] = keepers
    const first = await alice.secrets.setSecret('a', canary, { to: ['alice', 'bob'] })
    await mesh.settle()
    const again = await bob.secrets.setSecret('a', canary, { to: ['bob', 'alice'] })
    expect(again).toMatchObject({ isNew: false, name: first.name })
    const forced = await bob.secrets.setSecret('a', canary, { to: ['bob', 'alice'], force: true })
    expect(forced.isNew).toBe(true)
    await mesh.settle()
    const blind = await carol.secrets.setSecret('a', canary, { to: ['alice', 'bob'] })
    expect(blind.isNew).toBe(true)
    await mesh.settle()
    const wider = await alice.secrets.setSecret('a', canary, { to: ['alice', 'bob', 'carol'] })
    expect(wider.isNew).toBe(true)
    const asBytes = await alice.secrets.setSecret('a', Buffer.from(canary), {
      to: ['alice', 'bob', 'carol'],
    })
    expect(asBytes.isNew).toBe(true)
  })

  it('takes the options of every write', async () => {
    const { keepers } = await secretMesh()
    const [alice] = keepers
    const options = { to: ['alice'], message: 'rotated', requestId: 'r-1' }
    const first = await alice.secrets.setSecret('a', 'one', options)
    expect(first.message).toBe('rotated')
    expect(await alice.secrets.setSecret('a', 'two', options)).toMatchObject({ name: first.name })
    const stale = alice.secrets.setSecret('a', 'two', { to: ['alice'], ifMatch: null })
    await expect(stale).rejects.toMatchObject({ code: 'IF_MATCH_FAILED' })
    expect(await alice.secrets.secret('a')).toBe('one')
  })

  it('is rolled back like any other value', async () => {
    const { keepers } = await secretMesh()
    const [alice] = keepers
    const first = await alice.secrets.setSecret('a', 'one', { to: ['alice'] })
    const second = await alice.secrets.setSecret('a', 'two', { to: ['alice'] })
    await alice.peer.rollback(second.name)
    expect(await alice.secrets.secret('a')).toBe('one')
    expect(await alice.secrets.secret('a', { release: second.name })).toBe('two')
    expect(await alice.secrets.secret('a', { release: first })).toBe('one')
    await expect(
      alice.secrets.secret('a', { release: { ...first, seq: 99 } }),
    ).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' })
  })

  it('is settled by either side, or by a new one, where it is in conflict', async () => {
    const { mesh, keepers } = await secretMesh()
    const [alice, bob] = keepers
    mesh.cut(['alice'], ['bob', 'carol'])
    await alice.secrets.setSecret('a', 'of alice', { to: ['alice', 'bob'] })
    await bob.secrets.setSecret('a', 'of bob', { to: ['alice', 'bob'] })
    mesh.heal()
    await mesh.settle()
    const [conflict] = alice.peer.conflicts()
    const { release } = conflict!.others[0]!
    expect(alice.secrets.secrets()[0]?.isConflict).toBe(true)
    const other = await alice.secrets.secret('a', { release })
    expect(new Set([other, await alice.secrets.secret('a')])).toEqual(
      new Set(['of alice', 'of bob']),
    )
    expect(await alice.secrets.reseal({ to: ['alice'] })).toMatchObject({
      resealed: [],
      left: [{ key: 'a', why: 'it is in conflict: resolve it first' }],
    })
    await alice.peer.resolve('a', { release })
    expect(await alice.secrets.secret('a')).toBe(other)
    expect(alice.secrets.secrets()[0]?.isConflict).toBe(false)
  })

  it('settles a conflict by being written, also with what is shown', async () => {
    const { mesh, keepers } = await secretMesh()
    const [alice, bob] = keepers
    mesh.cut(['alice'], ['bob', 'carol'])
    await alice.secrets.setSecret('a', 'same', { to: ['alice', 'bob'] })
    await bob.secrets.setSecret('a', 'same', { to: ['alice', 'bob'] })
    mesh.heal()
    await mesh.settle()
    expect(alice.peer.conflicts()).toHaveLength(1)
    const settled = await alice.secrets.setSecret('a', 'same', { to: ['alice', 'bob'] })
    expect(settled.isNew).toBe(true)
    expect(alice.peer.conflicts()).toEqual([])
  })

  it('is refused before anything is written where it is too large', async () => {
    const { keepers } = await secretMesh()
    const [alice] = keepers
    const before = alice.peer.status().keys
    const large = new Uint8Array(limits.valueBytesMax - 300)
    await expect(alice.secrets.setSecret('a', large, { to: ['alice'] })).rejects.toMatchObject({
      code: 'VALUE_INVALID',
      message: expect.stringMatching(
        /^the secret for a takes \d+ bytes, sealed to 1 recipient; the limit is 1048576/,
      ) as string,
    })
    expect(alice.peer.status().keys).toBe(before)
    const largest = new Uint8Array(limits.valueBytesMax - 1024)
    await alice.secrets.setSecret('a', largest, { to: ['alice'] })
    expect(await alice.secrets.secret('a')).toHaveLength(largest.length)
  })

  it('does not tell what was meant to be one in any error', async () => {
    const { keepers } = await secretMesh()
    const [alice] = keepers
    const { secrets } = alice
    const bad = [
      () => secrets.setSecret('', canary, { to: ['alice'] }),
      () => secrets.setSecret('a', canary, { to: [] }),
      () => secrets.setSecret('a', canary, { to: ['nobody'] }),
      () => secrets.setSecret('a', canary, { to: 'all' as 'members' }),
      () => secrets.setSecret('a', canary, undefined as never),
      () => secrets.setSecret('a', { password: canary } as never, { to: ['alice'] }),
      () => secrets.setSecret('a', [canary] as never, { to: ['alice'] }),
      () => secrets.setSecret('a', `${canary}\uD800`, { to: ['alice'] }),
      () => secrets.setSecret('a', canary, { to: ['alice'], message: 7 as never }),
      () => secrets.setSecret('a', canary.repeat(100_000), { to: ['alice'] }),
    ]
    for (const one of bad) {
      const error: unknown = await one().catch((reason: unknown) => reason)
      const { message, code, data, stack } = error as Error & Record<'code' | 'data', unknown>
      expect(code, message).toMatch(/_INVALID$/)
      expect(message + stack + JSON.stringify(data)).not.toContain(canary)
    }
    expect(alice.peer.has('a')).toBe(false)
  })
})

describe('the list of secrets', () => {
  it('says for whom each is, by name, and who of them is no member any more', async () => {
    const { mesh, keepers, roster } = await secretMesh()
    const [alice, bob, carol] = keepers
    await alice.secrets.setSecret('a/named', 'x', { to: ['alice', 'bob'] })
    await alice.secrets.setSecret('b/all', 'x', { to: 'members' })
    await alice.peer.set('c/plain', 'x')
    await mesh.settle()
    const brief = () =>
      carol.secrets.secrets().map(({ key, to, recipients, missing, isReadable }) => ({
        key,
        to,
        recipients: recipients.map(({ name, isStale }) => (isStale ? `${name}!` : name)).join(),
        missing,
        isReadable,
      }))
    const named = { key: 'a/named', to: 'named', missing: [], isReadable: false }
    const all = { key: 'b/all', to: 'members', missing: [], isReadable: true }
    expect(brief()).toEqual([
      { ...named, recipients: 'alice,bob' },
      { ...all, recipients: 'alice,bob,carol' },
    ])
    expect(carol.secrets.secrets('b/')).toHaveLength(1)

    roster.splice(1, 1)
    const dave = newIdentity().recipient
    roster.push({
      peer: 'dd'.repeat(32) as (typeof roster)[0]['peer'],
      name: 'dave',
      recipient: dave,
    })
    const gone = `bob (${bob.age.recipient.slice(0, 12)}…)!`
    expect(brief()).toEqual([
      { ...named, recipients: `alice,${gone}` },
      { ...all, recipients: `alice,${gone},carol`, missing: ['dave'] },
    ])
  })
})
