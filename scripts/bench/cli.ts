import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveApi } from '@grapevine/api'
import { openPeer } from '@grapevine/peer'
import type { Bench, Figure } from '../measure.ts'

const program = fileURLToPath(new URL('../../packages/cli/bin/grapevine.js', import.meta.url))
const rounds = 15

/** From the start of a process to its end, in milliseconds. */
const lifeOf = async (args: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0
        ? resolve(performance.now() - began)
        : reject(new Error(`${args.join(' ')} ended with ${code}`)),
    )
  })

/** Each beside a Node that does nothing, one after the other: what a busy machine does, it does to both. */
async function beside(args: readonly string[]): Promise<Pick<Figure, 'rounds' | 'floor'>> {
  const floors: number[] = []
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    floors.push(await lifeOf(['-e', '0']))
    times.push(await lifeOf([program, ...args]))
  }
  return { rounds: times, floor: floors.toSorted((a, b) => a - b)[Math.floor(rounds / 2)]! }
}

/** From typing a command to its end; the floor is a Node that does nothing. */
async function* starting(): AsyncIterable<Figure> {
  yield {
    what: 'grapevine --version',
    unit: 'ms',
    ...(await beside(['--version'])),
    goal: { of: 'median', atMost: 150 },
  }
  await using served = await serve()
  const at = ['--data-dir', served.dataDir]
  yield {
    what: 'grapevine get, beside a peer',
    unit: 'ms',
    ...(await beside(['get', 'shop/key7', ...at])),
  }
  yield {
    what: 'grapevine set, beside a peer',
    unit: 'ms',
    ...(await beside(['set', 'shop/key7', 'x', ...at])),
  }
}

/** What a client of another language waits for, over the socket of a peer that holds 1,000 keys. */
async function* asking(): AsyncIterable<Figure> {
  await using served = await serve()
  const each = async (path: string): Promise<readonly number[]> => {
    const times: number[] = []
    for (let round = 0; round < 300; round++) {
      const began = performance.now()
      await answered(served.socket, path)
      if (round >= 50) times.push(performance.now() - began)
    }
    return times
  }
  const floor = (await each('/livez')).toSorted((a, b) => a - b)[125]!
  yield { what: 'GET /livez', unit: 'ms', rounds: [floor] }
  yield { what: 'GET /v1/keys/{key}', unit: 'ms', rounds: await each('/v1/keys/shop/key7'), floor }
  yield { what: 'GET /v1/keys, 1,000 keys', unit: 'ms', rounds: await each('/v1/keys'), floor }
  yield { what: 'GET /metrics', unit: 'ms', rounds: await each('/metrics'), floor }
}

const answered = async (socketPath: string, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    request({ socketPath, path, headers: { host: 'localhost' } }, (response) => {
      response.resume().on('end', () => resolve())
    })
      .on('error', reject)
      .end()
  })

async function serve(): Promise<
  AsyncDisposable & { readonly dataDir: string; readonly socket: string }
> {
  const dataDir = await mkdtemp(join(tmpdir(), 'grapevine-bench-'))
  const peer = await openPeer({ dataDir, mesh: 'bench' })
  const set = new Map(Array.from({ length: 1_000 }, (_, index) => [`shop/key${index}`, index]))
  await peer.publish({ set })
  const api = await serveApi(peer, { dataDir })
  return {
    dataDir,
    socket: join(dataDir, 'api.sock'),
    [Symbol.asyncDispose]: async () => {
      await api.close()
      await peer.close()
      await rm(dataDir, { recursive: true })
    },
  }
}

export const bench: readonly Bench[] = [starting, asking]
