import { once } from 'node:events'
import { cpSync, existsSync, linkSync, lstatSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { MeshError } from '@grapevine/core'
import { openPeer } from '@grapevine/peer'
import { memoryHub, memoryStore, testPeer } from '@grapevine/peer/testing'
import { describe, expect, it, vi } from 'vitest'
import { serveApi } from '../src/serve.js'
import { dial, hearing, request, say } from './raw.js'
import { closeLater, openStage, temporaryFolder } from './stage.js'

const patient = { timeout: 30_000, interval: 20 }

/** Before any API was served here. */
const globals = [globalThis.Request, globalThis.Response]

describe('the API of a peer', () => {
  it('is at a socket in the data directory, and at a port where that is asked for', async () => {
    const stage = await openStage()
    expect(stage.api.addresses).toEqual([`unix:${stage.socket}`, `http://127.0.0.1:${stage.port}`])
    expect(stage.api.tokenFile).toBe(join(stage.dataDir, 'api.token'))
    expect(lstatSync(stage.socket).mode & 0o777).toBe(0o600)
    const quiet = await openStage({ listen: undefined })
    expect(quiet.api.addresses).toEqual([`unix:${quiet.socket}`])
    expect(existsSync(join(quiet.dataDir, 'api.token'))).toBe(false)
  })

  it('leaves a data directory in which a peer opens again, even after a kill', async () => {
    const dataDir = join(temporaryFolder(), 'data')
    const open = async () =>
      openPeer({ dataDir, mesh: 'shop', network: memoryHub().network, onNotice() {} })
    const peer = await open()
    closeLater(async () => peer.close())
    await peer.set('a', 1)
    const api = await serveApi(peer, { dataDir, listen: '127.0.0.1:0' })
    // What a killed process leaves is a socket that nobody answers, and the token.
    linkSync(join(dataDir, 'api.sock'), join(dataDir, 'left'))
    await api.close()
    await peer.close()
    renameSync(join(dataDir, 'left'), join(dataDir, 'api.sock'))
    const again = await open()
    closeLater(async () => again.close())
    const served = await serveApi(again, { dataDir, listen: '127.0.0.1:0' })
    closeLater(async () => served.close())
    const path = join(dataDir, 'api.sock')
    const { status } = await say({ path }, request('GET /v1/keys/a', ['Host: x']))
    expect(status).toBe(200)
    // Nor do they keep a first peer out of a directory that is otherwise empty.
    const fresh = temporaryFolder()
    cpSync(join(dataDir, 'api.token'), join(fresh, 'api.token'))
    const first = await openPeer({ dataDir: fresh, mesh: 'shop', network: memoryHub().network })
    await first.close()
  })

  it('refuses options that make no sense, before it opens anything', async () => {
    const peer = await testPeer()
    closeLater(async () => peer.close())
    const dataDir = temporaryFolder()
    for (const options of [
      {},
      { socket: false as const },
      { socket: false as const, dataDir },
      { socket: join(dataDir, 'a.sock'), listen: '127.0.0.1:0' },
      { dataDir, listen: '0.0.0.0:0' },
      { dataDir, listen: '' },
      { dataDir, limits: { headMs: 0 } },
      { dataDir, limits: { connectionsMax: NaN } },
      { dataDir, limits: { headMs: 60_000 } },
    ]) {
      await expect(serveApi(peer, options)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    }
    expect(existsSync(join(dataDir, 'api.sock'))).toBe(false)
    expect(existsSync(join(dataDir, 'a.sock'))).toBe(false)
  })

  it('answers nothing that a browser could run, frame or keep', async () => {
    const stage = await openStage()
    for (const line of [
      'GET /v1/keys/shop/banner?raw',
      'GET /no',
      'GET /metrics',
      'PUT /v1/status',
    ]) {
      const { head } = await say(
        stage,
        request(line, [...stage.honest, 'Content-Type: application/json']),
      )
      for (const header of [
        'x-content-type-options: nosniff',
        "content-security-policy: default-src 'none'; frame-ancestors 'none'",
        'cache-control: no-store',
        'referrer-policy: no-referrer',
        'cross-origin-resource-policy: same-origin',
      ]) {
        expect(head.toLowerCase().split('\r\n'), line).toContain(header)
      }
      expect(head).not.toMatch(/^server:|^x-powered-by:/im)
    }
  })

  it('takes any name through the socket, and any path of the file system', async () => {
    const stage = await openStage()
    for (const host of [['Host: x'], ['Host: -.-'], ['Host:'], []]) {
      const { status } = await say({ path: stage.socket }, request('GET /v1/status', host))
      expect(status, host[0]).toBe(200)
    }
  })

  it('leaves the globals of its process alone', async () => {
    await openStage()
    expect([globalThis.Request, globalThis.Response]).toEqual(globals)
  })

  it('ends with its streams told, its waiting queries answered, and its socket gone', async () => {
    const stage = await openStage()
    const { honest } = stage
    const stream = await dial(stage)
    stream.write(request('GET /v1/watch?prefix=shop/', honest))
    await once(stream, 'data')
    const told = hearing(stream)
    const { body } = await say(stage, request('GET /v1/keys?prefix=shop/', honest))
    const { index } = JSON.parse(body) as { index: string }
    const blocked = await dial({ path: stage.socket })
    blocked.write(request(`GET /v1/keys?prefix=shop/&index=${index}&wait=5m`, ['Host: x']))
    const answered = hearing(blocked)
    // An idle one, as clients keep them; and one that is in the middle of saying something.
    const idle = await dial(stage)
    const idling = hearing(idle)
    idle.write('GET /v1/status HTTP/1.1\r\nHost')
    // Answered behind it: by then the query before it waits.
    await say({ path: stage.socket }, request('GET /livez', ['Host: x']))
    await stage.api.close()
    expect((await told).head + (await told).body).toMatch(/: closing\n\n/)
    expect((await answered).status).toBe(200)
    expect((await idling).status).toBe(NaN)
    expect(existsSync(stage.socket)).toBe(false)
    await expect(dial(stage)).rejects.toThrow('ECONNREFUSED')
    // It is the API that closed, not the peer; and it can be served again.
    const again = await serveApi(stage.peer, { dataDir: stage.dataDir })
    closeLater(async () => again.close())
    expect((await say({ path: stage.socket }, request('GET /livez', ['Host: x']))).status).toBe(200)
  })

  it('sends to its end what is being sent when it closes', async () => {
    const large = 'x'.repeat(900_000)
    const stage = await openStage({ values: { a: large, b: large, c: large } })
    const reader = await dial({ path: stage.socket })
    reader.write(request('GET /v1/keys', ['Host: x']))
    await once(reader, 'readable')
    const closed = stage.api.close()
    const { head, body } = await hearing(reader)
    expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).toBe(Buffer.byteLength(body))
    expect(body.length).toBeGreaterThan(2_700_000)
    await closed
  })

  it('cuts off what takes too long when it closes', async () => {
    const stage = await openStage({ limits: { drainMs: 200 } })
    const { honest } = stage
    const slow = await dial(stage)
    const head = ['PUT /v1/keys/a HTTP/1.1', ...honest, 'Content-Type: application/json']
    slow.write(`${head.join('\r\n')}\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n`)
    await once(slow, 'data')
    const cut = hearing(slow)
    await stage.api.close()
    expect((await cut).status).toBe(NaN)
    expect(stage.peer.has('a')).toBe(false)
    // Whoever closes twice waits for the same end.
    await stage.api.close()
  })
})

describe('health', () => {
  const health = async (path: string, socket: string) =>
    say({ path: socket }, request(`GET ${path}`, ['Host: x']))

  it('is alive and ready from its disk alone', async () => {
    const { socket } = await openStage()
    expect(await health('/livez', socket)).toMatchObject({ status: 200, body: 'alive\n' })
    expect(await health('/readyz', socket)).toMatchObject({ status: 200, body: 'ready\n' })
  })

  it('stays ready when its disk fails, and says so', async () => {
    let isGone = false
    const beforeStore = (): void => {
      if (isGone) throw new MeshError('STORE_IO', 'the disk is gone')
    }
    const peer = await testPeer({ store: async () => memoryStore({ beforeStore }), onNotice() {} })
    closeLater(async () => peer.close())
    const dataDir = temporaryFolder()
    const api = await serveApi(peer, { dataDir })
    closeLater(async () => api.close())
    isGone = true
    await expect(peer.set('a', 1)).rejects.toThrow('the disk is gone')
    expect(await health('/readyz', join(dataDir, 'api.sock'))).toMatchObject({
      status: 200,
      body: 'ready\ndegraded: no writes are taken, reads go on: the disk is gone\n',
    })
  })
})

describe('metrics', () => {
  const scrape = async (socket: string): Promise<ReadonlyMap<string, number>> => {
    const { body } = await say({ path: socket }, request('GET /metrics', ['Host: x']))
    const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return new Map(
      lines.map((line) => {
        const [name = '', value] = line.split(/ (?=\S+$)/)
        return [name, Number(value)]
      }),
    )
  }

  it('are told in the form of Prometheus, each with what it means', async () => {
    const stage = await openStage()
    const { head, body } = await say({ path: stage.socket }, request('GET /metrics', ['Host: x']))
    expect(head.toLowerCase()).toContain('content-type: text/plain; version=0.0.4')
    const names = [...body.matchAll(/^# HELP (\S+) (.+)$/gm)]
    expect(names.length).toBeGreaterThan(30)
    for (const [, name, help] of names) {
      expect(name).toMatch(/^grapevine_[a-z_]+$/)
      expect(help, name).toMatch(/^[A-Z0-1].*\.$/)
      expect(body).toMatch(new RegExp(`^# TYPE ${name} (gauge|counter|histogram)$`, 'm'))
    }
    for (const [, name] of body.matchAll(/^# TYPE (\S+) counter$/gm))
      expect(name).toMatch(/_total$/)
    // However many keys, releases and members there are.
    expect(body.split('\n').filter((line) => line.startsWith('grapevine')).length).toBeLessThan(80)
  })

  it('count what happens', async () => {
    const stage = await openStage()
    const before = await scrape(stage.socket)
    for (let at = 0; at < 20; at += 1) await stage.peer.set('a', at)
    const after = await scrape(stage.socket)
    const grown = (name: string): number => (after.get(name) ?? NaN) - (before.get(name) ?? NaN)
    expect(grown('grapevine_store_commit_seconds_count')).toBeGreaterThanOrEqual(20)
    expect(after.get('grapevine_store_commit_seconds_bucket{le="+Inf"}')).toBe(
      after.get('grapevine_store_commit_seconds_count'),
    )
    expect(grown('grapevine_keys')).toBe(1)
    expect(after.get('grapevine_recent_releases')).toBe(16)
    expect(after.get('grapevine_recent_receipts{receipt="reached"}')).toBe(16)
    expect(after.get('grapevine_convergence_lag_seconds')).toBe(0)
    expect(after.get('grapevine_store_open')).toBe(1)
    expect(after.get('grapevine_peers_silent')).toBe(0)
    expect(after.get('grapevine_process_resident_bytes')).toBeGreaterThan(1e6)
    for (const [name, value] of after) expect(value, name).toBeGreaterThanOrEqual(0)
  })

  it('take nothing from the registry of the service', async () => {
    const { register } = await import('prom-client')
    const stage = await openStage()
    await scrape(stage.socket)
    expect(register.getMetricsAsArray()).toEqual([])
    await vi.waitFor(
      async () => expect((await scrape(stage.socket)).size).toBeGreaterThan(30),
      patient,
    )
  })
})
