import { randomBytes } from 'node:crypto'
import { createServer, connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Peer } from '@grapevine/peer'
import { identityOf } from '../../packages/peer/src/running/identity.ts'
import { greeting } from '../../packages/peer/src/network/keyring.ts'
import { keyStream, nonceBytes } from '../../packages/peer/src/network/salsa.ts'
import { until } from '../mesh/until.ts'
import { addressOf, hostOf, openClosedMesh, shownAt, toolsOf } from './closed-mesh.ts'
import type { ClosedMesh } from './closed-mesh.ts'
import { forgeBadge } from '../../packages/sim/src/hostile/forge-badge.ts'
import { startVillain } from './villain.ts'
import type { Villain } from './villain.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let mesh: ClosedMesh
let villain: Villain
beforeAll(async () => {
  villain = await startVillain()
  mesh = await openClosedMesh(3)
})
afterAll(async () => {
  await villain[Symbol.asyncDispose]()
  await mesh[Symbol.asyncDispose]()
})

const megabyte = 1024 * 1024
const counter = (peer: Peer, name: string): number => peer.status().counters[name] ?? 0

/** What an outsider must not have moved. */
const insideOf = (peer: Peer): unknown => {
  const { members, links, keys } = peer.status()
  return { members, links, keys, made: counter(peer, 'linksMade'), shown: shownAt(peer) }
}

/** How a member begins, up to the first words of Noise; then whatever there is to say. */
function opening(...more: readonly Uint8Array[]): Buffer {
  const nonce = randomBytes(nonceBytes)
  return Buffer.concat([
    nonce,
    keyStream(mesh.networkKey, nonce)(Buffer.concat([greeting, ...more])),
  ])
}

