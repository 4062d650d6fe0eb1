import type { Peer } from '@grapevine/peer'
import { signDraft } from '@grapevine/peer'
import { testMesh } from '@grapevine/peer/testing'
import { describe, expect, it } from 'vitest'
import { apiOf, apiOn, closedAtEnd, sending } from '../../test/api-of.js'
import { readEvents } from '../client/read-events.js'

const post = (body: unknown): RequestInit => sending('POST', body)

describe('a draft', () => {
  it('becomes one release, at the address that the answer names', async () => {
    const { ask, peer } = await apiOf({ old: 1 })
    const draft = {
      set: { a: { deep: [{ $bytes: 'AQI=' }] }, $bytes: 'a key like others' },
      remove: ['old'],
      ifMatch: { a: null },
      message: 'all at once',
    }
    const text = JSON.stringify(draft).replace('"remove"', '"requestId":"r","remove"')
    const { status, headers, json } = await ask('/v1/releases', post(text))
    expect([status, json]).toMatchObject([
      201,
      { message: 'all at once', requestId: 'r', isNew: true },
    ])
    expect(peer.get('a')).toEqual({ deep: [new Uint8Array([1, 2])] })
    expect(peer.get('$bytes')).toBe('a key like others')
    expect(peer.has('old')).toBe(false)
    const location = headers.get('location') ?? ''
    expect(location).toMatch(/^\/v1\/releases\/[0-9a-f]{32}%C2%B7\d+$/)
    expect((await ask(location)).json).toMatchObject({
      release: { id: (json as { readonly id: string }).id },
      changes: [
        { key: '$bytes' },
        { key: 'a', after: { deep: [{ $bytes: 'AQI=' }] } },
        { key: 'old', before: 1 },
      ],
    })
  })

  it('may set keys that mean something to JavaScript', async () => {
    const { ask, peer } = await apiOf()
    const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
    const text = `{"set":{${keys.map((key) => `"${key}":1`).join()}}}`
    expect((await ask('/v1/releases', post(text))).status).toBe(201)
    expect(peer.entries().map(({ key }) => key)).toEqual(keys.toSorted())
  })

  it('that cannot be used is refused by what is wrong with it, and touches nothing', async () => {
    const { ask, peer } = await apiOf({ a: 1 })
    const wrong: readonly (readonly [unknown, number, string, string])[] = [
      [{}, 400, 'OPTION_INVALID', 'at least one key'],
      [[], 400, 'OPTION_INVALID', ''],
      ['null', 400, 'OPTION_INVALID', 'the body cannot be used'],
      [{ sets: {} }, 400, 'OPTION_INVALID', 'sets'],
      [{ set: 7 }, 400, 'OPTION_INVALID', 'set'],
      [{ remove: 'a' }, 400, 'OPTION_INVALID', 'remove'],
      [{ remove: [7] }, 400, 'OPTION_INVALID', 'remove.0'],
      [{ set: { a: 2 }, message: null }, 400, 'OPTION_INVALID', 'message'],
      [{ set: { a: 2 }, ifMatch: { a: 7 } }, 400, 'OPTION_INVALID', 'ifMatch.a'],
      [{ set: { '/': 2 } }, 400, 'KEY_INVALID', ''],
      [{ set: { a: { $bytes: '?' } } }, 400, 'VALUE_INVALID', ''],
      [{ set: { a: 2 }, remove: ['a'] }, 400, 'RELEASE_INVALID', 'both put and removed'],
      [{ set: { a: 2 }, ifMatch: { a: 'x' } }, 412, 'IF_MATCH_FAILED', 'read it again'],
      [{ intent: { $bytes: '' } }, 400, 'OPTION_INVALID', 'the badge of its author'],
      [{ intent: { $bytes: '' }, badge: [], set: {} }, 400, 'OPTION_INVALID', 'set cannot be used'],
      [{ intent: { $bytes: 'AA==' }, badge: [] }, 403, 'NOT_ALLOWED', 'is open'],
    ]
    for (const [body, status, code, text] of wrong) {
      const answer = await ask('/v1/releases', post(body))
      expect([answer.status, answer.json], JSON.stringify(body)).toMatchObject([
        status,
        { code, detail: expect.stringContaining(text) as string },
      ])
    }
    expect(peer.history('a')).toHaveLength(1)
  })

  it('of too many removes is refused with the count to confirm', async () => {
    const values = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, at]))
    const { ask } = await apiOf(values)
    const remove = Object.keys(values)
    const { status, json } = await ask('/v1/releases', post({ remove }))
    expect([status, json]).toMatchObject([
      409,
      { code: 'BULK_REMOVE_UNCONFIRMED', data: { count: 17 } },
    ])
    expect((await ask('/v1/releases', post({ remove, confirmRemoves: 17 }))).status).toBe(201)
  })

  it('can be compared with what is there', async () => {
    const { ask } = await apiOf({ a: 1, b: 2, c: 3 })
    const { json } = await ask('/v1/diff', post({ set: { a: 1, b: 3 }, remove: ['c', 'd'] }))
    expect(json).toEqual({
      differences: [
        { key: 'b', before: 2, after: 3 },
        { key: 'c', before: 3 },
      ],
    })
  })
})

