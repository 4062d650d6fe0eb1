import { getEventListeners } from 'node:events'
import type { Peer } from '@grapevine/peer'
import { manualClock, testMesh } from '@grapevine/peer/testing'
import type { ManualClock } from '@grapevine/peer/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { apiOf, apiOn, closedAtEnd } from '../../test/api-of.js'
import type { TestApi } from '../../test/api-of.js'
import { createClient } from '../client/create-client.js'
import type { LiveEvent } from '../client/live.js'

type Heard<E extends LiveEvent['event']> = Extract<LiveEvent, { readonly event: E }>

/** A reader of the stream, and the time that the stream goes by. */
function listen({ api }: Pick<TestApi, 'api'>, from?: string) {
  const stream = createClient({ fetch: api.fetch }).live({ from })
  const events = stream as AsyncGenerator<LiveEvent, undefined>
  onTestFinished(async () => void (await events.return(undefined)))
  const next = async (): Promise<LiveEvent> => (await events.next()).value!
  return {
    next,
    end: async () => events.return(undefined),
    async until<E extends LiveEvent['event']>(name: E): Promise<Heard<E>> {
      for (;;) {
        const event = await next()
        if (event.event === name) return event as Heard<E>
      }
    },
    async first(count: number): Promise<readonly LiveEvent[]> {
      const heard: LiveEvent[] = []
      while (heard.length < count) heard.push(await next())
      return heard
    },
  }
}

const paced = async (values = {}): Promise<TestApi & { readonly pace: ManualClock }> => {
  const pace = manualClock()
  return { ...(await apiOf(values, { pace })), pace }
}

const firstEvents = 5

async function meshOf(...names: readonly string[]) {
  const mesh = closedAtEnd(await testMesh(names, { onNotice() {} }))
  return { mesh, peers: mesh.peers as readonly [Peer, Peer] }
}

