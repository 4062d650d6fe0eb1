import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readKeyFile, writeKeyFile } from './key-file.js'

let dir: string
let file: string
const seed = new Uint8Array(randomBytes(32))
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'grapevine-'))
  file = join(dir, 'alice.pem')
})
afterEach(() => rm(dir, { recursive: true }))

describe('a key file', () => {
  it('is PKCS#8 in PEM, for its owner only', async () => {
    expect(await writeKeyFile(file, seed)).toBe(true)
    expect(await readKeyFile(file)).toEqual(seed)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readFile(file, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
  })

  it('is locked with a passphrase, and opened with no other', async () => {
    await writeKeyFile(file, seed, 'correct horse')
    expect(await readFile(file, 'utf8')).not.toContain(
      Buffer.from(seed).toString('base64').slice(0, 12),
    )
    expect(await readKeyFile(file, 'correct horse')).toEqual(seed)
    await expect(readKeyFile(file, 'battery staple')).rejects.toThrow(
      'the passphrase is another one',
    )
    await expect(readKeyFile(file)).rejects.toThrow('it is locked with a passphrase')
  })

  it('is never written over a file that is there', async () => {
    await writeFile(file, 'notes')
    expect(await writeKeyFile(file, seed)).toBe(false)
    expect(await readFile(file, 'utf8')).toBe('notes')
    expect(await readdir(dir)).toEqual(['alice.pem'])
  })

  it('is not written through a link that was planted in its place', async () => {
    const [target, dangling] = [join(dir, 'target'), join(dir, 'nowhere')]
    await writeFile(target, 'untouched')
    for (const to of [target, dangling]) {
      await rm(file, { force: true })
      await symlink(to, file)
      expect(await writeKeyFile(file, seed)).toBe(false)
      await expect(readKeyFile(file)).rejects.toThrow('it is a symbolic link')
    }
    expect(await readFile(target, 'utf8')).toBe('untouched')
    expect((await readdir(dir)).sort()).toEqual(['alice.pem', 'target'])
  })

  it.skipIf(process.platform === 'win32')('is refused where others can read it', async () => {
    await writeKeyFile(file, seed)
    for (const mode of [0o640, 0o604, 0o660]) {
      await chmod(file, mode)
      await expect(readKeyFile(file)).rejects.toThrow(`run: chmod 600 ${file}`)
    }
  })
})
