import { describe, expect, it } from 'vitest'
import { apiOf, sending } from '../../test/api-of.js'

const put = (body: unknown, headers: object = {}): RequestInit => sending('PUT', body, headers)

describe('a key', () => {
  it('is read with its version, and where that stands', async () => {
    const { ask, peer } = await apiOf({ 'shop/limit': { daily: 5 } })
    const { version } = peer.entry('shop/limit')!
    const { status, headers, json } = await ask('/v1/keys/shop/limit')
    expect(status).toBe(200)
    expect(headers.get('etag')).toBe(`"${version}"`)
    expect(headers.get('grapevine-index')).toMatch(/^[0-9a-f]+-0$/)
    expect(json).toMatchObject({ key: 'shop/limit', value: { daily: 5 }, version, others: [] })
  })

  it('can be bare: text, bytes, or JSON', async () => {
    const { ask } = await apiOf({ text: 'é', bytes: new Uint8Array([0, 255]), list: [null, 1] })
    const [text, bytes, list] = [
      await ask('/v1/keys/text?raw'),
      await ask('/v1/keys/bytes?raw=true'),
      await ask('/v1/keys/list?raw'),
    ]
    expect([text.text, text.headers.get('content-type')]).toEqual([
      'é',
      'text/plain; charset=utf-8',
    ])
    expect(bytes.headers.get('content-type')).toBe('application/octet-stream')
    expect(list.json).toEqual([null, 1])
    expect((await ask('/v1/keys/list?raw=false')).json).toMatchObject({ value: [null, 1] })
  })

  it('is written with a PUT, as JSON or as bytes, and removed with a DELETE', async () => {
    const { ask, peer } = await apiOf()
    const written = await ask('/v1/keys/a?message=why&requestId=r', put({ b: [1] }))
    expect(written).toMatchObject({
      status: 200,
      json: { name: peer.entry('a')!.release.name, message: 'why', requestId: 'r', isNew: true },
    })
    expect(written.headers.get('etag')).toBe(`"${peer.entry('a')!.version}"`)
    expect((await ask('/v1/keys/a', put({ b: [1] }))).json).toMatchObject({ isNew: false })
    expect((await ask('/v1/keys/a?force', put({ b: [1] }))).json).toMatchObject({ isNew: true })
    const bytes = { 'content-type': 'application/octet-stream' }
    await ask('/v1/keys/b', { method: 'PUT', body: new Uint8Array([1, 2]), headers: bytes })
    expect(peer.get('b')).toEqual(new Uint8Array([1, 2]))
    await ask('/v1/keys/b', put({ $bytes: 'AwQ=' }))
    expect(peer.get('b')).toEqual(new Uint8Array([3, 4]))
    expect(await ask('/v1/keys/a', { method: 'DELETE' })).toMatchObject({ status: 200 })
    expect(peer.has('a')).toBe(false)
  })

  it('may be odd: it is decoded once, and its slashes may be encoded', async () => {
    const keys = [
      'a b',
      'ä/ö',
      '100%',
      '%2F',
      'a%20b',
      'a?b#c',
      'a+b',
      '😀',
      '__proto__',
      'a:b',
      'x=y&z',
      'q\'"`',
    ]
    const { ask, peer } = await apiOf()
    for (const key of keys) {
      const path = `/v1/keys/${key.split('/').map(encodeURIComponent).join('/')}`
      expect(await ask(path, put(JSON.stringify(key))), key).toMatchObject({ status: 200 })
      expect(peer.get(key), key).toBe(key)
      const whole = `/v1/keys/${encodeURIComponent(key)}`
      expect((await ask(whole)).json, key).toMatchObject({ key, value: key })
    }
    expect(peer.status().keys).toBe(keys.length)
  })

  it('that is none is refused, wherever it stands', async () => {
    const { ask, peer } = await apiOf({ a: 1 })
    const paths = [
      '',
      'a/',
      '/a',
      'a//b',
      'a%2F%2Fb',
      '%2Fa',
      '%00',
      'a%0Ab',
      '%E2%80%AE',
      '%zz',
      '%ff',
      'a%2F..%2Fb',
      'x'.repeat(513),
    ]
    for (const path of paths) {
      for (const at of ['keys', 'history', 'why', 'secrets']) {
        const { status, json } = await ask(`/v1/${at}/${path}`)
        expect([status, json], `${at}/${path}`).toMatchObject([400, { code: 'KEY_INVALID' }])
      }
      expect((await ask(`/v1/keys/${path}`, put(1))).status, path).toBe(400)
      expect((await ask(`/v1/keys/${path}`, { method: 'DELETE' })).status, path).toBe(400)
    }
    expect(peer.entries()).toHaveLength(1)
  })

  it('with a dot segment in the line that was sent is refused: a URL has none any more', async () => {
    const { api, peer } = await apiOf({ b: 1 })
    for (const path of ['a/../b', 'a/%2e%2E/b', './b', 'b/.', 'x/..?raw']) {
      const request = new Request(`http://peer/v1/keys/${path}`, { method: 'DELETE' })
      const server = { incoming: { url: `/v1/keys/${path}` } }
      expect((await api.fetch(request, server)).status, path).toBe(400)
    }
    expect(peer.has('b')).toBe(true)
  })

  it('that is not there is not found', async () => {
    const { ask } = await apiOf()
    const { status, headers, json } = await ask('/v1/keys/a')
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(headers.has('grapevine-index')).toBe(true)
    expect(json).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'a has no value',
      code: 'NOT_FOUND',
    })
  })

  it('answers a HEAD with all but the body', async () => {
    const { ask, peer } = await apiOf({ a: 1 })
    const { status, headers, text } = await ask('/v1/keys/a', { method: 'HEAD' })
    expect([status, text]).toEqual([200, ''])
    expect(headers.get('etag')).toBe(`"${peer.entry('a')!.version}"`)
    expect((await ask('/v1/keys/b', { method: 'HEAD' })).status).toBe(404)
  })
})

