import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MeshError } from '@grapevine/core'
import { asItIs, copySample, fingerprint, makeSample } from '../../test/store/damage.js'
import { temporaryFolder } from '../../test/store/temporary.js'
import { runStoreCommand } from './command.js'
import type { Meaning } from './command.js'
import { levelStore } from './level-store.js'

const folder = temporaryFolder()

const anything: Meaning = { check: () => undefined, rebuild: asItIs }

async function run(args: readonly string[], meaning = anything) {
  const lines: string[] = []
  const exitCode = await runStoreCommand({
    args,
    tell: (line) => lines.push(line),
    meaningOf: () => meaning,
  })
  return { exitCode, text: lines.join('\n') }
}

async function sound(): Promise<string> {
  const path = folder()
  await copySample(await makeSample(folder('sample'), 3), path)
  return path
}

async function broken(): Promise<string> {
  const path = await sound()
  const log = readdirSync(join(path, 'store')).find((name) => name.endsWith('.log')) ?? ''
  writeFileSync(join(path, 'store', log), 'no log at all')
  return path
}

describe('grapevine-store verify', () => {
  it('says what is there, and changes nothing', async () => {
    const path = await sound()
    const before = fingerprint(path)
    const { exitCode, text } = await run(['verify', path])
    expect(text).toMatch(/^\d+ records, [\d,]+ bytes after 75 transactions\nIt is sound\.$/)
    expect(exitCode).toBe(0)
    expect(fingerprint(path)).toEqual(before)
  })

  it('says what is wrong and what to run, and changes nothing', async () => {
    const path = await broken()
    const before = fingerprint(path)
    const { exitCode, text } = await run(['verify', path])
    expect(text).toMatch(/fault: it ends at transaction 50, but 75 were durable/)
    expect(text).toContain(`npx grapevine-store repair ${path}`)
    expect(exitCode).toBe(1)
    expect(fingerprint(path)).toEqual(before)
  })

  it('says that a sound store is in doubt', async () => {
    const path = await sound()
    rmSync(join(path, 'place'))
    const { exitCode, text } = await run(['verify', path])
    expect(text).toMatch(/It is sound, but its file `place` is missing/)
    expect(exitCode).toBe(0)
  })

  it('leaves a store alone that is in use', async () => {
    const path = await sound()
    const store = await levelStore(path)
    expect(await run(['verify', path])).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('STORE_LOCKED') as string,
    })
    await store.close()
  })

  it('asks the replica what sound records mean', async () => {
    const meaning: Meaning = {
      ...anything,
      check(records) {
        throw new MeshError('STORE_CORRUPT', `${records.size} forgeries`)
      },
    }
    const path = await sound()
    const { exitCode, text } = await run(['verify', path], meaning)
    expect(text).toMatch(/fault: \d+ forgeries/)
    expect(exitCode).toBe(1)
    expect((await run(['repair', path], meaning)).text).toMatch(/releases kept/)
  })
})

describe('grapevine-store repair', () => {
  it('leaves a sound store alone', async () => {
    const path = await sound()
    const before = fingerprint(path)
    const { exitCode, text } = await run(['repair', path])
    expect(text).toMatch(/Nothing to repair/)
    expect(exitCode).toBe(0)
    expect(fingerprint(path)).toEqual(before)
  })

  it('makes a store that opens, in doubt, and moves the broken one aside', async () => {
    const path = await broken()
    await expect(levelStore(path)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
    const { exitCode, text } = await run(['repair', path])
    expect(text).toMatch(/^\d+ sound records found; \d+ were stored\.$/m)
    const [, aside = ''] = /The broken store is now (\S+):/.exec(text) ?? []
    expect(readdirSync(aside)).toContain('CURRENT')
    expect(exitCode).toBe(0)
    const store = await levelStore(path)
    expect((await store.load()).size).toBeGreaterThan(10)
    expect(store.doubt).toMatch(/repaired/)
    await store.close()
  })

  it('makes one of what is beside it where the store itself is gone', async () => {
    const path = await sound()
    rmSync(join(path, 'store'), { recursive: true })
    expect((await run(['repair', path])).text).toMatch(/^0 sound records found/)
    const store = await levelStore(path)
    expect((await store.load()).size).toBe(0)
    expect(store.doubt).toMatch(/repaired/)
    await store.close()
  })

  it('changes nothing where the replica can make nothing of the records', async () => {
    const path = await broken()
    const before = fingerprint(path)
    const hopeless: Meaning = {
      ...anything,
      rebuild: () => {
        throw new MeshError('STORE_CORRUPT', 'nothing can be made of what is left')
      },
    }
    expect(await run(['repair', path], hopeless)).toEqual({
      exitCode: 1,
      text: 'STORE_CORRUPT: nothing can be made of what is left',
    })
    expect(fingerprint(path)).toEqual(before)
  })
})

describe('grapevine-store', () => {
  it('backs up, and restores somewhere else', async () => {
    const path = await sound()
    const [file, elsewhere] = [folder('backup'), folder('restored')]
    const backup = await run(['backup', path, file])
    expect(backup.text).toMatch(/keep it secret/)
    const restored = await run(['restore', elsewhere, file])
    expect(restored.text).toMatch(/^Restored \d+ records of 20.* into/)
    expect((await run(['verify', elsewhere])).text).toMatch(/It is sound, but it was restored/)
    expect([backup.exitCode, restored.exitCode]).toEqual([0, 0])
  })

  it.each([
    [[], 2],
    [['verify'], 2],
    [['verify', 'a', 'b'], 2],
    [['backup', 'a'], 2],
    [['burn', 'a'], 2],
    [['--help'], 0],
  ] as const)('told %j, shows how it is used', async (args, code) => {
    const { exitCode, text } = await run(args)
    expect(text).toMatch(/^grapevine-store:/)
    expect(exitCode).toBe(code)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('says that a directory is not there, or is something else', async () => {
    for (const verb of ['verify', 'repair']) {
      expect(await run([verb, folder('nowhere')])).toMatchObject({
        exitCode: 1,
        text: expect.stringContaining('STORE_FORMAT') as string,
      })
    }
  })
})
