import { createClient } from '@grapevine/api/page'
import { createApi } from '@grapevine/api'
import { testMesh, testPeer } from '@grapevine/peer/testing'
import { describe, expect, it } from 'vitest'
import { proposalFor } from './proposal.js'

const clientOf = (peer: Parameters<typeof createApi>[0]) => {
  const api = createApi(peer)
  return createClient({ fetch: async (request) => api.fetch(request) })
}

describe('proposal', () => {
  it('is written as it was shown, with its message', async () => {
    await using peer = await testPeer({ values: { a: 1 } })
    const { value, version } = peer.entry('a')!
    const base = { value, version }
    const proposal = proposalFor({ key: 'a', base, value: 2, isInConflict: false })
    expect(proposal).toMatchObject({ title: 'Change a', difference: { before: 1, after: 2 } })
    const written = await proposal.write(clientOf(peer), 'because')
    expect(written).toMatchObject({ isNew: true, message: 'because' })
    expect(peer.get('a')).toBe(2)
  })

  it('is refused where somebody wrote the key meanwhile, also one that was not there', async () => {
    await using peer = await testPeer()
    const base = { value: undefined, version: null }
    const proposal = proposalFor({ key: 'a', base, value: 2, isInConflict: false })
    expect(proposal.title).toBe('New key a')
    await peer.set('a', 3)
    await expect(proposal.write(clientOf(peer), undefined)).rejects.toMatchObject({
      code: 'IF_MATCH_FAILED',
    })
    expect(peer.get('a')).toBe(3)
  })

  it('removes', async () => {
    await using peer = await testPeer({ values: { a: 1 } })
    const { value, version } = peer.entry('a')!
    const wish = { key: 'a', base: { value, version }, value: undefined, isInConflict: false }
    await proposalFor(wish).write(clientOf(peer), undefined)
    expect(peer.has('a')).toBe(false)
  })

  it('settles a conflict, even by the value that is shown', async () => {
    await using mesh = await testMesh(['alice', 'bob'])
    const [alice, bob] = mesh.peers as [(typeof mesh.peers)[0], (typeof mesh.peers)[0]]
    mesh.cut(['alice'], ['bob'])
    await alice.set('a', 1)
    await bob.set('a', 2)
    mesh.heal()
    await mesh.settle()
    const { value, version, others } = alice.entry('a')!
    expect(others).toHaveLength(1)
    const wish = { key: 'a', base: { value, version }, value, isInConflict: true }
    await proposalFor(wish).write(clientOf(alice), undefined)
    expect(alice.entry('a')).toMatchObject({ value, others: [] })
  })
})
