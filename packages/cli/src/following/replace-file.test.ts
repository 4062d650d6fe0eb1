import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replaceFile } from './replace-file.js'

describe('a file that is replaced', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grapevine-replace-'))
  })
  afterEach(async () => rm(folder, { recursive: true, force: true }))

  it('is whole at every moment', async () => {
    const file = join(folder, 'app.conf')
    const [one, other] = [Buffer.alloc(200_000, 'a'), Buffer.alloc(100_000, 'b')]
    await replaceFile(file, one)
    const race = { isOver: false }
    const reading = (async () => {
      const seen = new Set<string>()
      while (!race.isOver) seen.add(digest(await readFile(file)))
      return seen
    })()
    for (let round = 0; round < 50; round++) await replaceFile(file, round % 2 === 0 ? other : one)
    race.isOver = true
    for (const text of await reading) expect([digest(one), digest(other)]).toContain(text)
    expect(await readdir(folder)).toEqual(['app.conf'])
  })

  it('C14: is never what a link leads to, however often one is put in its place', async () => {
    const outside = join(folder, 'outside')
    await mkdir(outside)
    await writeFile(join(outside, 'victim'), 'untouched')
    const inside = join(folder, 'inside')
    await mkdir(inside)
    const file = join(inside, 'app.conf')
    const race = { isOver: false }
    let swaps = 0
    const swapping = (async () => {
      while (!race.isOver) {
        // As one step, so that there is always something to fall for.
        await symlink(join(outside, 'victim'), join(folder, 'bait'))
        await rename(join(folder, 'bait'), file)
        swaps++
        if (swaps % 2 === 0) await rm(file, { force: true })
      }
    })()
    const outcomes = { written: 0, refused: 0 }
    for (let round = 0; round < 1_000; round++) {
      await replaceFile(file, Buffer.from('rendered')).then(
        () => outcomes.written++,
        (error: Error) => {
          expect(error.message).toContain('is a link, and is not replaced')
          outcomes.refused++
        },
      )
    }
    race.isOver = true
    await swapping
    expect(outcomes.written).toBeGreaterThan(0)
    expect(outcomes.refused).toBeGreaterThan(0)
    expect(await readFile(join(outside, 'victim'), 'utf8')).toBe('untouched')
    expect(await readdir(outside)).toEqual(['victim'])
    expect((await readdir(folder)).sort()).toEqual(['inside', 'outside'])
  })

  it('C14: is refused where it is a link, or no file at all', async () => {
    await mkdir(join(folder, 'a'))
    await symlink('/etc/passwd', join(folder, 'b'))
    await expect(replaceFile(join(folder, 'a'), Buffer.from('x'))).rejects.toThrow('is no file')
    await expect(replaceFile(join(folder, 'b'), Buffer.from('x'))).rejects.toThrow('is a link')
    await expect(replaceFile(join(folder, 'c/d'), Buffer.from('x'))).rejects.toThrow('ENOENT')
  })

  it('is for its owner only from the first moment, where that was asked for', async () => {
    const file = join(folder, 'secrets.yaml')
    await replaceFile(file, Buffer.from('x'), { mode: 0o600, atMost: 0o600 })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })
})

const digest = (bytes: Buffer): string =>
  `${bytes.length} ${String(bytes[0])} ${String(bytes.at(-1))}`
