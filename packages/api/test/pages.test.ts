import { describe, expect, it, vi } from 'vitest'
import { request, say, volley } from './raw.js'
import type { Heard } from './raw.js'
import { canary, openStage } from './stage.js'
import type { Stage } from './stage.js'

const setBanner = 'PUT /v1/keys/shop/banner'
const json = 'Content-Type: application/json'

const rebinding = (stage: Stage): readonly string[] => [
  `Host: evil.test:${stage.port}`,
  `Authorization: Bearer ${stage.token}`,
]

function expectNothingTold({ head, body }: Heard, { token }: Stage): void {
  expect(body).not.toContain(canary)
  expect(head.toLowerCase()).not.toContain('access-control-allow')
  for (const text of [head, body]) expect(text).not.toContain(token)
}

describe('a page in the browser of an operator', () => {
  it('W1: reaches nothing under a name of its own that leads here', async () => {
    const stage = await openStage()
    const before = stage.shown()
    for (const [line, body] of [
      ['GET /v1/keys/shop/banner', ''],
      ['GET /v1/status', ''],
      ['GET /metrics', ''],
      [setBanner, '"theirs"'],
      ['POST /v1/releases', '{"set":{"a":1}}'],
      ['DELETE /v1/keys/shop/banner', ''],
    ] as const) {
      const heard = await say(stage, request(line, [...rebinding(stage), json], body))
      expect(heard.status, line).toBe(421)
      expectNothingTold(heard, stage)
    }
    expect(stage.shown()).toBe(before)
  })

  it('W2: passes under no other spelling of the right name', async () => {
    const stage = await openStage()
    const { port, token } = stage
    const bearer = `Authorization: Bearer ${token}`
    const hosts = [
      `localhost.:${port}`,
      `LOCALHOST:${port}`,
      `127.1:${port}`,
      `0.0.0.0:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      `2130706433:${port}`,
      `0x7f.0.0.1:${port}`,
      '127.0.0.1',
      'localhost',
      `127.0.0.1:0${port}`,
      `127.0.0.1:${port + 1}`,
      '',
      ':',
      `user@127.0.0.1:${port}`,
      `127.0.0.1:${port}, evil.test`,
      `127.0.0.1:${port}.evil.test`,
      `[::1%25lo]:${port}`,
      `[0:0:0:0:0:0:0:1]:${port}`,
      `//127.0.0.1:${port}`,
    ]
    for (const host of hosts) {
      const heard = await say(stage, request('GET /v1/status', [`Host: ${host}`, bearer]))
      expect(heard.status, host).toBe(421)
      expectNothingTold(heard, stage)
    }
    const right = `Host: 127.0.0.1:${port}`
    const strange: readonly (readonly [what: string, text: string, status: number])[] = [
      ['no Host', request('GET /v1/status', [bearer]), 421],
      ['two of them', request('GET /v1/status', [right, right, bearer]), 421],
      ['the wrong one second', request('GET /v1/status', [right, 'Host: evil.test', bearer]), 421],
      ['absolute form', request(`GET http://127.0.0.1:${port}/v1/status`, [right, bearer]), 400],
      ['another authority', request('GET http://evil.test/v1/status', [right, bearer]), 400],
      ['two slashes', request('GET //evil.test/v1/status', [right, bearer]), 400],
      ['no slash', request('OPTIONS *', [right, bearer]), 400],
      ['a folded header', request('GET /v1/status', ['Host: evil.test', ` ${right}`, bearer]), 400],
      ['a space before the colon', request('GET /v1/status', [`Host : x`, right, bearer]), 400],
    ]
    for (const [what, text, status] of strange) {
      const heard = await say(stage, text)
      expect(heard.status, what).toBe(status)
      expectNothingTold(heard, stage)
    }
    const old = await say(stage, `GET /v1/status HTTP/1.0\r\n${bearer}\r\n\r\n`)
    expect(old.status).toBe(421)
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const heard = await say(stage, request('GET /v1/status', [`Host: ${host}:${port}`, bearer]))
      expect(heard.status, host).toBe(200)
    }
  })

  it(
    'W3: changes nothing by forms, images and scripts, in 10,000 tries',
    { timeout: 240_000 },
    async () => {
      const stage = await openStage()
      const before = stage.shown()
      const { port, honest } = stage
      const host = `Host: 127.0.0.1:${port}`
      const form = [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ]
      const others = ['Origin: https://evil.test', 'Origin: null', 'Sec-Fetch-Site: cross-site']
      const lines = [
        'POST /v1/releases',
        'POST /v1/conflicts/a',
        'POST /v1/sync',
        'POST /v1/invites',
      ]
      const body = '{"set":{"shop/banner":"theirs"}}'
      const kinds: readonly ((at: number) => string)[] = [
        // A form, as any page can send it.
        (at) =>
          request(
            pick(lines, at),
            [host, `Content-Type: ${pick(form, at)}`, pick(others, at)],
            body,
          ),
        // The same where a browser is too old to say whose it is.
        (at) => request(pick(lines, at), [host, `Content-Type: ${pick(form, at)}`], body),
        // The same with the token, should anything ever send it along; and without any type.
        (at) => request(pick(lines, at), [...honest, `Content-Type: ${pick(form, at)}`], body),
        (at) => request(pick(lines, at), honest, body),
        (at) => request(pick(lines, at), honest),
        // An image or a script: no GET changes anything, whoever sends it.
        (at) =>
          request(`GET ${pick(lines, at).split(' ')[1]}?set=theirs`, [host, pick(others, at)]),
        (at) => request(`GET ${pick(lines, at).split(' ')[1]}?method=POST&_method=PUT`, honest),
      ]
      const { statuses, heads } = await volley(10_000, async (at) =>
        say(stage, pick(kinds, at)(Math.floor(at / kinds.length))),
      )
      expect([...statuses.keys()].filter((status) => status < 400)).toEqual([])
      expect([...statuses.values()].reduce((sum, count) => sum + count)).toBe(10_000)
      expect([...heads].filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(stage.shown()).toBe(before)
    },
  )

  it('W4: is refused by its origin, token or not, and told nothing by way of CORS', async () => {
    const stage = await openStage()
    const { port, honest } = stage
    const foreign = [
      'Origin: https://evil.test',
      'Origin: null',
      `Origin: http://localhost:${port + 1}`,
      `Origin: https://127.0.0.1:${port}`,
      `Origin: http://localhost:${port}`,
      'Origin:',
      `Origin: http://127.0.0.1:${port}.evil.test`,
      `Origin: http://127.0.0.1:${port}/`,
      'Sec-Fetch-Site: cross-site',
      'Sec-Fetch-Site: same-site',
      'Sec-Fetch-Site: Same-Origin',
      `Origin: http://127.0.0.1:${port}\r\nOrigin: https://evil.test`,
    ]
    for (const header of foreign) {
      for (const [line, body] of [
        ['GET /v1/keys/shop/banner', ''],
        [setBanner, '"theirs"'],
        ['OPTIONS /v1/keys/shop/banner', ''],
      ] as const) {
        const heard = await say(stage, request(line, [...honest, header, json], body))
        expect(heard.status, `${line} ${header}`).toBe(403)
        expectNothingTold(heard, stage)
      }
    }
    const own = [`Origin: http://127.0.0.1:${port}`, 'Sec-Fetch-Site: same-origin']
    const heard = await say(stage, request('GET /v1/keys/shop/banner', [...honest, ...own]))
    expect(heard.status).toBe(200)
    expect(heard.head.toLowerCase()).not.toContain('access-control-allow')
    expect(stage.peer.get('shop/banner')).toBe(canary)
  })

  it('W5: opens no socket and no stream', async () => {
    const stage = await openStage()
    const { port, honest } = stage
    const upgrade = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    const host = `Host: 127.0.0.1:${port}`
    const stream = 'Accept: text/event-stream'
    const evil = 'Origin: https://evil.test'
    const tries: readonly (readonly [headers: readonly string[], status: number])[] = [
      [[host, ...upgrade, evil], 403],
      [[...honest, ...upgrade, evil], 403],
      [[host, ...upgrade], 401],
      [[host, stream, evil], 403],
      [[...honest, stream, evil], 403],
      [[host, stream], 401],
    ]
    for (const [headers, status] of tries) {
      const heard = await say(stage, request('GET /v1/watch?prefix=shop/', headers))
      expect(heard.status, headers.join()).toBe(status)
      expectNothingTold(heard, stage)
    }
  })

  it('W6: finds the token in no address, no answer, no log and no argument', async () => {
    const written: string[] = []
    const spies = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation((text) => (written.push(String(text)), true)),
    )
    try {
      const stage = await openStage()
      const { port, token, honest } = stage
      const host = `Host: 127.0.0.1:${port}`
      for (const name of ['token', 'access_token', 'authorization', 'auth']) {
        const heard = await say(stage, request(`GET /v1/status?${name}=${token}`, [host]))
        expect(heard.status, name).toBe(401)
        expectNothingTold(heard, stage)
      }
      for (const header of [`Cookie: token=${token}`, `X-Token: ${token}`, `Referer: /?${token}`]) {
        expect((await say(stage, request('GET /v1/status', [host, header]))).status).toBe(401)
      }
      for (const path of [
        '/v1/status',
        '/v1/peers',
        '/metrics',
        '/openapi.json',
        '/livez',
        '/no',
      ]) {
        expectNothingTold(
          { ...(await say(stage, request(`GET ${path}`, honest))), body: '' },
          stage,
        )
      }
      expect(Buffer.from(token, 'base64url')).toHaveLength(32)
      const { argv, env } = process
      expect(JSON.stringify([stage.api, argv, env, written])).not.toContain(token)
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
  })
})

const pick = <T>(items: readonly T[], at: number): T => items[at % items.length]!
