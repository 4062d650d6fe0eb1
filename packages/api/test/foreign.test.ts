import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { closeLater, openStage } from './stage.js'
import { tool } from './tool.js'

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

const run = async (program: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(program, args, { timeout: 60_000 }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : NaN
      resolve({ code, out, err })
    })
  })

/** One that goes on, and what it has printed so far. */
function start(program: string, args: readonly string[]): { out(): string } {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  closeLater(async () => (child.kill('SIGKILL'), exited))
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  return { out: () => out }
}

const patient = { timeout: 30_000, interval: 20 }

describe('curl', () => {
  it('reads, writes, and is refused, through the socket', async () => {
    const stage = await openStage({ values: { 'shop/banner': 'Sale!' } })
    const curl = async (...args: readonly string[]): Promise<Ended> =>
      run(tool(['curl'], 'CURL'), ['-sS', '--unix-socket', stage.socket, ...args])
    const banner = 'http://peer/v1/keys/shop/banner'
    const got = await curl(banner)
    expect(JSON.parse(got.out), got.err).toMatchObject({ key: 'shop/banner', value: 'Sale!' })
    expect((await curl(`${banner}?raw`)).out).toBe('Sale!')
    const json = ['-H', 'content-type: application/json']
    const status = ['-o', '/dev/null', '-w', '%{http_code}']
    const put = await curl('-X', 'PUT', ...json, '-d', '{"text":"Ended"}', ...status, banner)
    expect(put.out).toBe('200')
    expect(stage.peer.get('shop/banner')).toEqual({ text: 'Ended' })
    const stale = await curl('-X', 'PUT', ...json, '-H', 'If-Match: "no"', '-d', '1', banner)
    expect(JSON.parse(stale.out)).toMatchObject({ status: 412, code: 'IF_MATCH_FAILED' })
    expect((await curl('http://peer/readyz')).out).toBe('ready\n')
    expect((await curl('-X', 'DELETE', ...status, banner)).out).toBe('200')
    expect((await curl(banner, ...status)).out).toBe('404')
  })

  it('shows its token at the port, from a file', async () => {
    const stage = await openStage()
    const curl = async (...args: readonly string[]): Promise<Ended> =>
      run(tool(['curl'], 'CURL'), ['-sS', ...args])
    const address = `http://127.0.0.1:${stage.port}/v1/status`
    expect(JSON.parse((await curl(address)).out)).toMatchObject({ status: 401 })
    // Read by a shell, it is in no argument.
    const command = `printf 'header = "Authorization: Bearer %s"' "$(cat ${stage.api.tokenFile})" | ${tool(['curl'], 'CURL')} -sS -K - ${address}`
    const shown = await run('sh', ['-c', command])
    expect(JSON.parse(shown.out), shown.err).toMatchObject({ name: 'alice' })
  })

  it('follows what changes', async () => {
    const stage = await openStage({ values: { 'shop/banner': 'Sale!' } })
    const args = ['-sSN', '--unix-socket', stage.socket, 'http://peer/v1/watch?prefix=shop/']
    const stream = start(tool(['curl'], 'CURL'), args)
    await vi.waitFor(() => expect(stream.out()).toContain('event: state'), patient)
    await stage.peer.set('other', 1)
    await stage.peer.set('shop/banner', 'Ended')
    await vi.waitFor(() => expect(stream.out()).toContain('"value":"Ended"'), patient)
    expect(stream.out()).toContain('event: change')
    expect(stream.out()).not.toContain('other')
  })
})

const script = join(import.meta.dirname, '../../../examples/python/grapevine.py')

describe('the example in Python', () => {
  it('writes, reads, and hears why not', async () => {
    const stage = await openStage()
    const python = async (...args: readonly string[]): Promise<Ended> =>
      run(tool(['python3'], 'PYTHON'), [script, '--socket', stage.socket, ...args])
    const wrote = await python('set', 'shop/größe', '{"S": [1, null]}', '--message', 'first')
    expect(wrote.err).toBe('')
    expect(stage.peer.entry('shop/größe')).toMatchObject({
      value: { S: [1, null] },
      release: { message: 'first', name: wrote.out.trim() },
    })
    const read = await python('get', 'shop/größe')
    expect(JSON.parse(read.out)).toEqual({ S: [1, null] })
    const [, version = ''] = /^version (\S+), index \S+$/m.exec(read.err) ?? []
    expect(version).toBe(stage.peer.entry('shop/größe')?.version)
    expect((await python('set', 'shop/größe', '2', '--if-version', version)).code).toBe(0)
    const late = await python('set', 'shop/größe', '3', '--if-version', version)
    expect(late).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^IF_MATCH_FAILED: /) as string,
    })
    await stage.peer.set('blob', new Uint8Array([1, 2]))
    expect(JSON.parse((await python('get', 'blob')).out)).toEqual({ $bytes: 'AQI=' })
    expect(await python('get', 'nothing')).toMatchObject({ code: 1, out: '' })
  })

  it('waits for a change with a blocking query, and follows them all', async () => {
    const stage = await openStage({ values: { 'shop/banner': 'Sale!' } })
    const args = [script, '--socket', stage.socket]
    const program = tool(['python3'], 'PYTHON')
    const [, index = ''] =
      /index (\S+)$/m.exec((await run(program, [...args, 'get', 'shop/banner'])).err) ?? []
    const waiting = run(program, [...args, 'wait', 'shop/banner', '--index', index])
    const watching = start(program, [...args, 'watch', 'shop/'])
    await vi.waitFor(() => expect(watching.out()).toBe('state shop/banner "Sale!"\n'), patient)
    await stage.peer.set('shop/banner', 'Ended')
    expect(JSON.parse((await waiting).out)).toBe('Ended')
    await stage.peer.remove('shop/banner')
    const told = 'state shop/banner "Sale!"\nchange shop/banner "Ended"\nchange shop/banner null\n'
    await vi.waitFor(() => expect(watching.out()).toBe(told), patient)
  })

  it('hears why, however much it was about to send', async () => {
    const stage = await openStage()
    // As most clients do, it looks for an answer only when all is sent.
    const program = `import http.client
for _ in range(8):
  connection = http.client.HTTPConnection('127.0.0.1', ${stage.port}, timeout=30)
  connection.request('PUT', '/v1/keys/a', b'x' * 5000000)
  print(connection.getresponse().status)`
    const { out, err } = await run(tool(['python3'], 'PYTHON'), ['-c', program])
    expect([out, err]).toEqual(['401\n'.repeat(8), ''])
  })

  it('says where nobody answers', async () => {
    const nowhere = [script, '--socket', '/nowhere/api.sock', 'get', 'a']
    const { code, err } = await run(tool(['python3'], 'PYTHON'), nowhere)
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('no peer answers at /nowhere/api.sock'),
    ])
  })
})
