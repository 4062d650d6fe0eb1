import {
  chmod,
  lstat,
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
import { join as pathOf } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { foundMesh, joinAsSigner, openPeer, openSigner } from '../index.js'
import type { Peer, PeerOptions } from '../index.js'
import { restoreBackup } from '../store/restore.js'
import { memoryHub } from '../testing.js'
import type { MemoryHub } from '../testing.js'

let dir: string
let hub: MemoryHub
const open: Peer[] = []
beforeEach(async () => {
  dir = await mkdtemp(pathOf(tmpdir(), 'grapevine-'))
  hub = memoryHub()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (peer) => peer.close()))
  await rm(dir, { recursive: true })
})

const at = (name: string): string => pathOf(dir, name)
const rootKeyFile = (): string => at('root.pem')
const found = async (dataDir = at('alice')) =>
  foundMesh({ name: 'shop', dataDir, rootKeyFile: rootKeyFile(), peerName: 'alice' })

async function opened(name: string, options: Partial<PeerOptions> = {}): Promise<Peer> {
  const base = { dataDir: at(name), name, network: hub.network, onNotice() {} }
  const peer = await openPeer({ ...base, ...options })
  open.push(peer)
  return peer
}

const linked = async (peer: Peer): Promise<unknown> =>
  peer.status().links > 0 ? undefined : new Promise((resolve) => peer.on('linked', resolve))

