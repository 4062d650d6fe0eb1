import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { createClient } from '@grapevine/api/client'
import type { PeerClient } from '@grapevine/api/client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { findLab } from '../src/client/find-lab.js'
import { openLab } from '../src/lab.js'
import type { Lab } from '../src/lab.js'
import { isRunning } from '../src/leftovers.js'
import { playPlan } from '../src/scenario/play.js'
import type { LabEvent, LabState } from '../src/wire.js'
import { labFile, serviceFile } from './bundles.js'
import { planWith } from './plan.js'
import { placeForLab } from './temporary.js'

const patience = { timeout: 40_000, interval: 50 }

async function labOf(peers: number, events: LabEvent[] = []): Promise<Lab> {
  const lab = await openLab({
    peers,
    folder: await placeForLab(),
    listen: '127.0.0.1:0',
    program: await serviceFile(),
    onEvent: (event) => void events.push(event),
  })
  onTestFinished(lab.close)
  return lab
}

const post = async ({ address }: Lab, path: string, body: object = {}): Promise<Response> =>
  fetch(new URL(path, address), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const stateOf = async ({ address }: Lab): Promise<LabState> =>
  (await (await fetch(new URL('lab', address))).json()) as LabState

/** As a page speaks with a peer: by way of the lab. */
const clientOf = ({ address }: Lab, number: number): PeerClient =>
  createClient({
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url)
      const { method, headers } = request
      const body = method === 'GET' ? null : await request.text()
      return fetch(new URL(`peers/${number}${pathname}${search}`, address), {
        method,
        headers,
        body,
      })
    },
  })

/** Who has ended may be listed until somebody asks how. */
async function isAlive(pid: number): Promise<boolean> {
  const listed = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return isRunning(pid) && !/^\d+ \(.*\) Z/s.test(listed ?? '')
}

const key = 'shop/banner'

describe('a lab that starts', () => {
  it('goes on without whoever is killed meanwhile, and takes it back later', async () => {
    const folder = await placeForLab()
    let killed: Promise<unknown> | undefined
    const kill = async (): Promise<unknown> => (await findLab(folder))?.carryOut('kill', 3)
    const lab = await openLab({
      peers: 4,
      folder,
      listen: false,
      program: await serviceFile(),
      onEvent(event) {
        if (event.event !== 'peer' || event.number !== 3 || event.state !== 'starting') return
        killed ??= kill()
      },
    })
    onTestFinished(lab.close)
    await killed
    const states = (): readonly string[] => lab.state().peers.map(({ state }) => state)
    expect(states()).toEqual(['running', 'running', 'stopped', 'running'])
    await lab.carryOut('start', 3)
    expect(states()[2]).toBe('running')
  }, 60_000)
})

