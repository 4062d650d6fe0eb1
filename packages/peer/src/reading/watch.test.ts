import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import type { Change, Peer, WatchEvent } from '../peer.js'
import { testPeer } from '../testing.js'

const open: Peer[] = []

async function peerWith(values: Parameters<typeof testPeer>[0] = {}): Promise<Peer> {
  const peer = await testPeer(values)
  open.push(peer)
  return peer
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (peer) => peer.close()))
})

const iterate = (
  peer: Peer,
  prefix?: string,
  signal?: AbortSignal,
): AsyncIterator<WatchEvent, undefined> => peer.watch(prefix, { signal })[Symbol.asyncIterator]()

const told = (event: IteratorResult<WatchEvent, undefined>): string[] =>
  (event.value?.changes ?? []).map(inWords)

const inWords = ({ key, previous, value }: Change): string =>
  `${key}: ${inspect(previous)} → ${inspect(value)}`

describe('watch', () => {
  it('starts with what is shown, and goes on with what changes', async () => {
    const peer = await peerWith({ values: { 'a/1': 1, 'a/2': 2, b: 3 } })
    const seen: unknown[] = []
    for await (const { isFirst, changes } of peer.watch('a/')) {
      seen.push([isFirst, ...changes.map(inWords)])
      if (seen.length === 1) await peer.publish({ set: { 'a/1': 10, b: 30 }, remove: ['a/2'] })
      else break
    }
    expect(seen).toEqual([
      [true, 'a/1: undefined → 1', 'a/2: undefined → 2'],
      [false, 'a/1: 1 → 10', 'a/2: 2 → undefined'],
    ])
  })

  it('starts at once where there is nothing yet', async () => {
    const iterator = iterate(await peerWith(), 'nothing/')
    expect(await iterator.next()).toEqual({ done: false, value: { isFirst: true, changes: [] } })
    await iterator.return?.()
  })

  it('begins when it is first asked, so that nothing lies between', async () => {
    const peer = await peerWith()
    const iterator = iterate(peer)
    await peer.set('a', 1)
    expect(told(await iterator.next())).toEqual(['a: undefined → 1'])
    await iterator.return?.()
  })

  it('tells all of a release in one event', async () => {
    const peer = await peerWith()
    const iterator = iterate(peer)
    await iterator.next()
    const next = iterator.next()
    await peer.publish({
      set: Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, at])),
    })
    expect(told(await next)).toHaveLength(50)
    await iterator.return?.()
  })

  it('merges for whoever is slow: the newest value, and the previous one that he knows', async () => {
    const peer = await peerWith({ values: { counter: 0 } })
    const iterator = iterate(peer)
    await iterator.next()
    for (let count = 1; count <= 100; count++) await peer.set('counter', count)
    const event = await iterator.next()
    expect(told(event)).toEqual(['counter: 0 → 100'])
    expect(event.value?.changes[0]?.version).toBe(peer.entry('counter')?.version)
    await iterator.return?.()
  })

  it('does not tell what came and went while nobody listened', async () => {
    const peer = await peerWith({ values: { stays: 1 } })
    const iterator = iterate(peer)
    await iterator.next()
    await peer.set('came', 1)
    await peer.remove('came')
    await peer.set('stays', 2)
    expect(told(await iterator.next())).toEqual(['stays: 1 → 2'])
    const next = iterator.next()
    await peer.set('came', 2)
    expect(told(await next)).toEqual(['came: undefined → 2'])
    await iterator.return?.()
  })

  it('leaves each iterator to itself', async () => {
    const peer = await peerWith()
    const both = peer.watch()
    const [fast, slow] = [both[Symbol.asyncIterator](), both[Symbol.asyncIterator]()]
    await Promise.all([fast.next(), slow.next()])
    await peer.set('a', 1)
    expect(told(await fast.next())).toEqual(['a: undefined → 1'])
    await peer.set('a', 2)
    expect(told(await fast.next())).toEqual(['a: 1 → 2'])
    expect(told(await slow.next())).toEqual(['a: undefined → 2'])
    await Promise.all([fast.return?.(), slow.return?.()])
  })

  it('answers several questions at once in their order', async () => {
    const peer = await peerWith()
    const iterator = iterate(peer)
    const answers = [iterator.next(), iterator.next(), iterator.next()]
    await peer.set('a', 1)
    await peer.set('a', 2)
    const events = await Promise.all(answers)
    expect(events.map(told)).toEqual([[], ['a: undefined → 1'], ['a: 1 → 2']])
    await iterator.return?.()
  })

  it('ends without a word when its signal aborts, also while it waits', async () => {
    const peer = await peerWith()
    const controller = new AbortController()
    const iterator = iterate(peer, '', controller.signal)
    await iterator.next()
    const next = iterator.next()
    controller.abort()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(await iterate(peer, '', controller.signal).next()).toEqual({
      done: true,
      value: undefined,
    })
  })

  it('ends when the peer closes, and when it was closed before', async () => {
    const peer = await peerWith()
    const iterator = iterate(peer)
    await iterator.next()
    const next = iterator.next()
    await peer.close()
    expect((await next).done).toBe(true)
    expect((await iterate(peer).next()).done).toBe(true)
  })

  it('ends at once for whoever stops while he waits', async () => {
    const iterator = iterate(await peerWith())
    await iterator.next()
    const next = iterator.next()
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    expect((await next).done).toBe(true)
  })

  it('refuses a prefix that is no text', async () => {
    const peer = await peerWith()
    expect(() => peer.watch(7 as never)).toThrow('prefix 7 cannot be used: write a text')
  })
})