function bent(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const bit = Math.floor(Math.random() * bytes.length * 8)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

const noiseWanted = Buffer.from('\x07/noise\n', 'latin1')

describe('outsiders', () => {
  it('O1 closes every socket of strangers that send noise, and lets in nobody', async () => {
    const { admin } = mesh
    const before = insideOf(admin)
    const residentBefore = process.memoryUsage().rss
    const says = [
      randomBytes(300),
      randomBytes(nonceBytes - 13),
      Buffer.concat([randomBytes(nonceBytes), greeting]),
      bent(opening().subarray(0, nonceBytes + greeting.length)),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    ]
    const told = await villain.knock({
      ...hostOf(admin),
      says,
      times: 1_000,
      atOnce: 250,
      patienceMs: 4_000,
    })
    expect(told).toMatchObject({ answered: 0, stillOpen: 0 })
    expect(told.connected).toBeGreaterThan(500)
    expect(insideOf(admin)).toEqual(before)
    expect(process.memoryUsage().rss - residentBefore).toBeLessThan(64 * megabyte)
  })

  it('O3 lets in nobody who knows the network key and has no badge of its root', async () => {
    const { admin, networkKey, meshId, notices } = mesh
    const before = insideOf(admin)
    const seed = randomBytes(32)
    const self = identityOf(seed)
    const madeByItself = forgeBadge(toolsOf(self, meshId), {
      parent: null,
      issuer: self.peer,
      subject: self.peer,
      name: 'mallory',
      grants: [{ prefix: '', can: 'admin' }],
      notBefore: 0,
      notAfter: Date.now() + 1_000_000,
    })
    const address = addressOf(admin)
    const keys = [networkKey]
    const none = { keys, address, times: 60, introduction: { meshId, badge: [] } }
    const own = { ...none, seed, times: 10, introduction: { meshId, badge: [madeByItself] } }
    const [without, withOwn] = [await villain.appearAgain(none), await villain.appearAgain(own)]
    expect(without).toMatchObject({ linked: 0 })
    expect(without.refused).toBeGreaterThan(0)
    expect(withOwn).toMatchObject({ linked: 0 })
    expect(insideOf(admin)).toEqual(before)
    expect(admin.peers().map(({ peer }) => peer)).not.toContain(self.peer)
    const told = notices.get(admin)!.filter(({ notice }) => notice === 'stranger')
    expect(told.length).toBeGreaterThan(0)
    expect(told.length).toBeLessThanOrEqual(60 + 1)
  })

  it('O4 takes nothing of a session that was recorded, nor of two that were spliced', async () => {
    const { admin } = mesh
    const recorder = await startRecorder(hostOf(admin).port)
    const erin = await mesh.join('erin', { addresses: [`/ip4/127.0.0.1/tcp/${recorder.port}`] })
    await mesh.linked()
    await erin.set('erin/1', 'recorded')
    await until(
      () => (admin.get('erin/1') === undefined ? 'the release did not come' : undefined),
      10_000,
    )
    recorder.close()
    await mesh.leave(erin)
    await until(() => (admin.status().links > 2 ? 'erin is still linked' : undefined), 10_000)
    const before = insideOf(admin)
    const [one = Buffer.alloc(0), ...others] = recorder.sessions
      .map((chunks) => Buffer.concat(chunks))
      .toSorted((a, b) => b.length - a.length)
    expect(one.length).toBeGreaterThan(1_000)
    const spliced = [...others, opening(noiseWanted)].flatMap((other) => [
      Buffer.concat([one.subarray(0, 300), other]),
      Buffer.concat([other.subarray(0, 52), one.subarray(52)]),
    ])
    const halves = [one.subarray(0, one.length >> 1), Buffer.concat([one, one])]
    const { connected, stillOpen } = await villain.knock({
      ...hostOf(admin),
      says: [one, ...spliced, ...halves],
      times: 30,
      atOnce: 30,
      patienceMs: 8_000,
    })
    expect({ connected, stillOpen }).toEqual({ connected: 30, stillOpen: 0 })
    expect(insideOf(admin)).toEqual(before)
  })

  it('O6 goes on, whatever is said in any layer by who knows the network key', async () => {
    const { admin, networkKey, meshId } = mesh
    const before = insideOf(admin)
    // Where multistream is spoken, and where Noise is.
    const says = Array.from({ length: 100 }, (_, index) =>
      index % 2 === 0
        ? opening(bent(Buffer.concat([noiseWanted, randomBytes(50)])))
        : opening(noiseWanted, Buffer.of(0, 32), randomBytes(32 + (index % 90))),
    )
    const knocked = await villain.knock({
      ...hostOf(admin),
      says,
      times: 100,
      atOnce: 100,
      patienceMs: 8_000,
    })
    expect(knocked.stillOpen).toBe(0)
    // Behind Noise, in the muxer, and in the introduction.
    const node = await villain.appear({ keys: [networkKey] })
    const address = addressOf(admin)
    let tried = 0
    await until(async () => {
      const line = await villain.connect(node, address).catch(() => undefined)
      if (line === undefined) return 'it is not let in at all'
      await villain.sendBelow(line, [randomBytes(12), randomBytes(200)], 10).catch(() => 0)
      const hello = [randomBytes(tried), Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f])]
      const other = await villain.connect(node, address).catch(() => undefined)
      if (other === undefined) return 'it is not let in at all'
      await villain.say(other, '/grapevine/hello/1', hello).catch(() => '')
      return (tried += 1) < 20 ? 'more is to be tried' : undefined
    }, 30_000)
    await expect(
      villain.link(await villain.appear({ keys: [networkKey] }), address, { meshId, badge: [] }),
    ).rejects.toThrow(/badge|hung up|closed|reset/)
    expect(counter(admin, 'faults')).toBe(0)
    expect(insideOf(admin)).toEqual(before)
  })

  it('O7 serves who is linked while as many connect as the machine bears', async () => {
    const { admin, peers } = mesh
    const [, bob] = peers as [Peer, Peer]
    const before = admin.status().links
    const flood = villain.knock({
      ...hostOf(admin),
      says: [randomBytes(300)],
      times: 5_000,
      atOnce: 400,
      patienceMs: 10_000,
    })
    const state = { isOver: false }
    void flood.finally(() => (state.isOver = true))
    let written = 0
    while (!state.isOver) {
      const value = (written += 1)
      await bob.set('flood/last', value)
      await until(
        () => (admin.get('flood/last') === value ? undefined : 'the mesh stands still'),
        5_000,
      )
    }
    expect((await flood).answered).toBe(0)
    expect(written).toBeGreaterThan(3)
    expect(admin.status().links).toBe(before)
  })
})

/** A line that keeps what was said by whoever dialed. */
async function startRecorder(target: number) {
  const sessions: Buffer[][] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((inbound) => {
    const said: Buffer[] = []
    sessions.push(said)
    const outbound = connect(target, '127.0.0.1')
    for (const socket of [inbound, outbound]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    inbound.on('data', (bytes) => said.push(bytes))
    inbound.pipe(outbound).pipe(inbound)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
