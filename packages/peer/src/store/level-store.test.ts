import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs' // oxfmt
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '../../test/store/damage.js'
import { refused } from '../../test/store/refused.js'
import { temporaryFolder } from '../../test/store/temporary.js'
import { seal } from './checksum.js'
import { levelStore } from './level-store.js'
import type { LevelStoreOptions } from './level-store.js'
import { openLevel, tallyKey } from './level.js'
import type { Store } from './store.js'
import { emptyTally, storeFormat } from './tally.js'

const folder = temporaryFolder()
const record = (name: string, text = name): ReadonlyMap<string, Uint8Array> =>
  new Map([[name, Buffer.from(text)]])

async function opened(path: string, options?: LevelStoreOptions): Promise<Store> {
  const store = await levelStore(path, options)
  await store.load()
  return store
}

/** A closed store of so many transactions. */
async function stored(transactions = 3): Promise<string> {
  const path = folder()
  const store = await opened(path)
  for (let n = 1; n <= transactions; n++) await store.append(record(`n/${n}`))
  await store.close()
  return path
}

async function doubtOf(path: string): Promise<string | undefined> {
  const store = await opened(path)
  await store.close()
  return store.doubt
}

describe('group commit', () => {
  it('syncs once for all that waits', async () => {
    let batches = 0
    const onStep = (step: string): void => {
      if (step === 'after batch') batches += 1
    }
    const store = await opened(folder(), { onStep })
    await Promise.all(Array.from({ length: 1_000 }, (_, n) => store.append(record(`n/${n}`))))
    expect(batches).toBe(1)
    const appending = Array.from({ length: 10 }, async (_, n) => {
      for (let m = 0; m < 20; m++) await store.append(record(`m/${n}/${m}`))
    })
    await Promise.all(appending)
    expect(batches).toBeLessThan(60)
    await store.close()
  })

  it('bounds what one batch holds', async () => {
    let batches = 0
    const onStep = (step: string): void => {
      if (step === 'after batch') batches += 1
    }
    const store = await opened(folder(), { onStep })
    const large = new Uint8Array(3 * 1024 * 1024)
    const appending = Array.from({ length: 6 }, (_, n) =>
      store.append(new Map([[`n/${n}`, large]])),
    )
    await Promise.all(appending)
    expect(batches).toBe(3)
    await store.close()
  })
})

describe('lock', () => {
  it('refuses a second opening in the same process, by whatever name', async () => {
    const path = folder()
    const store = await opened(path)
    const alias = folder('alias')
    symlinkSync(path, alias)
    for (const name of [path, alias, `${path}/../${path.split('/').at(-1)}`]) {
      await expect(levelStore(name)).rejects.toMatchObject(
        refused('STORE_LOCKED', 'this very process'),
      )
    }
    await store.append(record('a'))
    await store.close()
    expect((await (await opened(alias)).load()).size).toBe(1)
  })

  it('is let go when an opening fails', async () => {
    const path = await stored()
    const before = readFileSync(join(path, 'tail'))
    writeFileSync(join(path, 'tail'), seal(99))
    await expect(levelStore(path)).rejects.toMatchObject(refused('STORE_CORRUPT'))
    writeFileSync(join(path, 'tail'), before)
    expect(await doubtOf(path)).toBeUndefined()
  })

  it('can be lost: there is nothing in it', async () => {
    const path = await stored()
    for (const file of readdirSync(join(path, 'lock'))) {
      if (file !== 'LOCK') writeFileSync(join(path, 'lock', file), 'rubbish')
    }
    expect(await doubtOf(path)).toBeUndefined()
  })
})

