import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { dial, hearing, heardIn, request, say } from './raw.js'
import { closeLater, openStage } from './stage.js'
import type { Stage } from './stage.js'

/** Long, and yet shorter than Node would wait by itself. */
const patient = { timeout: 15_000, interval: 20 }
const hasty = { headMs: 300, requestMs: 1_000 }

/** So many that say how a request begins, and then nothing. */
async function crowd(stage: Stage, size: number, text: string): Promise<readonly Socket[]> {
  const sockets = await Promise.all(Array.from({ length: size }, async () => dial(stage)))
  for (const socket of sockets) {
    socket.on('error', () => {}).resume()
    socket.write(text)
    closeLater(async () => socket.destroy())
  }
  return sockets
}

const isOver = (socket: Socket): boolean => socket.destroyed || socket.readableEnded

describe('W8: a caller that wants to wear the peer out', () => {
  it('is cut off when its head does not end, while the peer goes on', async () => {
    const stage = await openStage({ limits: hasty })
    const sockets = await crowd(stage, 40, `GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nX-`)
    const drip = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('a')
    }, 50)
    try {
      await stage.peer.set('shop/banner', 'meanwhile')
      expect((await say(stage, request('GET /v1/status', stage.honest))).status).toBe(200)
      await vi.waitFor(() => expect(sockets.filter(isOver)).toHaveLength(40), patient)
    } finally {
      clearInterval(drip)
    }
  })

  it('is cut off when its body does not end', async () => {
    const stage = await openStage({ limits: hasty })
    const { honest } = stage
    const head = ['PUT /v1/keys/a HTTP/1.1', ...honest, 'Content-Type: application/json']
    const socket = await dial(stage)
    socket.write(`${head.join('\r\n')}\r\nContent-Length: 1000\r\n\r\n"`)
    const { status } = await hearing(socket)
    expect(status).toBe(408)
    expect(stage.peer.has('a')).toBe(false)
  })

  it('is refused once there are too many of it; the socket, and the peer, stay usable', async () => {
    const stage = await openStage({ limits: { headMs: 60_000, requestMs: 60_000 } })
    const sockets = await crowd(stage, 300, 'GET /v1/status HTTP/1.1\r\n')
    // 256 are taken, and the rest hears that at once.
    await vi.waitFor(() => expect(sockets.filter(isOver)).toHaveLength(44), patient)
    await stage.peer.set('shop/banner', 'in the crowd')
    const banner = 'GET /v1/keys/shop/banner'
    const byOwner = await say({ path: stage.socket }, request(banner, ['Host: x']))
    expect([byOwner.status, JSON.parse(byOwner.body)]).toMatchObject([
      200,
      { value: 'in the crowd' },
    ])
    expect((await say(stage, request(banner, stage.honest))).status).toBe(NaN)
    for (const socket of sockets) socket.destroy()
    await vi.waitFor(
      async () => expect((await say(stage, request(banner, stage.honest))).status).toBe(200),
      patient,
    )
  })

  it('is refused by the first line of what is too large, and nothing of it is read', async () => {
    const stage = await openStage()
    const { honest } = stage
    const type = 'Content-Type: application/json'
    const large = `PUT /v1/keys/a HTTP/1.1\r\n${honest.join('\r\n')}\r\n${type}\r\nContent-Length: ${100 * 1024 * 1024}\r\n\r\n`
    // It need not even begin with its body.
    const unsent = await say(stage, large)
    expect([unsent.status, JSON.parse(unsent.body)]).toMatchObject([
      413,
      { code: 'RELEASE_TOO_LARGE' },
    ])
    // Whoever sends it all the same gets his answer, and is cut off.
    const sent = await say(stage, large + 'x'.repeat(4 * 1024 * 1024))
    expect(sent.status).toBe(413)
    const expecting = await say(
      stage,
      large.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'),
    )
    expect(expecting.status).toBe(413)
    const chunked = await say(
      stage,
      request('PUT /v1/keys/a', [...honest, type, 'Transfer-Encoding: chunked']) +
        '1\r\n1\r\n0\r\n\r\n',
    )
    expect(chunked.status).toBe(411)
    const both = await say(
      stage,
      request('PUT /v1/keys/a', [...honest, type, 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
    )
    expect(both.status).toBe(400)
    const headers = await say(
      stage,
      request('GET /v1/status', [...honest, `X: ${'x'.repeat(65_536)}`]),
    )
    expect(headers.status).toBe(431)
    const many = Array.from({ length: 20_000 }, (_, at) => `X${at}: 1`)
    expect((await say(stage, request('GET /v1/status', [...honest, ...many]))).status).toBe(431)
    expect(stage.peer.has('a')).toBe(false)
  })

  it('is told to go on with a body only after its head was judged', async () => {
    const stage = await openStage()
    const head = ['PUT /v1/keys/a HTTP/1.1', ...stage.honest, 'Content-Type: application/json']
    const socket = await dial(stage)
    socket.write(
      `${[...head, 'Connection: close', 'Content-Length: 1', 'Expect: 100-continue'].join('\r\n')}\r\n\r\n`,
    )
    const [text] = (await once(socket, 'data')) as [Buffer]
    expect(text.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    const answer = hearing(socket)
    socket.write('1')
    expect((await answer).status).toBe(200)
    expect(stage.peer.get('a')).toBe(1)
  })

  it('has its requests one after another refused with its connection', async () => {
    const stage = await openStage()
    const bad = request('GET /v1/status', [`Host: 127.0.0.1:${stage.port}`]).replace(
      'Connection: close\r\n',
      '',
    )
    const good = request('PUT /v1/keys/a', [...stage.honest, 'Content-Type: application/json'], '1')
    const socket = await dial(stage)
    const answer = hearing(socket)
    socket.write(bad + good)
    const { status, body } = await answer
    expect(status).toBe(401)
    expect(heardIn(body.slice(body.indexOf('}') + 1)).status).toBe(NaN)
    expect(stage.peer.has('a')).toBe(false)
  })
})