describe('a closed mesh', () => {
  it('is founded by a key of its own, and opened from its directory afterwards', async () => {
    const { mesh, root, peer } = await found()
    const alice = await opened('alice')
    expect([alice.mesh, alice.id, mesh]).toEqual(['shop', peer, 'shop'])
    await alice.set('a', 1)
    expect(alice.why('a').text).toContain('alice may admin **: granted by root')
    const signer = await openSigner({ file: rootKeyFile() })
    expect(signer).toMatchObject({ key: root, name: 'root', links: [] })
    for (const file of ['root.pem', 'alice/identity.pem']) {
      expect((await stat(at(file))).mode & 0o777).toBe(0o600)
    }
    expect((await stat(at('alice'))).mode & 0o777).toBe(0o700)
  })

  it('calls each peer what its badge says, whatever it is opened with later', async () => {
    await found()
    const alice = await opened('alice', { name: undefined })
    expect([alice.name, alice.status().name]).toEqual(['alice', 'alice'])
    expect(alice.peers()[0]!.labels.get('name')).toBe('alice')
  })

  it('is founded over nothing that is there', async () => {
    await found()
    const root = await readFile(rootKeyFile())
    await expect(found(at('bob'))).rejects.toMatchObject({
      code: 'SIGNER_UNUSABLE',
      message: expect.stringContaining('something is there already') as string,
    })
    expect(await readFile(rootKeyFile())).toEqual(root)
    const other = { name: 'stock', rootKeyFile: at('other.pem') }
    await expect(foundMesh({ ...other, dataDir: at('alice') })).rejects.toMatchObject({
      code: 'MESH_MISMATCH',
    })
    expect(await readdir(dir)).not.toContain('other.pem')
    for (const wrong of [
      { name: 'No' },
      { dataDir: '' },
      { rootKeyFile: '' },
      { passphrase: '' },
    ]) {
      const options = { ...other, dataDir: at('carol'), ...wrong }
      await expect(foundMesh(options)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    }
  })

  it('is joined with a token, offline, once; afterwards that is remembered', async () => {
    await found()
    const alice = await opened('alice')
    const { token } = await alice.invite({ can: { 'shop/**': 'write' } })
    await alice.close()
    const bob = await opened('bob', { join: token })
    await bob.set('shop/a', 1)
    await bob.close()
    const [again, first] = [await opened('bob'), await opened('alice')]
    await Promise.all([linked(again), linked(first)])
    await first.sync()
    expect(first.entry('shop/a')).toMatchObject({ value: 1, release: { authorName: 'bob' } })
    expect(again.id).toBe(bob.id)
  })

  it('is not entered with the token of another mesh, nor with none', async () => {
    await found()
    const alice = await opened('alice')
    const { token } = await alice.invite()
    const stock = { name: 'stock', dataDir: at('stock'), rootKeyFile: at('stock.pem') }
    await foundMesh({ ...stock, peerName: 'sam' })
    await expect(opened('stock', { join: token })).rejects.toMatchObject({ code: 'MESH_MISMATCH' })
    await expect(opened('bob', { mesh: 'shop', join: token })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
    await expect(opened('carol')).rejects.toThrow('pass `join`, a token of the mesh')
    const { badge } = await alice.grant('alice', { can: { '**': 'admin' } })
    await expect(opened('dave', { badge })).rejects.toMatchObject({ code: 'BADGE_INVALID' })
  })

  it('keeps its badge, its keys and its members through a backup', async () => {
    await found()
    const alice = await opened('alice')
    const bob = await opened('bob', { join: (await alice.invite()).token })
    await linked(bob)
    await alice.rotateNetworkKey()
    await alice.set('a', 1)
    await bob.backup(at('bob.backup'))
    await bob.close()
    await restoreBackup(at('bob.backup'), at('bob-again'))
    const again = await opened('bob-again')
    expect(again.id).toBe(bob.id)
    await linked(again)
    expect(again.peers().map(({ name }) => name)).toEqual(['alice', 'bob'])
    expect(await alice.rotateNetworkKey()).toMatchObject({ number: 3 })
  })

  it('does not keep a peer from its own data when its badge has ended', async () => {
    await found()
    const alice = await opened('alice')
    const { token } = await alice.invite({ badgeFor: '1h', can: { '**': 'write' } })
    const bob = await opened('bob', { join: token })
    await bob.set('a', 1)
    await bob.close()
    const later = Date.now() + 2 * 24 * 3_600_000
    const clock = { now: () => later, after: () => () => {} }
    const again = await opened('bob', { clock, join: token })
    expect(again.get('a')).toBe(1)
    await expect(again.set('a', 2)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
  })
})

describe.skipIf(process.platform === 'win32')('what lies on disk', () => {
  it('is refused where others can look into it, with the command that mends it', async () => {
    await found()
    for (const mode of [0o750, 0o705, 0o770]) {
      await chmod(at('alice'), mode)
      await expect(opened('alice')).rejects.toMatchObject({
        code: 'DIRECTORY_OPEN',
        message: expect.stringContaining(`run: chmod 700 ${at('alice')}`) as string,
      })
    }
    await chmod(at('alice'), 0o700)
    await chmod(at('alice/identity.pem'), 0o640)
    await expect(opened('alice')).rejects.toMatchObject({
      code: 'IDENTITY_UNUSABLE',
      message: expect.stringContaining(`run: chmod 600 ${at('alice/identity.pem')}`) as string,
    })
    await chmod(at('alice/identity.pem'), 0o600)
    await chmod(rootKeyFile(), 0o644)
    await expect(openSigner({ file: rootKeyFile() })).rejects.toMatchObject({
      code: 'SIGNER_UNUSABLE',
      message: expect.stringContaining(`run: chmod 600 ${rootKeyFile()}`) as string,
    })
  })

  it('of an open mesh may be looked into: there is nothing that opens a door', async () => {
    await mkdir(at('open'), { mode: 0o755 })
    expect((await opened('open', { mesh: 'test' })).status().members).toBe(1)
  })

  it('is not written through links that were planted in its place', async () => {
    await mkdir(at('theirs'), { mode: 0o700 })
    await symlink(at('theirs'), at('alice'))
    await expect(found()).rejects.toMatchObject({ code: 'DIRECTORY_OPEN' })
    expect(await readdir(at('theirs'))).not.toContain('identity.pem')
    await rm(at('alice'))

    await mkdir(at('alice'), { mode: 0o700 })
    for (const target of ['stolen.pem', 'root-target.pem']) await writeFile(at(target), 'theirs')
    await symlink(at('stolen.pem'), at('alice/identity.pem'))
    await expect(found()).rejects.toMatchObject({ code: 'IDENTITY_UNUSABLE' })
    await rm(at('alice/identity.pem'))
    await symlink(at('root-target.pem'), rootKeyFile())
    await expect(found()).rejects.toMatchObject({ code: 'SIGNER_UNUSABLE' })
    expect((await lstat(rootKeyFile())).isSymbolicLink()).toBe(true)
    for (const target of ['stolen.pem', 'root-target.pem']) {
      expect(await readFile(at(target), 'utf8')).toBe('theirs')
    }
  })
})

describe('a signer', () => {
  it('joins with a token, and writes through any peer; the token lets in one', async () => {
    await found()
    const alice = await opened('alice')
    const { token } = await alice.invite({ can: { 'shop/**': 'write' } })
    const file = at('ann.pem')
    const joined = await joinAsSigner({ token, name: 'ann', file, passphrase: 'correct horse' })
    const ann = await openSigner({ file, passphrase: 'correct horse' })
    expect([ann.key, ann.name, ann.links]).toEqual([joined.key, 'ann', joined.links])
    const { author, authorName } = await alice.set('shop/a', 1, { as: ann })
    expect([author, authorName]).toEqual([ann.key, 'ann'])
    for (const name of ['ann.pem', 'ann.pem.badge']) {
      expect((await stat(at(name))).mode & 0o777).toBe(0o600)
    }
    await expect(joinAsSigner({ token, name: 'eve', file })).rejects.toThrow(
      'something is there already',
    )
  })

  it('is refused where its badge is missing, for another key, or of another mesh', async () => {
    await found()
    const alice = await opened('alice')
    const { token } = await alice.invite({ uses: 'many' })
    for (const name of ['ann', 'bea']) await joinAsSigner({ token, name, file: at(`${name}.pem`) })
    await rm(at('ann.pem.badge'))
    const bare = await openSigner({ file: at('ann.pem') })
    await expect(alice.set('a', 1, { as: bare })).rejects.toMatchObject({
      code: 'SIGNER_UNUSABLE',
      message: expect.stringContaining(
        'it has no badge, and is not the root of this mesh',
      ) as string,
    })
    await rename(at('bea.pem.badge'), at('ann.pem.badge'))
    await expect(openSigner({ file: at('ann.pem') })).rejects.toMatchObject({
      code: 'BADGE_INVALID',
    })
    const stock = { name: 'stock', dataDir: at('stock'), rootKeyFile: at('stock.pem') }
    await foundMesh({ ...stock, peerName: 'sam' })
    const stranger = await openSigner({ file: at('stock.pem') })
    await expect(alice.invite({ as: stranger })).rejects.toMatchObject({ code: 'SIGNER_UNUSABLE' })
  })

  it('of the root appoints an admin, and renews what has ended', async () => {
    await found()
    const alice = await opened('alice')
    const as = await openSigner({ file: rootKeyFile() })
    const { isBrought, until } = await alice.grant('alice', {
      can: { '**': 'admin' },
      for: '700d',
      as,
    })
    expect(isBrought).toBe(true)
    expect(until).toBeGreaterThan(Date.now() + 699 * 24 * 3_600_000)
    const bob = await opened('bob', {
      join: (await alice.invite({ as, can: { '**': 'admin' } })).token,
    })
    await linked(bob)
    expect(bob.status().members).toBe(2)
  })
})

describe('a secret of trust', () => {
  it('is in no error, no notice, no argument, no environment, and printed with nothing', async () => {
    const told: string[] = []
    const said = async (work: () => Promise<unknown>): Promise<void> => {
      await work().catch((error: unknown) => told.push(String(error), JSON.stringify(error)))
    }
    const passphrase = 'canary-passphrase-7e1f'
    await foundMesh({ name: 'shop', dataDir: at('alice'), rootKeyFile: rootKeyFile(), passphrase })
    const alice = await opened('alice', { onNotice: (notice) => told.push(JSON.stringify(notice)) })
    const { token } = await alice.invite()
    const wrong = [
      token.slice(0, -2),
      `${token}x`,
      token.replace('gv1', 'gv2'),
      token.toUpperCase(),
    ]
    for (const join of wrong) await said(async () => opened('bob', { join }))
    await said(async () => opened('bob', { mesh: token }))
    await said(async () => opened('bob', { badge: token }))
    await said(async () => opened('alice', { join: token, mesh: 'shop' }))
    await said(async () => joinAsSigner({ token: `${token}A`, name: 'ann', file: at('ann.pem') }))
    await said(async () => openSigner({ file: rootKeyFile(), passphrase: `${passphrase}!` }))
    await said(async () => openSigner({ file: rootKeyFile(), passphrase: [passphrase] as never }))
    const bob = await opened('bob', { join: token })
    await said(async () => alice.revoke(token))
    told.push(JSON.stringify([alice.status(), bob.status(), bob.peers()]))
    told.push(process.argv.join(' '), JSON.stringify(process.env))
    expect(told.length).toBeGreaterThan(15)
    const canaries = [passphrase, token.slice(4, 24), token.slice(40, 60), token.slice(-24, -4)]
    for (const text of told) for (const canary of canaries) expect(text).not.toContain(canary)
  })
})