describe('a release', () => {
  it('is found by its name, also shortened, and rolled back', async () => {
    const { ask, peer } = await apiOf({ a: 1 })
    const { name, replica, seq } = await peer.publish({ set: { a: 2, b: 2 } })
    for (const called of [name, `${replica.slice(0, 4)}.${seq}`]) {
      const path = `/v1/releases/${encodeURIComponent(called)}`
      expect((await ask(path)).json).toMatchObject({ release: { name } })
    }
    const at = `/v1/releases/${replica}.${seq}`
    expect((await ask(`${at}/undo`)).json).toMatchObject({
      draft: { set: { a: 1 }, remove: ['b'], message: `undoes ${name}` },
      changedSince: [],
      unknown: [],
    })
    expect((await ask(`${at}/rollback`, { method: 'POST' })).json).toMatchObject({
      published: { message: `undoes ${name}` },
      returned: ['a', 'b'],
    })
    expect(peer.get('a')).toBe(1)
    const again = await ask(`${at}/rollback`, post({ message: 'again' }))
    expect(again.json).toEqual({ returned: [], changedSince: ['a', 'b'], unknown: [] })
  })

  it('that is not there is not found, and what is no name is refused', async () => {
    const { ask } = await apiOf({ a: 1 })
    for (const rest of ['', '/receipts', '/reach', '/undo']) {
      expect((await ask(`/v1/releases/${'0'.repeat(32)}.7${rest}`)).status, rest).toBe(404)
      const { status, json } = await ask(`/v1/releases/banana${rest}`)
      expect([status, json], rest).toMatchObject([400, { code: 'OPTION_INVALID' }])
    }
  })
})

describe('the way of a release', () => {
  const events = async (
    peer: Peer,
    path: string,
  ): Promise<readonly (readonly [string, unknown])[]> => {
    const { body } = await apiOn(peer).api.fetch(new Request(`http://peer${path}`))
    const heard: (readonly [string, unknown])[] = []
    for await (const { event, data } of readEvents(body as ReadableStream<Uint8Array>)) {
      heard.push([event, JSON.parse(data)])
    }
    return heard
  }

  it('is followed to its end', async () => {
    const mesh = closedAtEnd(await testMesh(['alice', 'bob']))
    const [alice] = mesh.peers as [Peer]
    const { replica, seq } = await alice.set('a', 1)
    const heard = await events(alice, `/v1/releases/${replica}.${seq}/reach?peers=all&timeout=20s`)
    expect(heard.at(-1)).toMatchObject(['reached', { reached: 2, members: 2 }])
    for (const [event] of heard.slice(0, -1)) expect(event).toBe('progress')
    const { json } = await apiOn(alice).ask(`/v1/releases/${replica}.${seq}/receipts`)
    expect(json).toMatchObject({ receipts: [{ receipt: 'reached' }, { receipt: 'reached' }] })
  })

  it('says who does not have it when time is over', async () => {
    const mesh = closedAtEnd(await testMesh(['alice', 'bob']))
    const [alice] = mesh.peers as [Peer]
    mesh.cut(['alice'], ['bob'])
    const { replica, seq } = await alice.set('a', 1)
    const heard = await events(alice, `/v1/releases/${replica}.${seq}/reach?timeout=30ms`)
    expect(heard.map(([event]) => event)).toEqual(['progress', 'not-reached'])
    expect(heard[1]?.[1]).toMatchObject({ status: 504, code: 'NOT_REACHED', data: { reached: 1 } })
  })

  it('is refused where it is asked for nonsense', async () => {
    const { ask, peer } = await apiOf({ a: 1 })
    const { replica, seq } = peer.entry('a')!.release
    for (const query of [
      'peers=0',
      'peers=-1',
      'peers=1.5',
      'peers=',
      'peers=many',
      'timeout=x',
      'timeout=',
    ]) {
      const { status, json } = await ask(`/v1/releases/${replica}.${seq}/reach?${query}`)
      expect([status, json], query).toMatchObject([400, { code: 'OPTION_INVALID' }])
    }
  })
})

