import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repairDataDir, restoreDataDir } from '@grapevine/peer'
import { describe, expect, it, vi } from 'vitest'
import { randomOf } from '../packages/sim/src/random.ts'
import { damageStore, damages } from './mesh/damage.ts'
import type { Ground } from './mesh/ground.ts'
import type { Write } from './mesh/ledger.ts'
import { freePorts, loopback } from './mesh/loopback.ts'
import { areEqual, areLinked, isTold, settle, startMesh } from './mesh/mesh.ts'
import { makeFolder } from './mesh/folder.ts'
import type { Mesh } from './mesh/mesh.ts'
import { canUseNamespaces, smallDisk } from './mesh/namespaces.ts'
import { Failed, startPeer } from './mesh/process.ts'
import type { PeerProcess } from './mesh/process.ts'
import { proxies } from './mesh/proxies.ts'
import { report } from './mesh/report.ts'
import { all, seconds, until } from './mesh/until.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const keys = Array.from({ length: 30 }, (_, index) => `shop/key${index}`)

async function writeSome(peers: readonly PeerProcess[], when: string, count = 30): Promise<void> {
  for (const { name, ask } of peers) {
    await ask.write({ name: `${name}/${when}/`, keys, seed: 1, count })
  }
  await Promise.all(peers.map(({ ask }) => ask.written()))
}

/** What must be left of all that goes wrong with one store: everything acknowledged, everywhere. */
const whole = { lost: [], phantom: [], risen: [], forked: [], waiting: [], stores: ['open'] }

async function remains({ peers, ledger }: Mesh): Promise<unknown> {
  const { judgement } = await settle(peers, ledger, 30_000)
  const { lost, phantom, risen } = judgement
  const states = await Promise.all(peers.map(({ ask }) => ask.status()))
  const forked = states.flatMap((status) => status.forked)
  const waiting = states.flatMap((status) => status.waiting)
  const stores = [...new Set(states.map(({ store }) => store))]
  return { lost, phantom, risen, forked, waiting, stores }
}

async function codeOf(failing: Promise<unknown>): Promise<unknown> {
  try {
    return await failing
  } catch (error) {
    return error instanceof Failed ? error.code : error
  }
}

async function mesh(count: number, ground?: Ground): Promise<Mesh> {
  const started = await startMesh({ count, ground: ground ?? (await loopback(count)) })
  await until(areLinked(started.peers), 30_000)
  await writeSome(started.peers, 'first')
  await settle(started.peers, started.ledger, 20_000)
  return started
}

/** Starts a peer; if its store is refused, repairs that as the refusal advises, and starts it again. */
async function repairIfRefused({ peers, start }: Mesh, index: number): Promise<boolean> {
  const { dataDir } = peers[index]!.opening
  const code = await codeOf(start(index))
  if (code !== 'STORE_CORRUPT') return false
  await repairDataDir(dataDir)
  await start(index)
  await isTold(peers[index]!, { words: 'it was repaired' })
  return true
}

describe('a damaged store', () => {
  it('is refused or repaired, and its damage never spreads', async () => {
    await using damaged = await mesh(3)
    const { peers, ledger } = damaged
    const figures = { refused: 0, harmless: 0 }
    for (let round = 0; round < 6; round++) {
      const random = randomOf(round, 'damage')
      await peers[1]!.kill()
      await damageStore(peers[1]!.opening.dataDir, damages[round % damages.length]!, random)
      if (await repairIfRefused(damaged, 1)) figures.refused += 1
      else figures.harmless += 1
      expect(ledger.missingOn(await peers[0]!.ask.shown(), 'alice/')).toEqual([])
      await writeSome(peers, `round ${round}`, 10)
      expect(await remains(damaged)).toEqual(whole)
    }
    expect(figures.refused).toBeGreaterThan(0)
    report('a store damaged again and again', { ...figures, spread: 0, lost: 0 })
  })
})

