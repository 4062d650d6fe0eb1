import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { apiOf } from '../../test/api-of.js'
import type { TestApi } from '../../test/api-of.js'
import { readEvents } from '../client/read-events.js'
import type { HeardEvent } from '../client/read-events.js'

type Events = AsyncGenerator<HeardEvent, undefined>

async function listen(
  { api }: Pick<TestApi, 'api'>,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Events> {
  const response = await api.fetch(new Request(`http://peer${path}`, { headers }))
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  return readEvents(response.body as ReadableStream<Uint8Array>)
}

/** What an event tells, and the id to go on from. */
async function next(events: Events): Promise<{ readonly id: string; readonly told: unknown }> {
  const { value } = await events.next()
  const { changes } = JSON.parse(value?.data ?? '{}') as {
    readonly changes: readonly { readonly key: string; readonly value?: unknown }[]
  }
  return {
    id: value?.id ?? '',
    told: [value?.event, ...changes.map(({ key, value: now }) => [key, now])],
  }
}

describe('a watch', () => {
  it('shows what there is under a prefix, then what changes', async () => {
    const stage = await apiOf({ 'a/1': 1, b: 1 })
    const events = await listen(stage, '/v1/watch?prefix=a/')
    expect((await next(events)).told).toEqual(['state', ['a/1', 1]])
    await stage.peer.set('b', 2)
    await stage.peer.publish({ set: { 'a/2': 2 }, remove: ['a/1'] })
    expect((await next(events)).told).toEqual(['change', ['a/1', undefined], ['a/2', 2]])
    await events.return(undefined)
  })

  it('goes on with exactly what was missed', async () => {
    const stage = await apiOf({ a: 1, b: 1 })
    const first = await listen(stage, '/v1/watch')
    const { id } = await next(first)
    await first.return(undefined)
    await stage.peer.set('a', 2)
    await stage.peer.set('a', 3)
    await stage.peer.remove('b')
    const again = [
      await listen(stage, '/v1/watch', { 'last-event-id': id }),
      await listen(stage, `/v1/watch?from=${id}`),
      await listen(stage, '/v1/watch?from=elsewhere-1', { 'last-event-id': id }),
    ]
    let last = ''
    for (const events of again) {
      const missed = await next(events)
      expect(missed.told).toEqual(['change', ['a', 3], ['b', undefined]])
      await events.return(undefined)
      last = missed.id
    }
    const upToDate = await listen(stage, '/v1/watch', { 'last-event-id': last })
    const following = next(upToDate)
    await stage.peer.set('a', 4)
    expect((await following).told).toEqual(['change', ['a', 4]])
    await upToDate.return(undefined)
  })

  it('begins anew where it cannot be known what was missed', async () => {
    const stage = await apiOf({ a: 1 })
    for (const id of ['0a1b-7', 'nonsense', '', '\u00e9']) {
      const events = await listen(stage, '/v1/watch', { 'last-event-id': id })
      expect((await next(events)).told, id).toEqual(['state', ['a', 1]])
      await events.return(undefined)
    }
  })

  it('misses nothing between an answer and the next question', async () => {
    const stage = await apiOf({ count: 0 })
    let id: string | undefined
    let heard = 0
    const writing = (async () => {
      for (let count = 1; count <= 200; count++) await stage.peer.set('count', count)
    })()
    while (heard < 200) {
      const headers: Record<string, string> = id === undefined ? {} : { 'last-event-id': id }
      const events = await listen(stage, '/v1/watch', headers)
      const event = await next(events)
      const [[, value]] = (event.told as [string, [string, number]]).slice(1) as [[string, number]]
      expect(value).toBeGreaterThanOrEqual(heard)
      heard = value
      id = event.id
      await events.return(undefined)
    }
    await writing
  })

  it('merges for whoever reads slowly, and keeps nothing for him', async () => {
    const stage = await apiOf({ count: 0 })
    const events = await listen(stage, '/v1/watch')
    await next(events)
    for (let count = 1; count <= 100; count++) await stage.peer.set('count', count)
    expect((await next(events)).told).toEqual(['change', ['count', 100]])
    const megabyte = (fill: number): string => `${fill % 10}`.repeat(1_000_000)
    for (let count = 0; count < 20; count++) await stage.peer.set('count', megabyte(count))
    // More than is remembered: all there is, then.
    expect((await next(events)).told).toEqual(['state', ['count', megabyte(19)]])
    await events.return(undefined)
  })

  it('says in between that it is there, and where its reader stands', async () => {
    const stage = await apiOf({ 'a/1': 1 }, { heartbeatMs: 20 })
    const events = await listen(stage, '/v1/watch?prefix=a/')
    const { id } = await next(events)
    await stage.peer.set('b', 1)
    const beats: (string | undefined)[] = []
    while (beats.at(-1) === undefined || beats.at(-1) === id) {
      const { value } = await events.next()
      expect(value?.data).toBe('')
      beats.push(value?.id)
    }
    await stage.peer.set('a/1', 2)
    await events.return(undefined)
    const again = await listen(stage, '/v1/watch?prefix=a/', {
      'last-event-id': beats.at(-1) ?? '',
    })
    expect((await next(again)).told).toEqual(['change', ['a/1', 2]])
    await again.return(undefined)
  })

  it('ends with the API, and with the peer', async () => {
    const closing = new AbortController()
    const stage = await apiOf({ a: 1 }, { closing: closing.signal })
    const other = await apiOf({ a: 1 })
    const both = [await listen(stage, '/v1/watch'), await listen(other, '/v1/watch')]
    for (const events of both) await next(events)
    const ends = both.map(async (events) => events.next())
    closing.abort()
    await other.peer.close()
    for (const end of ends) expect((await end).done).toBe(true)
  })
})

describe('a blocking query', () => {
  const indexIn = async ({ ask }: TestApi, path: string): Promise<string> => {
    const { headers, json } = await ask(path)
    return headers.get('grapevine-index') ?? (json as { readonly index: string }).index
  }

  it('waits for its own key or prefix, and for nothing else', async () => {
    const stage = await apiOf({ a: 1, 'a/b': 1, b: 1 })
    const index = await indexIn(stage, '/v1/keys')
    const answered: string[] = []
    const wait = async (path: string): Promise<unknown> => {
      const { json } = await stage.ask(path)
      answered.push(path.slice(0, path.indexOf('index')))
      return json
    }
    const [key, prefix] = [
      wait(`/v1/keys/a?index=${index}`),
      wait(`/v1/keys?prefix=a/&index=${index}`),
    ]
    await stage.peer.set('b', 2)
    await stage.peer.set('ab', 2)
    expect(answered).toEqual([])
    await stage.peer.set('a', 2)
    expect(await key).toMatchObject({ value: 2 })
    expect(answered).toEqual(['/v1/keys/a?'])
    await stage.peer.set('a/b', 2)
    expect(await prefix).toMatchObject({ entries: [{ key: 'a/b', value: 2 }] })
  })

  it('answers at once where something moved since, or where that cannot be known', async () => {
    const stage = await apiOf({ a: 1 })
    const index = await indexIn(stage, '/v1/keys/a')
    await stage.peer.set('a', 2)
    for (const known of [index, 'fff-0', `${index.split('-')[0]}-999`]) {
      const { headers, json } = await stage.ask(`/v1/keys/a?index=${known}&wait=1h`)
      expect(json).toMatchObject({ value: 2 })
      expect(headers.get('grapevine-index')).not.toBe(known)
    }
  })

  it('answers with what there is when its time is over; none at all is no time', async () => {
    const stage = await apiOf({ a: 1 })
    const index = await indexIn(stage, '/v1/keys/a')
    for (const wait of ['0', '1', '20ms', '0.01s']) {
      const { status, headers } = await stage.ask(`/v1/keys/a?index=${index}&wait=${wait}`)
      expect([status, headers.get('grapevine-index')]).toEqual([200, index])
    }
  })

  it('hears of a key that is removed, and of one that comes', async () => {
    const stage = await apiOf({ a: 1 })
    const index = await indexIn(stage, '/v1/keys/a')
    const [went, came] = [
      stage.ask(`/v1/keys/a?index=${index}`),
      stage.ask(`/v1/keys/b?index=${index}`),
    ]
    await stage.peer.publish({ set: { b: 1 }, remove: ['a'] })
    expect([(await went).status, (await came).status]).toEqual([404, 200])
  })

  it('ends with the API, with the peer, and with whoever asked; nothing is left behind', async () => {
    const closing = new AbortController()
    const stage = await apiOf({ a: 1 }, { closing: closing.signal })
    const index = await indexIn(stage, '/v1/keys/a')
    const before = getEventListeners(closing.signal, 'abort').length
    const gone = new AbortController()
    const asking = Array.from({ length: 50 }, async () => {
      const path = `http://peer/v1/keys/a?index=${index}`
      return stage.api.fetch(new Request(path, { signal: gone.signal }))
    })
    const watching = Array.from({ length: 50 }, async () => {
      const { body } = await stage.api.fetch(
        new Request('http://peer/v1/watch', { signal: gone.signal }),
      )
      const reader = (body as ReadableStream<Uint8Array>).getReader()
      await reader.read()
      return reader.read()
    })
    const head = await stage.ask('/v1/watch', { method: 'HEAD' })
    expect(head.status).toBe(200)
    await new Promise(setImmediate)
    expect(getEventListeners(closing.signal, 'abort').length).toBe(before + 100)
    gone.abort()
    await Promise.all([...asking, ...watching])
    expect(getEventListeners(closing.signal, 'abort').length).toBe(before)
    const last = stage.ask(`/v1/keys/a?index=${index}`)
    await new Promise(setImmediate)
    closing.abort()
    expect((await last).status).toBe(200)
  })
})