describe('an intent', () => {
  it('is published as its author signed it, and with his right', async () => {
    const mesh = closedAtEnd(await testMesh(['alice', 'bob'], { closed: true, onNotice() {} }))
    const bob = mesh.peers[1]!
    const { ask } = apiOn(bob)
    const ann = await mesh.person('ann', { 'shop/**': 'write' })
    const marked = (bytes: Uint8Array): object => ({
      $bytes: Buffer.from(bytes).toString('base64'),
    })
    const sent = (key: string): RequestInit => {
      const { intent, badge } = signDraft(ann, { set: { [key]: 1 } }, bob.status())
      return post({ intent: marked(intent), badge: badge.map(marked) })
    }
    expect((await ask('/v1/keys/shop/a', sending('PUT', 1))).status).toBe(403)
    expect(await ask('/v1/releases', sent('shop/a'))).toMatchObject({
      status: 201,
      json: { authorName: 'ann', relay: bob.id },
    })
    expect((await ask('/v1/releases', sent('pay/a'))).json).toMatchObject({ code: 'NOT_ALLOWED' })
    expect((await ask('/v1/why/shop/a')).json).toMatchObject({
      value: 1,
      right: { links: [{ name: 'ann', grants: [{ prefix: 'shop', can: 'write' }] }, {}, {}] },
    })
  })
})

describe('the list of releases', () => {
  it('is newest first, with how far each has come, and goes on before any', async () => {
    const mesh = closedAtEnd(await testMesh(['alice', 'bob'], { onNotice() {} }))
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const { ask } = apiOn(alice)
    const names = [(await alice.publish({ set: { a: 1, b: 2 }, message: 'm' })).name]
    // Whoever has seen the one before stamps above it.
    await mesh.settle()
    for (let at = 0; at < 4; at += 1) {
      names.unshift((await (at % 2 === 0 ? bob : alice).set('a', at + 2)).name)
      await mesh.settle()
    }
    await alice.reached(names[0]!, { timeout: '20s' })
    const { status, json } = await ask('/v1/releases?limit=3')
    const rows = (json as { readonly releases: readonly object[] }).releases
    expect(status).toBe(200)
    expect(rows).toMatchObject(
      names.slice(0, 3).map((name) => ({ release: { name }, keys: ['a'], changes: 1 })),
    )
    expect(rows[0]).toMatchObject({ reached: 2, pending: 0, silent: 0, refused: 0 })
    const before = encodeURIComponent(names[2]!)
    const { json: next } = await ask(`/v1/releases?before=${before}`)
    expect((next as { readonly releases: readonly object[] }).releases).toMatchObject([
      { release: { name: names[3] } },
      { release: { name: names[4], message: 'm' }, keys: ['a', 'b'], changes: 2 },
    ])
  })

  it('refuses a number that is none, and a place that is not here', async () => {
    const { ask } = await apiOf({ a: 1 })
    for (const limit of ['0', '201', '-1', '1e2', 'x', '']) {
      expect((await ask(`/v1/releases?limit=${limit}`)).json, limit).toMatchObject({
        status: 400,
        code: 'OPTION_INVALID',
      })
    }
    expect((await ask('/v1/releases?before=ffff.1')).json).toMatchObject({
      code: 'RELEASE_UNKNOWN',
    })
  })
})

describe('a check', () => {
  it('says what the receipts would, and publishes nothing', async () => {
    const { ask, peer } = await apiOf({ a: 1 })
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) =>
          typeof value === 'number' ? { value } : { issues: [{ message: 'no number' }] },
      },
    }
    using binding = peer.bind('a', schema, { default: 0 })
    const draft = { set: { a: 'x', other: 1 } }
    const { status, json } = await ask('/v1/check', post(draft))
    expect([status, json]).toEqual([200, { refused: [{ key: 'a', reason: 'no number' }] }])
    expect(binding.value).toBe(1)
    expect((await ask('/v1/check', post({ set: { a: 2 } }))).json).toEqual({ refused: [] })
    expect((await ask('/v1/check', post({ sets: {} }))).status).toBe(400)
    const { name } = await peer.publish(draft)
    const [receipt] = peer.receipts(name)
    expect(receipt).toMatchObject({ receipt: 'refused', key: 'a', reason: 'no number' })
  })
})