describe.runIf(canUseNamespaces)('a full disk, where a test may mount one,', () => {
  it('refuses writes, goes on with reads, and takes writes again when there is space', async () => {
    await using folder = await makeFolder()
    const dataDir = join(folder.path, 'small')
    await mkdir(dataDir)
    await using disk = await smallDisk(dataDir, 2_048)
    await using others = await startMesh({ count: 2, ground: await loopback(2) })
    const { peers, ledger } = others
    const [port] = await freePorts(1)
    const opening = {
      dataDir: join(dataDir, 'peer'),
      name: 'small',
      mesh: 'test',
      listen: [`127.0.0.1:${port}`],
      peers: peers.flatMap(({ opening: { listen } }) => listen ?? []),
    }
    await using small = await startPeer({ opening, ledger, within: disk.within })
    await until(areLinked([...peers, small]), 30_000)
    await writeSome([small], 'before')
    await disk.fill()
    // Until the first that is refused.
    await small.ask.write({ name: 'small/full/', keys, seed: 2, paddingBytes: 4_000 })
    await small.ask.written()
    expect(await codeOf(small.ask.set('shop/more', 'x'.repeat(64_000)))).toBe('STORE_FULL')
    expect(await small.ask.get(keys[0]!)).toBeDefined()
    expect(await small.ask.status()).toMatchObject({ store: 'failed' })
    await writeSome(peers, 'meanwhile')

    await disk.free()
    const tookMs = await until(async () => {
      const code = await codeOf(small.ask.set('shop/again', 'there is space'))
      return code === 'STORE_FULL' ? 'the disk is still full' : undefined
    }, 30_000)
    await settle([small, ...peers], ledger, 30_000)
    expect(await small.kill().then(() => ledger.acknowledged('small/'))).toBeGreaterThan(0)
    await using again = await startPeer({ opening, ledger, within: disk.within })
    expect(ledger.missingOn(again.shownAtOpening, 'small/')).toEqual([])
    const { judgement } = await settle([again, ...peers], ledger, 30_000)
    expect(judgement.lost).toEqual([])
    report('a full disk', { 'takes writes again after': seconds(tookMs), lost: 0 })
  })
})

describe('a peer whose disk is lost', () => {
  it('comes back as a new one with everything that had reached others', async () => {
    await using lossy = await mesh(3)
    const { id: idBefore, opening } = lossy.peers[2]!
    await lossy.peers[2]!.kill()
    await rm(opening.dataDir, { recursive: true })
    const carol = await lossy.start(2)
    expect(carol.id).not.toBe(idBefore)
    await writeSome(lossy.peers, 'after')
    expect(await remains(lossy)).toEqual(whole)
  })

  it('is refused where only its records are gone, and does not pass for an empty one', async () => {
    await using lossy = await mesh(3)
    const { opening } = lossy.peers[2]!
    await lossy.peers[2]!.kill()
    await rm(join(opening.dataDir, 'store'), { recursive: true })
    expect(await codeOf(lossy.start(2))).toBe('STORE_CORRUPT')
    expect(await areEqual(lossy.peers.slice(0, 2))()).toBeUndefined()
  })
})

describe('a peer that is set back', () => {
  it('to an old backup takes a new replica id, says so, and gets back what it wrote since', async () => {
    await using aged = await mesh(3)
    const { opening, ask } = aged.peers[0]!
    const backup = join(aged.folder, 'backup')
    await ask.backup(backup)
    await writeSome(aged.peers, 'since')
    await settle(aged.peers, aged.ledger, 20_000)
    await aged.peers[0]!.kill()
    await rename(opening.dataDir, `${opening.dataDir}.gone`)
    await restoreDataDir(backup, opening.dataDir)
    const alice = await aged.start(0)
    await isTold(alice, { words: 'it was restored from a backup' })
    await writeSome(aged.peers, 'after')
    expect(await remains(aged)).toEqual(whole)
  })

  it('to an old copy of its directory does the same', async () => {
    await using aged = await mesh(3)
    const { opening } = aged.peers[0]!
    await aged.peers[0]!.kill()
    await cp(opening.dataDir, `${opening.dataDir}.copy`, { recursive: true })
    await aged.start(0)
    await writeSome(aged.peers, 'since')
    await settle(aged.peers, aged.ledger, 20_000)
    await aged.peers[0]!.kill()
    await rm(opening.dataDir, { recursive: true })
    await rename(`${opening.dataDir}.copy`, opening.dataDir)
    const alice = await aged.start(0)
    await isTold(alice, { words: 'copied or restored' })
    await writeSome(aged.peers, 'after')
    expect(await remains(aged)).toEqual(whole)
  })
})

