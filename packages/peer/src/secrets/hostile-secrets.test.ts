import type { Value } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { secretMesh, unreadable } from '../../test/secret-mesh.js'
import type { Keeper } from '../../test/secret-mesh.js'

const canary = 'canary-9f2c71d0'

describe('what only looks like a secret', () => {
  const age = (of: Keeper) => of.age.recipient

  it('is a clear error, and harms nobody who lists, seals again or looks for exposure', async () => {
    const { keepers, roster } = await secretMesh()
    const [alice, bob] = keepers
    await alice.secrets.setSecret('good', 'x', { to: ['alice', 'bob'] })
    const { $secret: good } = alice.peer.get('good') as { $secret: Record<string, Value> }
    const stanza = `-> scrypt ${'A'.repeat(22)} 30\n${'A'.repeat(43)}\n`
    const scrypt = Buffer.from(
      `age-encryption.org/v1\n${stanza}--- ${'A'.repeat(43)}\n${'x'.repeat(99)}`,
    )
    const one = { age: age(alice) }
    const hostile: Record<string, Value> = {
      none: null,
      text: 'secret',
      empty: {},
      version: { ...good, version: 2 },
      kind: { ...good, kind: 'code' },
      audience: { ...good, audience: 'world' },
      nobody: { ...good, recipients: [] },
      notAge: { ...good, recipients: [{ age: 'age1qqq' }] },
      postQuantum: { ...good, recipients: [{ age: `age1pq1${'q'.repeat(55)}` }] },
      notPeer: { ...good, recipients: [{ ...one, peer: 'alice' }] },
      nameless: { ...good, recipients: [{ ...one, name: 'alice' }] },
      control: { ...good, recipients: [{ ...one, peer: alice.peer.id, name: 'a\u001b[2J' }] },
      many: { ...good, recipients: Array.from({ length: 1025 }, () => one) },
      noBytes: { ...good, age: 'age-encryption.org/v1' },
      cut: { ...good, age: (good['age'] as Uint8Array).subarray(0, -1) },
      bare: { ...good, age: new Uint8Array(0) },
      scrypt: { ...good, recipients: [one], age: scrypt },
      stanzas: { ...good, recipients: [one] },
    }
    const set = Object.fromEntries(
      Object.entries(hostile).map(([key, $secret]) => [`bad/${key}`, { $secret }]),
    )
    await alice.peer.publish({ set })
    for (const key of Object.keys(set)) {
      await expect(alice.secrets.secret(key), key).rejects.toMatchObject(
        unreadable(/^bad\/\w+ cannot be opened: .+; ask alice, who wrote it by release/),
      )
    }
    for (const key of ['bad/scrypt', 'bad/stanzas']) {
      await expect(alice.secrets.secret(key)).rejects.toMatchObject(
        unreadable('it is no age file for 1 X25519 recipient;'),
      )
    }
    const listed = alice.secrets.secrets('bad/')
    expect(listed).toHaveLength(Object.keys(hostile).length)
    expect(listed.filter(({ fault }) => fault !== undefined)).toHaveLength(14)
    roster.splice(1, 1)
    const { resealed, left } = await alice.secrets.reseal()
    expect(resealed.map(({ key }) => key)).toEqual(['good'])
    expect(left.length).toBeGreaterThan(14)
    expect((await alice.secrets.exposedTo(bob.peer.id)).map(({ key }) => key)).toContain('good')
    // What is broken can be replaced.
    await alice.secrets.setSecret('bad/cut', 'new', { to: ['alice'] })
    expect(await alice.secrets.secret('bad/cut')).toBe('new')
  })

  it('is no way to a secret: neither under another key, nor with other recipients', async () => {
    const { mesh, keepers } = await secretMesh()
    const [alice, bob, carol] = keepers
    await alice.secrets.setSecret('a', canary, { to: ['alice', 'bob'] })
    await mesh.settle()
    const sealed = carol.peer.get('a') as { $secret: Record<string, Value> }
    const [first] = sealed.$secret['recipients'] as Value[]
    await carol.peer.publish({
      set: {
        moved: sealed,
        a: { $secret: { ...sealed.$secret, recipients: [first!, { age: age(carol) }] } },
        everybody: { $secret: { ...sealed.$secret, audience: 'members' } },
      },
    })
    await mesh.settle()
    for (const key of ['moved', 'a', 'everybody']) {
      await expect(alice.secrets.secret(key)).rejects.toMatchObject(
        unreadable('it was sealed for another key, or to others than it says'),
      )
      await expect(carol.secrets.secret(key)).rejects.toMatchObject(unreadable(''))
    }
    const { resealed, left } = await alice.secrets.reseal({ to: 'members' })
    expect(resealed).toEqual([])
    expect(left.map(({ key }) => key)).toEqual(['a', 'everybody', 'moved'])
    await expect(bob.secrets.secret('moved')).rejects.toMatchObject(unreadable(''))
  })
})
