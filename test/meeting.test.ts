import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { makeFolder } from './mesh/folder.ts'
import { createLedger } from './mesh/ledger.ts'
import { freePorts, loopback } from './mesh/loopback.ts'
import { areEqual, areLinked, hold, isTold, settle, startMesh } from './mesh/mesh.ts'
import { startPeer } from './mesh/process.ts'
import { report } from './mesh/report.ts'
import { runMallory } from './mesh/source.ts'
import { all, seconds, until } from './mesh/until.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const keys = Array.from({ length: 30 }, (_, index) => `shop/key${index}`)
const soonMs = 1_000

describe('opening', () => {
  it('never waits for the network: a peer that reaches nobody serves what it has', async () => {
    await using folder = await makeFolder()
    const dataDir = join(folder.path, 'alice')
    // Nobody listens there; that port swallows packets; that name does not exist.
    const peers = ['127.0.0.1:1', '192.0.2.1:7000', 'nobody.invalid:7000']
    const opening = { dataDir, name: 'alice', mesh: 'test', peers }
    const first = await startPeer({ opening })
    await first.ask.set('shop/open', 'yes')
    await first.kill()
    await using again = await startPeer({ opening })
    expect(await again.ask.get('shop/open')).toBe('yes')
    expect(again.openMs).toBeLessThan(soonMs)
    const began = performance.now()
    await again.ask.set('shop/open', 'still')
    expect(performance.now() - began).toBeLessThan(soonMs)
    report('opening while nobody can be reached', { opened: seconds(again.openMs) })
  })
})

describe('closing', () => {
  it('while writes are under way is quick, and keeps all that were acknowledged', async () => {
    const ledger = createLedger()
    await using mesh = await startMesh({ count: 2, ground: await loopback(2) })
    const { peers } = mesh
    await until(areLinked(peers), 30_000)
    const [alice] = peers
    await using beside = await startPeer({
      opening: {
        ...alice!.opening,
        dataDir: `${alice!.opening.dataDir}.beside`,
        name: 'carol',
        listen: ['127.0.0.1:0'],
        peers: alice!.opening.listen ?? [],
      },
      ledger,
    })
    await beside.ask.write({ name: 'carol/', keys, seed: 1 })
    await until(
      () => (ledger.acknowledged() > 20 ? undefined : 'it has not written enough'),
      20_000,
    )
    const closedMs = await beside.ask.close()
    await beside.ask.written()
    const { code, words } = await beside.disconnect()
    expect({ code, words }).toEqual({ code: 0, words: '' })
    expect(closedMs).toBeLessThan(5_000)
    await using again = await startPeer({ opening: beside.opening, ledger })
    expect(ledger.missingOn(again.shownAtOpening, 'carol/')).toEqual([])
    const { judgement } = await settle([...peers, again], ledger, 20_000)
    expect(judgement.lost).toEqual([])
    report('closing while writing', {
      closed: seconds(closedMs),
      acknowledged: judgement.acknowledged,
      lost: 0,
    })
  })
})

describe('two processes under one key', () => {
  it('are both told, and so is whoever meets them', async () => {
    await using mesh = await startMesh({ count: 3, ground: await loopback(3) })
    const { peers, folder } = mesh
    const [alice, bob] = peers
    await until(areLinked(peers), 30_000)
    const dataDir = join(folder, 'twin')
    await mkdir(dataDir)
    await copyFile(join(alice!.opening.dataDir, 'identity.pem'), join(dataDir, 'identity.pem'))
    const [port] = await freePorts(1)
    const opening = {
      ...alice!.opening,
      dataDir,
      name: 'twin',
      listen: [`127.0.0.1:${port}`],
      peers: [bob!.opening.listen![0]!],
    }
    await using twin = await startPeer({ opening })
    const tookMs = Math.max(
      ...(await Promise.all([alice!, bob!, twin].map((one) => isTold(one, { notice: 'twin' })))),
    )
    // The others go on with each other.
    const release = await bob!.ask.set('shop/one', 1)
    await until(all(hold(peers.slice(1), [release]), areEqual(peers.slice(1))), 10_000)
    expect(await peers[2]!.ask.get('shop/one')).toBe(1)
    report('two processes under one key', { 'all told after': seconds(tookMs) })
  })
})

describe('a peer of another mesh', () => {
  it('is told, as are those it came to, and nothing goes from one mesh to the other', async () => {
    await using mesh = await startMesh({ count: 2, ground: await loopback(2) })
    const { peers, folder } = mesh
    await until(areLinked(peers), 30_000)
    await peers[0]!.ask.set('shop/ours', 1)
    const opening = {
      dataDir: join(folder, 'stranger'),
      name: 'stranger',
      mesh: 'other',
      peers: peers.flatMap((peer) => peer.opening.listen ?? []),
    }
    await using stranger = await startPeer({ opening })
    await stranger.ask.set('shop/theirs', 1)
    const words = 'belongs to another mesh'
    await Promise.all([...peers, stranger].map((one) => isTold(one, { notice: 'stranger', words })))
    expect(await stranger.ask.get('shop/ours')).toBeUndefined()
    expect(await peers[0]!.ask.get('shop/theirs')).toBeUndefined()
    expect(await stranger.ask.status()).toMatchObject({ links: 0, members: 1 })
    expect(await peers[0]!.ask.status()).toMatchObject({ links: 1, members: 2 })
  })
})

describe('a peer of another version', () => {
  it('is told of by its version, or by the protocol that it does not speak', async () => {
    await using folder = await makeFolder()
    const [own, other] = await freePorts(2)
    const opening = {
      dataDir: join(folder.path, 'alice'),
      name: 'alice',
      mesh: 'test',
      listen: [`127.0.0.1:${own}`],
      peers: [`127.0.0.1:${other}`],
    }
    await using alice = await startPeer({ opening })
    await until(async () => {
      const { addresses } = await alice.ask.status()
      return addresses.length > 0 ? undefined : 'alice does not listen yet'
    }, 10_000)
    const address = `/ip4/127.0.0.1/tcp/${own}`
    await runMallory('speak a later version', address)
    await isTold(alice, { notice: 'incompatible', words: 'speaks protocol 2 to 3' })
    await runMallory('speak another protocol', address)
    await isTold(alice, { notice: 'stranger', words: 'speaks no /grapevine/hello/1' })
    await runMallory('answer in another protocol', `/ip4/127.0.0.1/tcp/${other}`)
    await isTold(alice, { notice: 'incompatible', words: 'speaks no /grapevine/hello/1' })
    expect(await alice.ask.set('shop/on', 'and on')).toBeDefined()
  })
})