describe('the live stream', () => {
  it('begins with all that there is', async () => {
    const stage = await paced({ a: 1, b: { deep: true } })
    const heard = await listen(stage).first(firstEvents)
    expect(heard.map(({ event }) => event)).toEqual([
      'state',
      'status',
      'members',
      'releases',
      'notices',
    ])
    expect(heard).toMatchObject([
      {
        changes: [
          { key: 'a', value: 1 },
          { key: 'b', value: { deep: true } },
        ],
      },
      { status: { peer: stage.peer.id, keys: 2, clock: { [stage.peer.status().replica]: 1 } } },
      { isAll: true, gone: [], members: [{ peer: stage.peer.id, isSelf: true }] },
      {
        releases: [{ keys: ['a', 'b'], changes: 2, reached: 1, refused: 0, pending: 0, silent: 0 }],
      },
      { notices: [] },
    ])
    const [, , members] = heard
    expect((members as Heard<'members'>).members[0]?.labels).toBeInstanceOf(Map)
  })

  it('tells what changes, and of releases only the rows that are others now', async () => {
    const stage = await paced({ a: 1 })
    const live = listen(stage)
    await live.first(firstEvents)
    const { name } = await stage.peer.set('a', 2, { message: 'more' })
    stage.pace.advance(200)
    expect(await live.until('change')).toMatchObject({ changes: [{ key: 'a', value: 2 }] })
    const { releases } = await live.until('releases')
    expect(releases).toMatchObject([{ release: { name, message: 'more' }, keys: ['a'] }])
  })

  it('goes on with exactly the keys that were missed', async () => {
    const stage = await paced({ a: 1, b: 1 })
    const first = listen(stage)
    const { index } = await first.until('state')
    await first.end()
    await stage.peer.set('a', 2)
    await stage.peer.set('a', 3)
    const [again, ...rest] = await listen(stage, index).first(firstEvents)
    expect(again).toMatchObject({ event: 'change', changes: [{ key: 'a', value: 3 }] })
    expect(rest.map(({ event }) => event)).toEqual(['status', 'members', 'releases', 'notices'])
    const elsewhere = await listen(stage, 'elsewhere-1').next()
    expect(elsewhere).toMatchObject({ event: 'state', changes: [{ key: 'a' }, { key: 'b' }] })
  })

  it('merges for whoever is slow what came between, and keeps nothing for him', async () => {
    const stage = await paced()
    const live = listen(stage)
    await live.first(firstEvents)
    for (let at = 0; at < 100; at += 1) await stage.peer.set('a', at)
    stage.pace.advance(400)
    const heard = [await live.next(), await live.next()]
    const change = heard.find(({ event }) => event === 'change')
    const releases = heard.find(({ event }) => event === 'releases')
    expect(change).toMatchObject({ changes: [{ key: 'a', value: 99 }] })
    expect((releases as Heard<'releases'>).releases).toHaveLength(50)
  })

  it('tells of releases that came from others, and from whom', async () => {
    const { mesh, peers } = await meshOf('alice', 'bob')
    const [alice, bob] = peers
    const pace = manualClock()
    const live = listen(apiOn(bob, { pace }))
    await live.first(firstEvents)
    const { name } = await alice.set('a', 1)
    await mesh.settle()
    pace.advance(200)
    const { arrivals } = await live.until('arrivals')
    expect(arrivals).toMatchObject([{ release: name, from: alice.id }])
    expect(Math.abs((arrivals[0]?.at ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  it('tells which members are others now, and who is gone', async () => {
    const { mesh, peers } = await meshOf('alice', 'bob')
    const [alice, bob] = peers
    const pace = manualClock()
    const live = listen(apiOn(alice, { pace }))
    const { members } = await live.until('members')
    expect(members.map(({ name }) => name)).toEqual(['alice', 'bob'])
    mesh.cut(['alice'], ['bob'])
    const told: Heard<'members'>[] = []
    const isUnlinked = (): boolean =>
      told.some(({ members: some }) =>
        some.some(({ peer, link }) => peer === bob.id && link === undefined),
      )
    while (!isUnlinked()) {
      pace.advance(500)
      told.push(await live.until('members'))
    }
    expect(told.map(({ isAll, gone }) => [isAll, gone])).toEqual(told.map(() => [false, []]))
  })

  it('tells the reason where a service refuses a release', async () => {
    const stage = await paced()
    const live = listen(stage)
    await live.first(firstEvents)
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: () => ({ issues: [{ message: 'too much' }] }),
      },
    }
    using binding = stage.peer.bind('a', schema, { default: 0 })
    await stage.peer.set('a', 1)
    expect(binding.meta.stale).toBe(true)
    let row: Heard<'releases'>['releases'][number] | undefined
    while (row?.refused !== 1) {
      stage.pace.advance(200)
      row = (await live.until('releases')).releases[0]
    }
    expect(row.refusals).toMatchObject([{ name: 'alice', key: 'a', reason: 'too much' }])
  })

  it('is alive each five seconds, and measures each second', async () => {
    const stage = await paced()
    const live = listen(stage)
    await live.first(firstEvents)
    const heard: string[] = []
    const reading = (async () => {
      while (heard.filter((event) => event === 'alive').length < 2) {
        const { event } = await live.next()
        if (event === 'figures' || event === 'alive') heard.push(event)
        stage.pace.advance(100)
      }
    })()
    // The reader waits for time to pass, and nobody else lets it.
    while (heard.filter((event) => event === 'alive').length < 2) {
      stage.pace.advance(100)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await reading
    const figures = heard.filter((event) => event === 'figures').length
    expect(figures).toBeGreaterThanOrEqual(4)
  })

  it('ends with the API, and leaves nothing on the peer', async () => {
    const closing = new AbortController()
    const { peer, api } = await apiOf({ a: 1 }, { closing: closing.signal, pace: manualClock() })
    const live = listen({ api })
    await live.first(firstEvents)
    const before = getEventListeners(closing.signal, 'abort').length
    const other = listen({ api })
    await other.first(firstEvents)
    await other.end()
    expect(getEventListeners(closing.signal, 'abort').length).toBe(before)
    closing.abort()
    await expect(live.next()).resolves.toBeUndefined()
    expect(peer.get('a')).toBe(1)
  })
})
