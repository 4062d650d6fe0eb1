import { afterEach, describe, expect, it, vi } from 'vitest'
import { createNetworks, seedOf } from '../../test/networks.js'

const networks = createNetworks()
afterEach(() => networks.closeAll())

describe('two networks', () => {
  it('link, and carry frames and gossip both ways', async () => {
    const alice = await networks.start()
    const bob = await networks.start({ seeds: seedOf(alice) })
    await vi.waitFor(() => {
      expect(alice.links().map(({ peer }) => peer)).toEqual([bob.peer])
      expect(bob.links().map(({ peer }) => peer)).toEqual([alice.peer])
    })
    expect(alice.send(bob.peer, Buffer.from('to bob'))).toBe(true)
    expect(bob.send(alice.peer, Buffer.from('to alice'))).toBe(true)
    await vi.waitFor(() => {
      expect(bob.received.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['to bob'])
      expect(alice.received.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['to alice'])
    })
    await vi.waitFor(() => {
      alice.publish(Buffer.from('from alice'))
      expect(bob.heard.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['from alice'])
    })
    bob.publish(Buffer.from('from bob'))
    await vi.waitFor(() =>
      expect(alice.heard.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['from bob']),
    )
  })
})
