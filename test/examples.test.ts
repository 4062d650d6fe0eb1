import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { node, root, tools } from '../scripts/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'examples-'))
const started: Running[] = []

// An example imports the packages as its reader's project would: compiled.
beforeAll(async () => {
  const { exitCode, output } = await node([tools.tsc, '-b', 'packages/peer'])
  expect(exitCode, output).toBe(0)
})

afterEach(async () => {
  for (const example of started.splice(0)) await example.kill()
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Running {
  /** Resolves once it has printed this. */
  says(text: string | RegExp): Promise<void>
  type(line: string): void
  /** As Ctrl-D does it; answers the exit code. */
  hangUp(): Promise<number | null>
  /** As Ctrl-C does it; answers the exit code. */
  stop(): Promise<number | null>
  /** Answers the exit code once it has ended by itself. */
  ended(): Promise<number | null>
  kill(): Promise<void>
}

function start(example: string, data: string, args: readonly string[]): Running {
  const script = ['--import', 'tsx', `examples/${example}`, '--data', join(folder, data), ...args]
  const child = spawn(process.execPath, script, { cwd: root })
  const exited = once(child, 'exit') as Promise<[number | null]>
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
  }
  const ended = async (): Promise<number | null> => (await exited)[0]
  const one: Running = {
    says: (text) => vi.waitFor(() => expect(printed).toMatch(text), waiting),
    type: (line) => child.stdin.write(`${line}\n`),
    hangUp: () => (child.stdin.end(), ended()),
    stop: () => (child.kill('SIGINT'), ended()),
    ended,
    kill: async () => (child.kill('SIGKILL'), await exited, undefined),
  }
  started.push(one)
  return one
}

const waiting = { timeout: 30_000, interval: 20 }

/** Ports that nobody uses now. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

const at = (port: number | undefined): string => `127.0.0.1:${port}`

describe('examples/limits', () => {
  /** The answer of a route, and its status. */
  async function ask(method: string, url: string, body?: unknown): Promise<[number, unknown]> {
    const headers = { 'content-type': 'application/json' }
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
    const response = await fetch(url, init)
    return [response.status, await response.json()]
  }

  it('shares limits, knows them again after a restart, and keeps the last good ones', async () => {
    const [one, two, peerOne, peerTwo] = await freePorts(4)
    const first = start('limits/server.ts', 'limits-1', [
      '--port',
      `${one}`,
      '--listen',
      at(peerOne),
    ])
    const second = ['--port', `${two}`, '--listen', at(peerTwo), '--peers', at(peerOne)]
    let other = start('limits/server.ts', 'limits-2', second)
    const health = `http://${at(two)}/health`
    const shows = (state: object): Promise<void> =>
      vi.waitFor(async () => {
        expect(await ask('GET', health)).toMatchObject([200, state])
      }, waiting)
    await shows({ limits: { daily: 500 }, source: 'default', members: 2, inSight: 2 })

    const limits = `http://${at(one)}/limits`
    expect(await ask('PUT', limits, { daily: 900 })).toMatchObject([200, { reached: 2 }])
    await shows({ limits: { daily: 900 }, source: 'mesh', stale: false })
    const pay = (amount: number): Promise<[number, unknown]> =>
      ask('POST', `http://${at(two)}/pay`, { amount })
    expect(await pay(800)).toEqual([200, { paid: 800 }])
    expect(await pay(901)).toEqual([422, { error: '901 is above the limit, 900' }])

    expect(await other.stop()).toBe(0)
    other = start('limits/server.ts', 'limits-2', second)
    await shows({ limits: { daily: 900 }, source: 'disk', members: 2 })

    await shows({ inSight: 2 })
    const [status, refusal] = await ask('PUT', limits, { daily: 'lots' })
    expect(status).toBe(409)
    expect(refusal).toMatchObject({ refused: 2, error: expect.stringContaining('daily') as string })
    await shows({ limits: { daily: 900 }, stale: true })
    for (const service of [first, other]) expect(await service.stop()).toBe(0)
  })
})

describe('examples/pool', () => {
  it('resizes every pool, and tells who refuses a size', async () => {
    const [one, two] = await freePorts(2)
    const workers = [
      start('pool/worker.ts', 'worker-1', ['--listen', at(one)]),
      start('pool/worker.ts', 'worker-2', ['--listen', at(two), '--peers', at(one)]),
    ]
    await Promise.all(workers.map((worker) => worker.says('2 jobs at a time')))
    const resize = (size: number): Running =>
      start('pool/resize.ts', 'resize', ['--peers', at(one), `${size}`])

    const eight = resize(8)
    await Promise.all(workers.map((worker) => worker.says('8 jobs at a time instead of 2')))
    expect(await eight.ended()).toBe(0)

    const many = resize(1000)
    await Promise.all(workers.map((worker) => worker.says('refused: ')))
    await many.says(/worker\/settings.*64/)
    expect(await many.ended()).toBe(1)
    for (const worker of workers) expect(await worker.stop()).toBe(0)
  })
})

describe('examples/flags', () => {
  it('shows in one service what was turned on in the other, with receipts', async () => {
    const [one, two] = await freePorts(2)
    const shop = start('flags/shop.ts', 'shop', ['--listen', at(one), '--peers', at(two)])
    const office = start('flags/back-office.ts', 'back-office', [
      '--listen',
      at(two),
      '--peers',
      at(one),
    ])
    await shop.says('the old checkout, with shipping at cost')
    await office.says('flags: new-checkout, free-shipping')
    await office.says('shop is here')
    office.type('new-checkout on')
    await shop.says('the new checkout, with shipping at cost')
    await office.says('shop  reached')

    expect(await shop.stop()).toBe(0)
    office.type('free-shipping on')
    await office.says('1 of 2 have it')
    const again = start('flags/shop.ts', 'shop', ['--listen', at(one), '--peers', at(two)])
    await again.says('the new checkout, with free shipping')
    expect(await again.stop()).toBe(0)
    expect(await office.hangUp()).toBe(0)
  })
})