describe('a data directory', () => {
  it.runIf(process.platform !== 'win32')('is for its owner only', async () => {
    const path = await stored()
    for (const name of ['', 'store', 'lock'])
      expect(statSync(join(path, name)).mode & 0o077).toBe(0)
    for (const name of ['tail', 'place']) expect(statSync(join(path, name)).mode & 0o077).toBe(0)
  })

  it('that holds something else is refused, and nothing is put into it', async () => {
    const path = folder()
    mkdirSync(path)
    writeFileSync(join(path, 'thesis.doc'), 'years')
    await expect(levelStore(path)).rejects.toMatchObject(refused('STORE_FORMAT', 'thesis.doc'))
    mkdirSync(join(path, 'store'))
    writeFileSync(join(path, 'store', 'apples'), '3')
    await expect(levelStore(path)).rejects.toMatchObject(refused('STORE_FORMAT'))
    expect(readdirSync(path)).toEqual(['store', 'thesis.doc'])
  })

  it('may hold the key, and what file systems put at their top', async () => {
    const path = folder()
    mkdirSync(join(path, 'lost+found'), { recursive: true })
    writeFileSync(join(path, 'identity.pem'), 'key')
    expect(await doubtOf(path)).toBeUndefined()
  })

  it('is refused when a file is there instead', async () => {
    const path = folder('file')
    writeFileSync(path, '')
    await expect(levelStore(path)).rejects.toMatchObject(refused('STORE_FORMAT'))
  })

  it('without its `store` is damaged, and never empty instead', async () => {
    const path = await stored()
    rmSync(join(path, 'store'), { recursive: true })
    await expect(levelStore(path)).rejects.toMatchObject(refused('STORE_CORRUPT'))
    expect(existsSync(join(path, 'store'))).toBe(false)
  })

  it('of a newer version is refused, and left as it was found', async () => {
    const path = folder()
    mkdirSync(path)
    const level = await openLevel(join(path, 'store'), true)
    const tally = Buffer.from(seal({ format: storeFormat + 1, ...emptyTally, more: true }))
    await level.put(tallyKey, tally)
    await level.close()
    const before = fingerprint(path)
    await expect(levelStore(path)).rejects.toMatchObject(refused('STORE_FORMAT', 'update'))
    expect(fingerprint(path)).toEqual(before)
  })
})

describe('an opening that fails', () => {
  it.each(['kept aside', 'opened', 'verified'])(
    'at %s leaves the store as it was found, and the next one succeeds',
    async (at) => {
      const path = await stored()
      const before = fingerprint(path)
      const onStep = (step: string): void => {
        if (step === at) throw new Error('EIO: i/o error, read')
      }
      await expect(levelStore(path, { onStep })).rejects.toMatchObject(refused('STORE_IO'))
      expect(fingerprint(path)).toEqual(before)
      expect(await doubtOf(path)).toBeUndefined()
    },
  )

  it('leaves no store where there was none', async () => {
    const path = folder()
    const onStep = (): never => {
      throw new Error('ENOSPC: no space left on device, write')
    }
    await expect(levelStore(path, { onStep })).rejects.toMatchObject(refused('STORE_FULL'))
    expect(existsSync(join(path, 'store'))).toBe(false)
    expect(await doubtOf(path)).toBeUndefined()
  })

  it('names the command that repairs', async () => {
    const path = await stored()
    rmSync(join(path, 'store', 'CURRENT'))
    const command = `grapevine repair --data-dir ${path}`
    await expect(levelStore(path)).rejects.toMatchObject(refused('STORE_CORRUPT', command))
  })
})

describe('doubt', () => {
  it('is none after any number of lives in one place, also under another name', async () => {
    const path = await stored()
    expect(await doubtOf(path)).toBeUndefined()
    renameSync(path, `${path}-renamed`)
    expect(await doubtOf(`${path}-renamed`)).toBeUndefined()
  })

  it('is raised by a copy, and stays until it is settled', async () => {
    const copy = folder('copy')
    cpSync(await stored(), copy, { recursive: true, preserveTimestamps: true })
    expect(await doubtOf(copy)).toMatch(/copied/)
    expect(await doubtOf(copy)).toMatch(/copied/)
    const store = await opened(copy)
    await store.settleDoubt()
    expect(store.doubt).toBeUndefined()
    await store.close()
    expect(await doubtOf(copy)).toBeUndefined()
  })

  it.each([
    ['tail', 'missing'],
    ['place', 'missing'],
    ['tail', 'damaged'],
    ['place', 'damaged'],
  ])('is raised by a `%s` that is %s, and outlasts its return', async (file, what) => {
    const path = await stored()
    if (what === 'missing') rmSync(join(path, file))
    else writeFileSync(join(path, file), 'rubbish')
    expect(await doubtOf(path)).toContain(what)
    // The file is there again, and the doubt with it.
    expect(await doubtOf(path)).toContain(what)
  })

  it('is none of a store that was never written to', async () => {
    const path = await stored(0)
    rmSync(join(path, 'tail'))
    rmSync(join(path, 'place'))
    expect(await doubtOf(path)).toBeUndefined()
  })
})