describe('conditions', () => {
  it('spare a reader what he has', async () => {
    const { ask, peer } = await apiOf({ a: 1 })
    const tag = `"${peer.entry('a')!.version}"`
    for (const match of [tag, `W/${tag}`, `"x", ${tag}`, '*', `"x",${tag},"y"`]) {
      const { status, headers } = await ask('/v1/keys/a', { headers: { 'if-none-match': match } })
      expect([status, headers.get('etag')], match).toEqual([304, tag])
    }
    expect((await ask('/v1/keys/a', { headers: { 'if-none-match': '"x"' } })).status).toBe(200)
    expect((await ask('/v1/keys/a', { headers: { 'if-none-match': 'x' } })).status).toBe(400)
  })

  it('hold a writer to what he has seen', async () => {
    const { ask, peer } = await apiOf({ a: 1 })
    const tag = `"${peer.entry('a')!.version}"`
    const refusedBy: readonly object[] = [
      { 'if-match': '"x"' },
      { 'if-match': `W/${tag}` },
      { 'if-match': '"x", "y"' },
      { 'if-match': '""' },
      { 'if-none-match': '*' },
    ]
    for (const headers of refusedBy) {
      const answers = [
        await ask('/v1/keys/a', put(2, headers)),
        await ask('/v1/keys/a', { method: 'DELETE', headers: { ...headers } }),
      ]
      for (const { status, json } of answers) {
        expect([status, json]).toMatchObject([412, { code: 'IF_MATCH_FAILED' }])
      }
    }
    expect((await ask('/v1/keys/none', put(2, { 'if-match': '*' }))).status).toBe(412)
    expect((await ask('/v1/keys/none', put(2, { 'if-none-match': '*' }))).status).toBe(200)
    expect((await ask('/v1/keys/a', put(2, { 'if-match': `"x", ${tag}` }))).status).toBe(200)
    expect((await ask('/v1/keys/a', put(3, { 'if-match': '*' }))).status).toBe(200)
    expect(peer.get('a')).toBe(3)
  })

  it('that cannot be read, or contradict each other, are refused', async () => {
    const { ask, peer } = await apiOf({ a: 1 })
    const wrong: readonly object[] = [
      { 'if-match': 'abc' },
      { 'if-match': '"abc' },
      { 'if-match': '"a" "b"' },
      { 'if-match': '' },
      { 'if-none-match': '"abc"' },
      { 'if-match': '"abc"', 'if-none-match': '*' },
    ]
    for (const headers of wrong) {
      const { status, json } = await ask('/v1/keys/a', put(2, headers))
      expect([status, json], JSON.stringify(headers)).toMatchObject([
        400,
        { code: 'REQUEST_INVALID' },
      ])
    }
    expect(peer.get('a')).toBe(1)
  })
})

