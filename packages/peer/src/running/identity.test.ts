import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cryptoOf, openIdentity } from './identity.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'grapevine-'))
})
afterEach(() => rm(dir, { recursive: true }))

describe('identity', () => {
  it('is made once, for nobody else to read, and found again', async () => {
    const made = await openIdentity(join(dir, 'new/peer'), false)
    const again = await openIdentity(join(dir, 'new/peer'), false)
    expect(again.peer).toBe(made.peer)
    expect([...again.seed]).toEqual([...made.seed])
    const { mode } = await stat(join(dir, 'new/peer/identity.pem'))
    expect(mode & 0o777).toBe(0o600)
    expect(await readFile(join(dir, 'new/peer/identity.pem'), 'utf8')).toContain('PRIVATE KEY')
  })

  it('is one and the same for all who open it at once', async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => openIdentity(dir, false)))
    expect(new Set(opened.map(({ peer }) => peer)).size).toBe(1)
    expect(await readdir(dir)).toEqual(['identity.pem'])
  })

  it('signs what others can verify, and nobody else could have signed', async () => {
    const [alice, bob] = [
      await openIdentity(join(dir, 'a'), false),
      await openIdentity(join(dir, 'b'), false),
    ]
    const { sign, verify } = cryptoOf(alice)
    const bytes = new Uint8Array([1, 2, 3])
    expect(verify(alice.peer, bytes, sign(bytes))).toBe(true)
    expect(verify(bob.peer, bytes, sign(bytes))).toBe(false)
    expect(verify(alice.peer, new Uint8Array([1, 2]), sign(bytes))).toBe(false)
  })

  it.skipIf(process.platform === 'win32')('is refused where others can read it', async () => {
    await openIdentity(dir, false)
    const file = join(dir, 'identity.pem')
    await chmod(file, 0o644)
    await expect(openIdentity(dir, false)).rejects.toThrow(`run: chmod 600 ${file}`)
  })

  it('is not made anew beside records that belong to another one', async () => {
    await expect(openIdentity(dir, true)).rejects.toThrow(
      'identity.pem cannot be used: it is missing',
    )
    expect(await readdir(dir)).toEqual([])
  })

  it('is refused, and left as it is, where the file is something else', async () => {
    const file = join(dir, 'identity.pem')
    await writeFile(file, 'my notes', { mode: 0o600 })
    await expect(openIdentity(dir, false)).rejects.toMatchObject({ code: 'IDENTITY_UNUSABLE' })
    expect(await readFile(file, 'utf8')).toBe('my notes')
    await rm(file)
    await mkdir(file)
    await expect(openIdentity(dir, false)).rejects.toMatchObject({
      code: 'IDENTITY_UNUSABLE',
      message: expect.stringContaining('it is no file') as string,
    })
  })
})
