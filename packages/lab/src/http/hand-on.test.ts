import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Berth } from '../mesh/berth.js'
import { handOn } from './hand-on.js'

it('hands on what is asked, and nothing that belongs to the connection it came by', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'grapevine-hand-on-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true }))
  let heard: IncomingHttpHeaders = {}
  const peer = createServer((request, response) => {
    heard = request.headers
    response.end(request.url)
  })
  onTestFinished(() => void peer.close())
  const socket = join(folder, 'api.sock')
  peer.listen(socket)
  await once(peer, 'listening')

  const headers = { te: 'trailers', trailer: 'x-sum', upgrade: 'websocket', accept: 'text/plain' }
  const request = new Request('http://localhost/', { headers })
  const berth = { name: 'checkout', state: 'running', socket } as Berth
  const answer = await handOn(request, berth, '/v1/keys?prefix=a/../b')
  expect(await answer.text()).toBe('/v1/keys?prefix=a/../b')
  expect(heard).toMatchObject({ accept: 'text/plain', host: 'localhost' })
  for (const name of ['te', 'trailer', 'upgrade']) expect(heard).not.toHaveProperty(name)
})
