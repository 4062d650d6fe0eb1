import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { testPeer } from '@grapevine/peer/testing'
import { describe, expect, it, vi } from 'vitest'
import { connect } from '../src/client/connect.js'
import { serveApi } from '../src/serve.js'
import { request, say, volley } from './raw.js'
import { closeLater, openStage, temporaryFolder } from './stage.js'

/** Sits where an API should be, and remembers what callers tell it. */
async function impostor(where: { readonly port: number } | { readonly path: string }): Promise<{
  readonly port: number
  readonly heard: string[]
}> {
  const heard: string[] = []
  const server = createServer((socket) => {
    heard.push('somebody came')
    socket.on('data', (chunk) => heard.push(chunk.toString()))
    socket.on('error', () => {})
  })
  closeLater(async () => new Promise((resolve) => server.close(resolve)))
  server.listen({ ...where, host: '127.0.0.1' })
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, heard }
}

describe('another user of the machine', () => {
  it(
    'L3: gets in with no token, a wrong, a cut or a longer one never, and keeps nobody out',
    { timeout: 240_000 },
    async () => {
      const stage = await openStage()
      const { port, token } = stage
      const host = `Host: 127.0.0.1:${port}`
      const wrong = [
        '',
        'Bearer',
        'Bearer ',
        `Basic ${token}`,
        token,
        `Bearer ${token.slice(0, -1)}`,
        `Bearer ${token}A`,
        `Bearer ${token.slice(1)}`,
        `Bearer ${token} ${token}`,
        `Bearer ${token},`,
        `Bearer "${token}"`,
        `Bearer ${token}=`,
        `bearer:${token}`,
        `Bearer ${token.toLowerCase()}`,
        `Bearer ${token}\r\nAuthorization: Bearer ${token}`,
      ]
      for (const shown of wrong) {
        const headers = [host, ...(shown === '' ? [] : [`Authorization: ${shown}`])]
        const heard = await say(stage, request('GET /v1/status', headers))
        expect(heard.status, shown.replaceAll(token, '(token)')).toBe(401)
        expect(heard.head.toLowerCase()).toContain('www-authenticate: bearer')
      }
      const { statuses } = await volley(10_000, async () => {
        const guess = randomBytes(32).toString('base64url')
        return say(stage, request('GET /v1/status', [host, `Authorization: Bearer ${guess}`]))
      })
      expect([...statuses]).toEqual([[401, 10_000]])
      expect((await say(stage, request('GET /v1/status', stage.honest))).status).toBe(200)
    },
  )

  it('L4: who sits on the port first is told of, and hears nothing', async () => {
    const { port, heard } = await impostor({ port: 0 })
    const dataDir = temporaryFolder()
    const peer = await testPeer()
    closeLater(async () => peer.close())
    await expect(serveApi(peer, { dataDir, listen: `127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringContaining('callers would show it their token') as string,
    })
    expect(heard).toEqual([])
    // Nor is the other door left half open.
    expect(existsSync(join(dataDir, 'api.sock'))).toBe(false)
  })

  it('L4: who sits on the socket first is told of, and hears no more than a knock', async () => {
    const dataDir = temporaryFolder()
    const path = join(dataDir, 'api.sock')
    const { heard } = await impostor({ path })
    const peer = await testPeer()
    closeLater(async () => peer.close())
    await expect(serveApi(peer, { dataDir })).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
    expect(heard).toEqual(['somebody came'])
    expect(existsSync(path)).toBe(true)
  })

  it('L4: who put his socket where ours should be hears nothing from our client', async () => {
    const path = join(temporaryFolder(), 'api.sock')
    const { heard } = await impostor({ path })
    const uid = vi.spyOn(process, 'getuid').mockReturnValue(4_711)
    try {
      // What belongs to root may be trusted: nobody else can make it so.
      if (process.geteuid?.() === 0) chownSync(path, 65_534, 65_534)
      await expect(connect({ socket: path })).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' })
    } finally {
      uid.mockRestore()
    }
    expect(heard).toEqual([])
  })

  it('L4: nobody can sit on the port beside us', async () => {
    const { port } = await openStage()
    for (const host of ['127.0.0.1', '0.0.0.0']) {
      const server = createServer()
      server.listen({ port, host })
      const [error] = (await once(server, 'error')) as [NodeJS.ErrnoException]
      expect(error.code, host).toBe('EADDRINUSE')
    }
  })
})
