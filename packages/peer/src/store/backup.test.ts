import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { digest, makeSample } from '../../test/store/damage.js'
import { refused } from '../../test/store/refused.js'
import { temporaryFolder } from '../../test/store/temporary.js'
import { readBackup } from './backup.js'
import { unseal } from './checksum.js'
import { levelStore } from './level-store.js'
import { restoreBackup } from './restore.js'

const folder = temporaryFolder()

/** A store with a key beside it, and its backup. */
async function backedUp() {
  const sample = await makeSample(folder(), 2)
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })
  writeFileSync(join(sample.path, 'identity.pem'), key, { mode: 0o600 })
  const file = folder('backup')
  const store = await levelStore(sample.path)
  await store.backup(file)
  await store.close()
  return { ...sample, key: String(key), file }
}

describe('a backup', () => {
  it('is one file for its owner only, whose first line says of whom and when it is', async () => {
    const { file, key, records } = await backedUp()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const [line] = readFileSync(file, 'utf8').split('\n')
    const peer = createPublicKey(createPrivateKey(key)).export({ format: 'der', type: 'spki' })
    expect(unseal(`${line}\n`)).toMatchObject({
      backup: 'grapevine',
      format: 1,
      at: expect.stringMatching(/^20\d\d-/) as string,
      peer: peer.subarray(-32).toString('hex'),
      records: records.size,
    })
    expect(readdirSync(dirname(file)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('takes the place of an older one in one step, or leaves it there', async () => {
    const { path, file } = await backedUp()
    const before = digest(readFileSync(file))
    let passes = 0
    const onStep = (step: string): void => {
      if (step === 'before rename' && (passes += 1) === 1) throw new Error('EIO: i/o error, rename')
    }
    const store = await levelStore(path, { onStep })
    await expect(store.backup(file)).rejects.toMatchObject(refused('STORE_IO'))
    expect(digest(readFileSync(file))).toBe(before)
    await store.append(new Map([['new', Buffer.from('one')]]))
    await store.backup(file)
    expect((await readBackup(file)).records.has('new')).toBe(true)
    await store.close()
  })

  it('says which file it was, when that cannot be written', async () => {
    const { path } = await backedUp()
    const store = await levelStore(path)
    const file = join(folder('nowhere'), 'backup')
    const message = expect.stringContaining(file) as string
    await expect(store.backup(file)).rejects.toMatchObject({ name: 'MeshError', message })
    // The store has nothing to do with it.
    await store.append(new Map([['new', Buffer.from('one')]]))
    await store.close()
  })
})

describe('a restored store', () => {
  it('holds what the backup holds, with its key, and doubts until that is settled', async () => {
    const { file, key, records } = await backedUp()
    const path = folder('restored')
    expect(await restoreBackup(file, path)).toMatchObject({ records: records.size })
    expect(readFileSync(join(path, 'identity.pem'), 'utf8')).toBe(key)
    expect(statSync(join(path, 'identity.pem')).mode & 0o777).toBe(0o600)
    for (let life = 0; life < 2; life++) {
      const store = await levelStore(path)
      expect(await store.load()).toEqual(records)
      expect(store.doubt).toMatch(/restored from a backup of 20/)
      await store.close()
    }
    const store = await levelStore(path)
    await store.settleDoubt()
    await store.append(new Map([['new', Buffer.from('one')]]))
    await store.close()
    const again = await levelStore(path)
    expect(again.doubt).toBeUndefined()
    expect((await again.load()).size).toBe(records.size + 1)
    await again.close()
  })

  it('is made only where there is none, nor anything else', async () => {
    const { file, path } = await backedUp()
    const occupied = refused('OPTION_INVALID', 'nothing was restored')
    await expect(restoreBackup(file, path)).rejects.toMatchObject(occupied)
    const other = folder('other')
    mkdirSync(other)
    writeFileSync(join(other, 'identity.pem'), 'the key of another peer')
    await expect(restoreBackup(file, other)).rejects.toMatchObject(occupied)
    expect(readdirSync(other)).toEqual(['identity.pem'])
    writeFileSync(join(other, 'thesis.doc'), 'years')
    await expect(restoreBackup(file, other)).rejects.toMatchObject(occupied)
  })

  it('is not made of a file that is damaged, wherever it is', async () => {
    const { file } = await backedUp()
    const whole = readFileSync(file)
    const path = folder('restored')
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 60)) {
      const bent = Buffer.from(whole)
      bent[at]! ^= 4
      writeFileSync(file, bent)
      await expect(restoreBackup(file, path)).rejects.toMatchObject(refused('STORE_FORMAT'))
    }
    for (const size of [0, 1, 100, whole.length - 33, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, size))
      await expect(restoreBackup(file, path)).rejects.toMatchObject(refused('STORE_FORMAT'))
    }
    writeFileSync(file, whole)
    await restoreBackup(file, path)
  })
})
