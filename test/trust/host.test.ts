import { spawnSync } from 'node:child_process'
import { chmod, lstat, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { parseToken } from '../../packages/peer/src/trust/token.ts'
import { startPeer } from '../mesh/process.ts'
import { until } from '../mesh/until.ts'
import { foundRealMesh } from './real-mesh.ts'

vi.setConfig({ testTimeout: 60_000 })

const soonMs = 20_000
const nobody = 65_534
const isRoot = process.getuid?.() === 0

/** Every file below a folder. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found.filter((one) => one.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

/** What another user of this machine is told who reads a file. */
const readAs = (uid: number, file: string): string => {
  const { status, stdout, stderr } = spawnSync('cat', [file], {
    uid,
    gid: uid,
    encoding: 'utf8',
    // No time limit of a test ends what is waited for in one step.
    timeout: 20_000,
  })
  return status === 0 ? `read: ${stdout.slice(0, 20)}` : stderr
}

describe.skipIf(process.platform !== 'linux')('another user of the same machine', () => {
  it.skipIf(!isRoot)('L1 reads no key, no record, no backup and no signer', async () => {
    await using mesh = await foundRealMesh(['alice'])
    const { peer } = mesh.at('alice')
    const folder = join(mesh.folder, 'open to all')
    await mkdir(folder)
    await peer.backup(join(folder, 'backup'))
    await peer.setSecret('a', 'secret', { to: 'members' })
    await writeFile(join(mesh.folder, 'control'), 'for all')
    for (const path of [mesh.folder, folder]) await chmod(path, 0o755)
    expect(readAs(nobody, join(mesh.folder, 'control'))).toBe('read: for all')

    const files = [...(await filesIn(mesh.dataDir('alice'))), join(folder, 'backup')]
    files.push(join(mesh.folder, 'root.pem'))
    expect(files.length).toBeGreaterThan(5)
    for (const file of files) expect(readAs(nobody, file)).toContain('Permission denied')
    // Also where somebody has opened the directory by mistake.
    await chmod(mesh.dataDir('alice'), 0o755)
    const keys = files.filter((file) => file.endsWith('.pem'))
    expect(keys).toHaveLength(2)
    for (const file of keys) expect(readAs(nobody, file)).toContain('Permission denied')
  })

  it('L2 leads no write anywhere with links that were there before', async () => {
    await using mesh = await foundRealMesh(['alice'])
    const { peer } = mesh.at('alice')
    const victim = join(mesh.folder, 'victim')
    await writeFile(victim, 'theirs')
    const backup = join(mesh.folder, 'backup')
    await symlink(victim, backup)
    await peer.backup(backup)
    expect((await lstat(backup)).isFile()).toBe(true)

    // A data directory that somebody else was so kind to prepare, and to leave open.
    const { token } = await peer.invite()
    const prepared = mesh.dataDir('bob')
    await mkdir(prepared)
    await chmod(prepared, 0o777)
    await expect(mesh.open('bob', { join: token })).rejects.toMatchObject({
      code: 'DIRECTORY_OPEN',
    })
    expect(await readdir(prepared)).toEqual([])
    await chmod(prepared, 0o700)
    const elsewhere = join(mesh.folder, 'elsewhere')
    await mkdir(elsewhere)
    const links = {
      tail: victim,
      pid: victim,
      'place.new': victim,
      store: elsewhere,
      lock: elsewhere,
    }
    for (const [name, target] of Object.entries(links)) {
      await symlink(target, join(prepared, name))
      await expect(mesh.open('bob', { join: token })).rejects.toMatchObject({
        code: 'STORE_FORMAT',
      })
      await rm(join(prepared, name))
    }
    expect(await readFile(victim, 'utf8')).toBe('theirs')
    expect(await readdir(elsewhere)).toEqual([])
  })

  it('L5 finds no token, key or secret in the arguments and the environment of a peer, nor in what it says', async () => {
    await using mesh = await foundRealMesh(['alice'])
    const alice = mesh.at('alice')
    const { token } = await alice.peer.invite({ can: { 'shop/**': 'write' } })
    const opening = { dataDir: mesh.dataDir('bob'), name: 'bob', join: token }
    await using bob = await startPeer({ opening })
    const secret = 'canary-d41d8cd9'
    await bob.ask.setSecret('shop/password', secret)
    await until(() => (alice.peer.has('shop/password') ? undefined : 'nothing came'), soonMs)
    const refused = await bob.ask.setSecret('stock/password', secret).catch(String)
    expect(refused).toContain('stock/password')

    const { seed, networkKey } = parseToken(token)
    const identity = await readFile(join(opening.dataDir, 'identity.pem'), 'utf8')
    const bytes = [seed, networkKey.secret].map((one) => Buffer.from(one))
    const canaries = [
      secret,
      token.slice(4, 40),
      token.slice(-40, -4),
      identity.split('\n')[1] ?? '',
      ...bytes.flatMap((one) => [one.toString('hex'), one.toString('base64').slice(0, 40)]),
    ]
    const ofProcess = async (file: string): Promise<string> =>
      readFile(`/proc/${bob.pid}/${file}`, 'utf8')
    const said = [
      await ofProcess('cmdline'),
      await ofProcess('environ'),
      await ofProcess('comm'),
      refused,
      JSON.stringify([bob.notices, alice.notices, await bob.ask.status()]),
      (await bob.kill()).words,
    ]
    expect(said[0]).toContain('node')
    for (const text of said) {
      for (const canary of canaries) expect(text).not.toContain(canary)
    }
  })
})