describe('a peer whose whole disk is set back, so that it cannot know,', () => {
  it('writes under numbers that others know; all see the fork, and nothing of others is lost', async () => {
    await using ground = await proxies(3)
    await using aged = await mesh(3, ground)
    const { dataDir } = aged.peers[0]!.opening
    const image = join(aged.folder, 'image')
    await aged.peers[0]!.kill()
    await cp(dataDir, image, { recursive: true })
    await aged.start(0)
    await until(areLinked(aged.peers), 20_000)
    await writeSome(aged.peers, 'since')
    await settle(aged.peers, aged.ledger, 20_000)
    await aged.peers[0]!.kill()
    await setBack(dataDir, image)
    await ground.cut([0], [1, 2])
    await aged.start(0)
    await writeSome(aged.peers.slice(0, 1), 'set back')
    await ground.heal()
    for (const peer of aged.peers) await isTold(peer, { words: 'signed two releases' })
    await writeSome(aged.peers, 'after')
    // What it wrote itself and has no memory of is void with its branch: nobody else may write it again.
    const isForgotten = ({ value }: Write): boolean => value.startsWith('alice/since/')
    const lost = async (): Promise<readonly Write[]> =>
      aged.ledger.judge(await aged.peers[0]!.ask.shown()).lost
    const missing = async (): Promise<string | undefined> =>
      (await lost()).find((write) => !isForgotten(write))?.value
    await until(all(areEqual(aged.peers), missing), 40_000)
    expect(await missing()).toBeUndefined()
    report('a disk set back without a trace', {
      'lost of others': 0,
      'lost of its own, forgotten with the image': (await lost()).length,
    })
  })
})

/** As an image of a disk does: every file is the one it was, with what it held then. */
async function setBack(dataDir: string, image: string): Promise<void> {
  await rm(join(dataDir, 'store'), { recursive: true })
  await cp(join(image, 'store'), join(dataDir, 'store'), { recursive: true })
  await writeFile(join(dataDir, 'tail'), await readFile(join(image, 'tail')))
}

describe('a peer whose directory was cloned while it ran', () => {
  it('and its clone are told of each other; no fork is left, and nothing is lost', async () => {
    await using cloned = await mesh(3)
    const { peers, ledger, folder } = cloned
    const [alice, bob] = peers
    const dataDir = join(folder, 'clone')
    await cp(alice!.opening.dataDir, dataDir, { recursive: true })
    const [port] = await freePorts(1)
    const opening = {
      ...alice!.opening,
      dataDir,
      name: 'clone',
      listen: [`127.0.0.1:${port}`],
      peers: peers.flatMap((peer) => peer.opening.listen ?? []),
    }
    const clone = await startPeer({ opening, ledger })
    try {
      expect(clone.id).toBe(alice!.id)
      await isTold(clone, { words: 'copied or restored' })
      await alice!.ask.write({ name: 'alice/beside its clone/', keys, seed: 3, count: 30 })
      await clone.ask.write({ name: 'clone/', keys, seed: 4, count: 30 })
      await Promise.all([alice!.ask.written(), clone.ask.written()])
      await isTold(alice!, { notice: 'twin' })
      await isTold(clone, { notice: 'twin' })
      // One key has one place in the mesh. Its owner gives it to the clone for a while.
      await alice!.kill()
      await until(async () => {
        const missing = ledger.missingOn(await bob!.ask.shown(), 'clone/')
        return missing.length === 0 ? undefined : `bob lacks ${missing.length} of its writes`
      }, 30_000)
    } finally {
      await clone.kill()
    }
    await cloned.start(0)
    await writeSome(peers, 'after')
    expect(await remains(cloned)).toEqual(whole)
  })
})
