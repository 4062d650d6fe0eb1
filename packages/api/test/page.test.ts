import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { serveFetch } from '../src/serve-fetch.js'
import type { Page, PageFile } from '../src/serving/page.js'
import { request, say } from './raw.js'
import type { Heard } from './raw.js'
import { closeLater, openStage, temporaryFolder } from './stage.js'
import type { Stage } from './stage.js'

const file = (text: string, type: string, isImmutable = false): PageFile => ({
  body: new TextEncoder().encode(text),
  type,
  isImmutable,
})

const script = 'export const canary = 1'
const page: Page = {
  files: new Map([
    ['/', file('<!doctype html><title>Grapevine</title>', 'text/html; charset=utf-8')],
    ['/assets/page-1a2b.js', file(script, 'text/javascript; charset=utf-8', true)],
  ]),
}

const headOf = ({ head }: Heard): ReadonlyMap<string, string> =>
  new Map(
    head
      .split('\r\n')
      .slice(1)
      .map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]),
  )

const at = async ({ port }: Stage, line: string, ...headers: readonly string[]) =>
  say({ port }, request(line, [`Host: 127.0.0.1:${port}`, ...headers]))

describe('the page of a peer', () => {
  it('is shown without a token, and what it asks for is not', async () => {
    const stage = await openStage({ page })
    const start = await at(stage, 'GET /')
    expect([start.status, start.body]).toEqual([200, '<!doctype html><title>Grapevine</title>'])
    expect(headOf(start).get('content-type')).toBe('text/html; charset=utf-8')
    expect((await at(stage, 'GET /assets/page-1a2b.js')).body).toBe(script)
    expect(JSON.parse((await at(stage, 'GET /page.json')).body)).toEqual({ kind: 'peer' })
    const { status } = await say({ path: stage.socket }, request('GET /', []))
    expect(status).toBe(200)
    for (const path of ['/v1/status', '/v1/keys/shop/banner', '/v1/live', '/metrics', '/livez']) {
      expect((await at(stage, `GET ${path}`)).status, path).toBe(401)
    }
    const shown = await at(stage, 'GET /v1/status', ...stage.honest.slice(1))
    expect(shown.status).toBe(200)
  })

  it('may run its own scripts and speak to its own peer, and nothing else', async () => {
    const stage = await openStage({ page })
    const head = headOf(await at(stage, 'GET /'))
    const policy = (head.get('content-security-policy') ?? '').split('; ')
    expect(policy.toSorted()).toEqual(
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ].toSorted(),
    )
    expect(head.get('x-content-type-options')).toBe('nosniff')
    expect(head.get('referrer-policy')).toBe('no-referrer')
    expect(head.get('cross-origin-opener-policy')).toBe('same-origin')
    const answer = headOf(await at(stage, 'GET /v1/status', ...stage.honest.slice(1)))
    expect(answer.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  })

  it('is not sent again to whoever has it, and for ever kept where its name says what it is', async () => {
    const stage = await openStage({ page })
    const [start, asset] = [
      headOf(await at(stage, 'GET /')),
      headOf(await at(stage, 'GET /assets/page-1a2b.js')),
    ]
    expect(start.get('cache-control')).toBe('no-cache')
    expect(asset.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const etag = start.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{27}"$/)
    expect(asset.get('etag')).not.toBe(etag)
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await at(stage, 'GET /', `If-None-Match: ${tag}`)
      expect([again.status, again.body, headOf(again).get('etag')], tag).toEqual([304, '', etag])
    }
    expect((await at(stage, 'GET /', 'If-None-Match: "x"')).status).toBe(200)
  })

  it('says by HEAD what GET would, without the body', async () => {
    const stage = await openStage({ page })
    const [head, get] = [await at(stage, 'HEAD /'), await at(stage, 'GET /')]
    expect([head.status, head.body]).toEqual([200, ''])
    for (const name of ['content-length', 'content-type', 'etag', 'content-security-policy']) {
      expect(headOf(head).get(name), name).toBe(headOf(get).get(name))
    }
  })

  it('has the files of its table, and no path leads to another', async () => {
    const stage = await openStage({ page })
    for (const path of [
      '/index.html',
      '/assets/',
      '/assets/../api.token',
      '/assets/..%2fapi.token',
      '/%2e%2e/api.token',
      '/../../etc/passwd',
      '/assets/page-1a2b.js/',
      '/assets//page-1a2b.js',
      '/ASSETS/page-1a2b.js',
    ]) {
      const { status, body } = await at(stage, `GET ${path}`)
      expect(status, path).toBe(401)
      expect(body).not.toContain(stage.token)
      const shown = await at(stage, `GET ${path}`, ...stage.honest.slice(1))
      expect([400, 404], path).toContain(shown.status)
    }
    expect((await at(stage, 'GET //')).status).toBe(400)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await at(stage, `${method} /`)).status, method).toBe(401)
    }
  })

  it('opens by a link of another site, at its start alone, and is told to no page', async () => {
    const stage = await openStage({ page })
    const foreign = 'Sec-Fetch-Site: cross-site'
    const follow = [foreign, 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']
    expect((await at(stage, 'GET /', ...follow)).status).toBe(200)
    expect((await at(stage, 'GET /?from=there', ...follow)).status).toBe(200)
    const refused: readonly (readonly [string, ...string[]])[] = [
      ['GET /assets/page-1a2b.js', ...follow],
      ['GET /page.json', ...follow],
      ['GET /v1/status', ...follow],
      ['POST /', ...follow],
      ['GET /', foreign],
      ['GET /', foreign, 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: script'],
      ['GET /', foreign, 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'],
      ['GET /', foreign, ...follow.slice(1), 'Sec-Fetch-Dest: iframe'],
      ['GET /', ...follow, 'Origin: http://evil.test'],
      ['GET /', ...follow, 'Origin: null'],
      ['GET /', 'Origin: http://evil.test'],
      ['GET /assets/page-1a2b.js', 'Sec-Fetch-Site: same-site'],
    ]
    for (const [line, ...headers] of refused) {
      expect((await at(stage, line, ...headers)).status, `${line} ${headers.join()}`).toBe(403)
    }
    expect((await at(stage, 'GET /', 'Sec-Fetch-Site: same-origin')).status).toBe(200)
    expect((await at(stage, 'GET /', 'Sec-Fetch-Site: none')).status).toBe(200)
  })

  it('answers to the names of this machine alone', async () => {
    const stage = await openStage({ page })
    for (const host of ['evil.test', `evil.test:${stage.port}`, '127.0.0.1', '']) {
      const { status, body } = await say(stage, request('GET /', [`Host: ${host}`]))
      expect(status, host).toBe(421)
      expect(body).not.toContain('doctype')
    }
    expect((await say(stage, request('GET /', [`Host: localhost:${stage.port}`]))).status).toBe(200)
  })

  it('cannot stand where the API does', async () => {
    for (const path of ['/v1/status', 'index.html', '/a?b']) {
      const wrong = { files: new Map([[path, file('', 'text/html')]]) }
      await expect(openStage({ page: wrong })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    }
  })
})

describe('whatever answers requests', () => {
  const hello = async (): Promise<Response> => new Response('hello')

  it('is served at a port without a token where it is told to, and guarded as all else', async () => {
    const served = await serveFetch(hello, { listen: '127.0.0.1:0', tokenFile: false, page })
    closeLater(async () => served.close())
    expect(served.tokenFile).toBeUndefined()
    const port = Number(/:(\d+)$/.exec(served.addresses[0] ?? '')?.[1])
    const host = `Host: 127.0.0.1:${port}`
    expect((await say({ port }, request('GET /x', [host]))).body).toBe('hello')
    expect((await say({ port }, request('GET /', [host]))).body).toContain('Grapevine')
    const refused: readonly (readonly [number, string, readonly string[]])[] = [
      [403, 'GET /x', [host, 'Origin: http://evil.test']],
      [403, 'GET /x', [host, 'Sec-Fetch-Site: cross-site']],
      [421, 'GET /x', ['Host: evil.test']],
      [415, 'POST /x', [host, 'Content-Type: text/plain']],
    ]
    for (const [status, line, headers] of refused) {
      expect((await say({ port }, request(line, headers))).status, line).toBe(status)
    }
  })

  it('is served at a socket, and gone when it is closed', async () => {
    const socket = join(temporaryFolder(), 'x.sock')
    const served = await serveFetch(hello, { socket })
    closeLater(async () => served.close())
    expect(served.addresses).toEqual([`unix:${socket}`])
    expect((await say({ path: socket }, request('GET /x', []))).body).toBe('hello')
    await served.close()
    await expect(say({ path: socket }, request('GET /x', []))).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })

  it('that fails is answered, and told', async () => {
    const socket = join(temporaryFolder(), 'x.sock')
    const faults: unknown[] = []
    const fault = new Error('a secret of the house')
    const failing = async (): Promise<Response> => Promise.reject(fault)
    const served = await serveFetch(failing, { socket, onFault: (error) => faults.push(error) })
    closeLater(async () => served.close())
    const { status, body } = await say({ path: socket }, request('GET /x', []))
    expect(status).toBe(500)
    expect(body).not.toContain('secret')
    expect(faults).toEqual([fault])
  })

  it('needs a door, and a port a token or the word that it needs none', async () => {
    const folder = temporaryFolder()
    closeLater(async () => rmSync(folder, { recursive: true, force: true }))
    for (const options of [
      {},
      { listen: '127.0.0.1:0' },
      { listen: '0.0.0.0:0', tokenFile: false as const },
    ]) {
      await expect(serveFetch(hello, options)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    }
  })
})
