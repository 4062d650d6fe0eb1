import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { asItIs, fingerprint } from '../../test/store/damage.js'
import { temporaryFolder } from '../../test/store/temporary.js'
import { openPeer } from '../open-peer.js'
import { memoryHub } from '../testing.js'
import { backUpDataDir, repairDataDir, restoreDataDir, verifyDataDir } from './care.js'
import { rememberPlace } from './place.js'
import { findDataDir } from './data-dir.js'
import { levelStore } from './level-store.js'
import { repairStore } from './repair.js'

const folder = temporaryFolder()
const { network } = memoryHub()

let sample = ''

/** What a real peer leaves behind; the second life makes tables of the first one's log. */
beforeAll(async () => {
  sample = folder('sample')
  for (const life of [1, 2]) {
    await using peer = await openPeer({ dataDir: sample, mesh: 'test', network })
    for (let count = 1; count <= 5; count++) await peer.set('shop/count', life * 10 + count)
  }
})

async function sound(): Promise<string> {
  const path = folder()
  cpSync(sample, path, { recursive: true })
  await rememberPlace(await findDataDir(path))
  return path
}

async function broken(): Promise<string> {
  const path = await sound()
  const log = readdirSync(join(path, 'store')).find((name) => name.endsWith('.log')) ?? ''
  writeFileSync(join(path, 'store', log), 'no log at all')
  return path
}

describe('to verify a data directory', () => {
  it('says what is there, and changes nothing', async () => {
    const path = await sound()
    const before = fingerprint(path)
    const report = await verifyDataDir(path)
    expect(report).toMatchObject({ faults: [], doubt: undefined })
    expect(report.records).toBeGreaterThan(5)
    expect(fingerprint(path)).toEqual(before)
  })

  it('says what is wrong in words, and changes nothing', async () => {
    const path = await broken()
    const before = fingerprint(path)
    expect((await verifyDataDir(path)).faults.join()).toMatch(/it ends at transaction \d+, but/)
    expect(fingerprint(path)).toEqual(before)
  })

  it('finds what is sound on the disk and was never signed so', async () => {
    const path = await sound()
    const store = await levelStore(path)
    const records = await store.load()
    const [name] = [...records.keys()].filter((each) => each.startsWith('release/'))
    const forged = new Uint8Array(records.get(name!)!)
    forged[forged.length - 1]! ^= 1
    await store.append(new Map([[name!, forged]]))
    await store.close()
    expect((await verifyDataDir(path)).faults).toHaveLength(1)
  })

  it('leaves one alone that is in use', async () => {
    const path = await sound()
    await using peer = await openPeer({ dataDir: path, network })
    expect(peer.get('shop/count')).toBe(25)
    for (const look of [verifyDataDir, repairDataDir]) {
      await expect(look(path)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
    }
  })

  it('says that one is not there', async () => {
    for (const look of [verifyDataDir, repairDataDir]) {
      await expect(look(folder('nowhere'))).rejects.toMatchObject({ code: 'STORE_FORMAT' })
    }
  })
})

describe('to repair a data directory', () => {
  it('leaves a sound one alone', async () => {
    const path = await sound()
    const before = fingerprint(path)
    expect(await repairDataDir(path)).toMatchObject({ damaged: [], rebuilt: undefined })
    expect(fingerprint(path)).toEqual(before)
  })

  it('makes one whose peer opens and says so, and moves the broken store aside', async () => {
    const path = await broken()
    await expect(openPeer({ dataDir: path, network })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining(`Run: grapevine repair --data-dir ${path}`) as string,
    })
    const { rebuilt } = await repairDataDir(path)
    expect(readdirSync(rebuilt?.brokenStore ?? '')).toContain('CURRENT')
    const store = await levelStore(path)
    expect(store.doubt).toMatch(/repaired/)
    await store.close()
  })

  it('makes one of what is beside the store where that itself is gone', async () => {
    const path = await sound()
    rmSync(join(path, 'store'), { recursive: true })
    const { salvaged } = await repairStore(path, asItIs)
    expect(salvaged).toBe(0)
    const store = await levelStore(path)
    expect((await store.load()).size).toBe(0)
    expect(store.doubt).toMatch(/repaired/)
    await store.close()
  })

  it('changes nothing where nothing can be made of what is left', async () => {
    const path = await sound()
    rmSync(join(path, 'store'), { recursive: true })
    const before = fingerprint(path)
    await expect(repairDataDir(path)).rejects.toMatchObject({ name: 'MeshError' })
    expect(fingerprint(path)).toEqual(before)
  })
})

describe('a backup', () => {
  it('is restored somewhere else, where its peer is in doubt of its own past', async () => {
    const [file, elsewhere] = [folder('backup'), folder('restored')]
    await backUpDataDir(await sound(), file)
    const { records } = await restoreDataDir(file, elsewhere)
    expect(await verifyDataDir(elsewhere)).toMatchObject({
      records,
      doubt: expect.stringContaining('restored from a backup of 20') as string,
    })
  })
})