describe('a lab with nobody watching', () => {
  it('is cut, written on both sides, healed and settled, through HTTP alone', async () => {
    const lab = await labOf(4)
    const [one, , three] = [1, 2, 3].map((number) => clientOf(lab, number)) as [
      PeerClient,
      PeerClient,
      PeerClient,
    ]
    expect((await stateOf(lab)).peers).toMatchObject(
      ['storefront', 'checkout', 'payments', 'catalog'].map((name, index) => ({
        number: index + 1,
        name,
        state: 'running',
        behind: 0,
      })),
    )

    expect(
      (
        await post(lab, 'lab/cut', {
          groups: [
            [1, 2],
            [3, 4],
          ],
        })
      ).status,
    ).toBe(200)
    await vi.waitFor(async () => {
      const links = (await stateOf(lab)).peers.map((peer) => peer.links.length)
      expect(links).toEqual([1, 1, 1, 1])
    }, patience)
    await one.publish({ set: { [key]: 'left' } })
    const right = await three.publish({ set: { [key]: 'right' } })
    await vi.waitFor(async () => {
      expect((await stateOf(lab)).peers.map(({ behind }) => behind)).toEqual([1, 1, 1, 1])
    }, patience)

    expect((await post(lab, 'lab/heal')).status).toBe(200)
    await vi.waitFor(async () => {
      const { groups, peers } = await stateOf(lab)
      expect(groups).toEqual([])
      expect(peers.map(({ behind, conflicts }) => [behind, conflicts])).toEqual(
        peers.map(() => [0, 1]),
      )
    }, patience)
    const [conflict] = await one.conflicts()
    expect(conflict).toMatchObject({ key })
    expect(new Set([conflict!.value, ...conflict!.others.map(({ value }) => value)])).toEqual(
      new Set(['left', 'right']),
    )

    const settled = await one.resolve(key, { release: right.name })
    await vi.waitFor(
      async () => expect((await three.entry(key))?.release.id).toBe(settled.id),
      patience,
    )
    expect((await three.entry(key))?.value).toBe('right')
    await one.rollback(settled.name)
    await vi.waitFor(async () => expect(await three.conflicts()).toEqual([]), patience)
  })

  it('shows who was killed as gone, and as whole once it is started again', async () => {
    const events: LabEvent[] = []
    const lab = await labOf(3, events)
    expect((await post(lab, 'lab/peers/3/kill')).status).toBe(200)
    const gone = await fetch(new URL('peers/3/v1/status', lab.address))
    expect(gone.status).toBe(503)
    expect(await gone.json()).toMatchObject({ code: 'PEER_UNREACHABLE', status: 503 })

    const one = clientOf(lab, 1)
    const release = await one.publish({ set: { 'shop/checkout/max-items': 5_000 } })
    await vi.waitFor(async () => {
      const receipts = await one.receipts(release.name)
      const of = (name: string) => receipts.find((receipt) => receipt.name === name)
      expect(of('checkout')).toMatchObject({ receipt: 'refused' })
      expect(of('payments')?.receipt).not.toBe('reached')
      expect((await stateOf(lab)).peers[1]).toMatchObject({ refused: 1 })
    }, patience)

    expect((await post(lab, 'lab/peers/3/start')).status).toBe(200)
    await vi.waitFor(async () => {
      const { peers } = await stateOf(lab)
      expect(peers[2]).toMatchObject({ state: 'running', behind: 0 })
      expect(peers[2]!.links).toHaveLength(2)
    }, patience)
    expect(await clientOf(lab, 3).entry('shop/checkout/max-items')).toMatchObject({ value: 5_000 })

    expect((await post(lab, 'lab/peers/2/pause')).status).toBe(200)
    expect((await fetch(new URL('peers/2/v1/status', lab.address))).status).toBe(503)
    expect((await post(lab, 'lab/peers/2/resume')).status).toBe(200)
    expect((await fetch(new URL('peers/2/v1/status', lab.address))).status).toBe(200)
    expect((await post(lab, 'lab/peers/2/stop')).status).toBe(200)
    expect((await stateOf(lab)).peers[1]).toMatchObject({ state: 'stopped' })
    expect(events).toContainEqual({
      event: 'peer',
      number: 3,
      name: 'payments',
      state: 'stopped',
      why: 'SIGKILL',
    })
    expect(events).toContainEqual({
      event: 'peer',
      number: 2,
      name: 'checkout',
      state: 'stopped',
      why: 'exit code 0',
    })
  })

  it('tells whoever looks on what happens, and refuses what cannot be meant', async () => {
    const lab = await labOf(2)
    expect(await (await fetch(new URL('page.json', lab.address))).json()).toEqual({ kind: 'lab' })
    const stream = await fetch(new URL('lab/live', lab.address))
    const told: string[] = []
    const reading = (async () => {
      for await (const bytes of stream.body!) told.push(Buffer.from(bytes).toString())
    })()
    const { name } = await clientOf(lab, 1).publish({ set: { 'shop/open': false } })
    await vi.waitFor(() => {
      const text = told.join('')
      for (const event of ['lab', 'arrivals', 'figures'])
        expect(text).toContain(`event: ${event}\n`)
      // Written by one, and got by the other.
      expect(text.split(`"release":"${name}"`)).toHaveLength(3)
    }, patience)

    const odd = [
      ['lab/cut', { groups: [] }, 400],
      ['lab/cut', { groups: [[1], [7]] }, 400],
      ['lab/cut', { groups: [[1], [1, 2]] }, 400],
      ['lab/lines', { from: [1], to: [2], lossShare: 3 }, 400],
      ['lab/lines', { from: [1], to: [2], speed: 3 }, 400],
      ['lab/peers/9/kill', {}, 404],
      ['lab/peers/1/dance', {}, 404],
      ['lab/nothing', {}, 404],
      ['peers/9/v1/status', {}, 404],
    ] as const
    for (const [path, body, status] of odd) {
      const answer = await post(lab, path, body)
      expect([path, answer.status]).toEqual([path, status])
      expect(await answer.json()).toMatchObject({ status })
    }
    const foreign = await fetch(new URL('lab', lab.address), { headers: { origin: 'http://evil' } })
    expect(foreign.status).toBe(403)
    await lab.close()
    await reading
  })

  it('plays a scenario, and says that nothing was lost', async () => {
    const lab = await labOf(3)
    const said: string[] = []
    const verdict = await playPlan(lab, {
      plan: planWith(3),
      name: 'short',
      onStep: ({ says }) => void said.push(says),
      signal: new AbortController().signal,
    })
    expect(verdict).toMatchObject({ passed: true, lost: [], written: 6 })
    expect(verdict.conflicts).toEqual(['shop/both'])
    expect(said).toEqual([
      'cut into 1,2 | 3',
      'checkout dies',
      'checkout starts again',
      'the cut is healed',
      'everything heals',
    ])
  })
})

describe('what is left of a lab', () => {
  it('is nothing where it was closed', async () => {
    const lab = await labOf(2)
    const pids = lab.state().peers.map(({ pid }) => pid!)
    await lab.close()
    expect(await Promise.all(pids.map(isAlive))).toEqual([false, false])
    expect(await readdir(dirname(lab.folder))).toEqual([])
    await expect(fetch(lab.address)).rejects.toThrow('fetch failed')
  })

  it('is cleared by the next one where it was killed, a paused peer too', async () => {
    const folder = await placeForLab()
    const program = await serviceFile()
    const child = spawn(process.execPath, [await labFile(), folder, program, '2'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const said = await new Promise<string>((resolve) => {
      child.stdout.setEncoding('utf8').once('data', resolve)
    })
    const [running, paused] = JSON.parse(said) as [number, number]
    child.kill('SIGKILL')
    await vi.waitFor(async () => expect(await isAlive(running)).toBe(false), patience)
    await access(folder)
    await using next = await openLab({ peers: 2, folder, program, listen: false })
    await vi.waitFor(async () => expect(await isAlive(paused)).toBe(false), patience)
    expect(next.state().peers.map(({ state }) => state)).toEqual(['running', 'running'])
    expect(await readFile(`${folder}/lab.json`, 'utf8')).toContain(`"pid":${process.pid}`)
  })

  it('is nothing where its port was taken, and the error says so', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const folder = await placeForLab()
    const listen = `127.0.0.1:${(other.address() as AddressInfo).port}`
    await expect(
      openLab({ peers: 2, folder, listen, program: await serviceFile() }),
    ).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
    expect(await readdir(dirname(folder))).toEqual([])
  })
})