describe('a body', () => {
  it('that is no JSON is refused, with line and column', async () => {
    const { ask, peer } = await apiOf()
    const { status, json } = await ask('/v1/keys/a', put('{\n "a": tru\n}'))
    expect([status, json]).toMatchObject([
      400,
      {
        code: 'REQUEST_INVALID',
        detail: 'the body is no JSON that can be used: here stands no value (line 2, column 7)',
      },
    ])
    expect((await ask('/v1/keys/a', put(''))).status).toBe(400)
    const latin = {
      method: 'PUT',
      body: new Uint8Array([0x22, 0xe9, 0x22]),
      headers: { 'content-type': 'application/json' },
    }
    expect((await ask('/v1/keys/a', latin)).json).toMatchObject({ detail: 'the body is no UTF-8' })
    expect(peer.status().keys).toBe(0)
  })

  it('that cannot be a value is refused', async () => {
    const { ask, peer } = await apiOf()
    const bodies = [
      '{"__proto__":{}}',
      '{"a":{"__proto__":1}}',
      '{"$bytes":"no"}',
      '{"a":{"$bytes":7}}',
      '"\\ud800"',
      '['.repeat(40) + ']'.repeat(40),
    ]
    for (const body of bodies) {
      const { status, json } = await ask('/v1/keys/a', put(body))
      expect([status, json], body).toMatchObject([400, { code: 'VALUE_INVALID' }])
    }
    for (const body of ['{"a":1,"a":2}', '1e999', '12345678901234567890']) {
      expect((await ask('/v1/keys/a', put(body))).json, body).toMatchObject({
        code: 'REQUEST_INVALID',
      })
    }
    expect(peer.status().keys).toBe(0)
  })

  it('is what its content type says, or is refused', async () => {
    const { ask } = await apiOf()
    const of = (type: string): RequestInit => put('1', { 'content-type': type })
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      '',
    ]) {
      const { status, json } = await ask('/v1/keys/a', of(type))
      expect([status, json], type).toMatchObject([415, { code: 'REQUEST_INVALID' }])
    }
    expect((await ask('/v1/keys/a', of('Application/JSON; charset=utf-8'))).status).toBe(200)
  })

  it('may take more as JSON than in the mesh', async () => {
    const { ask, peer } = await apiOf()
    const bytes = Buffer.alloc(1_000_000, 255)
    const lines = '\n'.repeat(1_000_000)
    await ask('/v1/keys/bytes', put({ $bytes: bytes.toString('base64') }))
    await ask('/v1/keys/lines', put(JSON.stringify(lines)))
    expect(bytes.equals(peer.get('bytes') as Uint8Array)).toBe(true)
    expect(peer.get('lines') === lines).toBe(true)
  })

  it('is no larger than a value can be', async () => {
    const { ask } = await apiOf()
    const large = 'x'.repeat(1024 * 1024)
    for (const [text, status] of [
      [large, 400],
      [large + large, 413],
    ] as const) {
      const json = { code: 'VALUE_INVALID' }
      expect(await ask('/v1/keys/a', put(`"${text}"`))).toMatchObject({ status, json })
    }
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024).fill(32)),
    })
    const headers = { 'content-type': 'application/json' }
    const streamed = { method: 'PUT', body: endless, headers, duplex: 'half' } as RequestInit
    expect((await ask('/v1/keys/a', streamed)).status).toBe(413)
  })
})

describe('a prefix', () => {
  it('is listed ascending, with the index to go on from', async () => {
    const { ask } = await apiOf({ 'a/2': 2, 'a/1': 1, b: 3 })
    const { json } = await ask('/v1/keys?prefix=a%2F')
    expect(json).toMatchObject({ entries: [{ key: 'a/1' }, { key: 'a/2' }] })
    expect((await ask('/v1/keys')).json).toMatchObject({ entries: { length: 3 } })
    expect((await ask('/v1/keys?prefix=zz')).json).toMatchObject({ entries: [] })
  })
})

describe('a query', () => {
  it('is refused where it is not known, is there twice, or is nonsense', async () => {
    const { ask } = await apiOf({ a: 1 })
    const wrong: readonly (readonly [string, string])[] = [
      ['/v1/keys/a?rwa', 'there is no query parameter "rwa": there are index, wait, raw'],
      ['/v1/status?x=1', 'there is no query parameter "x": there is none here'],
      ['/v1/keys?__proto__=1', 'there is no query parameter "__proto__"'],
      ['/v1/keys?prefix=a&prefix=b', 'the query parameter prefix is there twice'],
      ['/v1/keys/a?raw=maybe', 'raw "maybe" cannot be used'],
      ['/v1/keys/a?wait=soon', "wait 'soon' is no time span"],
      ['/v1/keys/a?wait=-1', 'is no time span'],
      ['/v1/keys/a?wait=9999999999', 'is no time span'],
      ['/v1/keys/a?wait=', 'is no time span'],
      ['/v1/keys/a?wait=NaN', 'is no time span'],
      ['/v1/keys/a?index=banana', 'index "banana" cannot be used'],
      ['/v1/keys/a?index=', 'index "" cannot be used'],
    ]
    for (const [path, text] of wrong) {
      const { status, json } = await ask(path)
      expect([status, json], path).toMatchObject([
        400,
        { code: 'OPTION_INVALID', detail: expect.stringContaining(text) as string },
      ])
    }
  })
})

describe('an address', () => {
  it('that is none says where to look, and a wrong method what is right', async () => {
    const { ask } = await apiOf()
    for (const path of ['/', '/v1', '/v2/keys', '/v1/keyss', '/v1/releases/a/b', '/favicon.ico']) {
      const { status, json } = await ask(path)
      expect([status, json], path).toMatchObject([404, { code: 'REQUEST_INVALID' }])
    }
    // A router that decodes must not make another key of it.
    expect((await ask('/v1/%6Beys/abc', { method: 'DELETE' })).status).toBe(404)
    const post = await ask('/v1/keys/a', { method: 'POST' })
    expect(post.status).toBe(405)
    expect(post.headers.get('allow')).toBe('GET, HEAD, PUT, DELETE')
    expect((await ask('/v1/status', { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD')
    expect((await ask('/v1/releases', { method: 'OPTIONS' })).status).toBe(405)
  })
})
