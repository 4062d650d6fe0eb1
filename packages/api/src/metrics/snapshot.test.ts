import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Peer } from '@grapevine/peer'
import { testMesh } from '@grapevine/peer/testing'
import { describe, expect, it, vi } from 'vitest'
import * as v from 'valibot'
import { closeLater } from '../../test/stage.js'
import { followReleases } from './recent.js'
import { spreadOf, watchLoop } from './snapshot.js'

async function meshOf(...names: readonly string[]) {
  const mesh = await testMesh(names, { onNotice() {} })
  closeLater(async () => mesh.close())
  const [alice, bob] = mesh.peers as [Peer, Peer]
  return { mesh, alice, bob }
}

const never = new AbortController().signal

describe('how far releases have come', () => {
  it('is told of those since it began to look, wherever they were written', async () => {
    const { mesh, alice, bob } = await meshOf('alice', 'bob')
    await alice.set('before', 1)
    await mesh.settle()
    const recent = followReleases(alice, never)
    await alice.publish({ set: { a: 1, b: 2 } })
    const { name } = await bob.set('c', 3)
    await mesh.settle()
    expect(recent()).toHaveLength(2)
    expect(recent().map((release) => release.name)).toContain(name)
  })

  it('counts receipts, and how long somebody in sight has lacked one', async () => {
    const { mesh, alice, bob } = await meshOf('alice', 'bob')
    const recent = followReleases(alice, never)
    await (await alice.set('a', 1)).reached({ timeout: '20s' })
    const all = spreadOf(alice, recent())
    expect(all).toMatchObject({ releases: 1, refused: 0, lagMs: 0 })
    expect(all.receipts).toEqual({ reached: 2, refused: 0, pending: 0, silent: 0 })
    mesh.cut(['alice'], ['bob'])
    await alice.set('a', 2)
    const [, { seenMs }] = recent() as [unknown, { seenMs: number }]
    const one = spreadOf(alice, recent(), seenMs + 5_000)
    expect(one).toMatchObject({ releases: 2, receipts: { reached: 3, pending: 1 } })
    expect(one.lagMs).toBeCloseTo(5_000)
    mesh.heal()
    await vi.waitFor(() => expect(spreadOf(alice, recent()).lagMs).toBe(0), { timeout: 20_000 })
    expect(bob.get('a')).toBe(2)
  })

  it('counts what a service refuses', async () => {
    const { alice, bob } = await meshOf('alice', 'bob')
    const recent = followReleases(alice, never)
    bob.bind('pool', v.object({ max: v.number() }), { default: { max: 1 } })
    await alice.set('pool', { max: 'many' })
    await vi.waitFor(
      () =>
        expect(spreadOf(alice, recent())).toMatchObject({ refused: 1, receipts: { refused: 1 } }),
      { timeout: 20_000 },
    )
  })

  it('follows no more than the last few', async () => {
    const { alice } = await meshOf('alice', 'bob')
    const stopping = new AbortController()
    const recent = followReleases(alice, stopping.signal)
    for (let at = 0; at < 20; at += 1) await alice.set('a', at)
    expect(recent()).toHaveLength(16)
    const [oldest] = recent()
    stopping.abort()
    await alice.set('a', 20)
    expect(recent()[0]).toEqual(oldest)
  })
})

describe('the lag of the event loop', () => {
  it('is seen where something computes for too long, and forgotten when it was told', async () => {
    const loop = watchLoop()
    try {
      // Its own timer has to have come by once before, and once after.
      for (const ms of [30, 100]) {
        compute(ms)
        await nextTurn()
        await nextTurn()
      }
      expect(loop.read().maxMs).toBeGreaterThan(50)
      expect(loop.read()).toEqual({ medianMs: 0, p99Ms: 0, maxMs: 0 })
    } finally {
      loop.stop()
    }
  })
})

function compute(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
