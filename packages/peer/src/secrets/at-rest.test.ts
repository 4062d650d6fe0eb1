import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Peer } from '../peer.js'
import { levelStore } from '../store/level-store.js'
import { testPeer } from '../testing.js'

const canary = 'canary-4be1d9a2'
const folders: string[] = []
/** The texts of all notices. */
const told: string[] = []
const peers: Peer[] = []
afterEach(async () => {
  await Promise.all(peers.splice(0).map(async (peer) => peer.close()))
  await Promise.all(folders.splice(0).map(async (folder) => rm(folder, { recursive: true })))
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'grapevine-secrets-'))
  folders.push(folder)
  return folder
}

const seed = new Uint8Array(32).fill(7)

async function openIn(folder: string): Promise<Peer> {
  const store = async () => levelStore(join(folder, 'data'))
  const peer = await testPeer({ seed, store, onNotice: ({ text }) => told.push(text) })
  peers.push(peer)
  return peer
}

/** The names of all files in which it is found, as text or as text of two bytes a letter. */
async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const found = files
    .filter((file) => file.isFile())
    .map(async (file) => {
      const bytes = await readFile(join(file.parentPath, file.name))
      const spellings = [Buffer.from(text), Buffer.from(text, 'utf16le')]
      return spellings.some((spelling) => bytes.includes(spelling)) ? [file.name] : []
    })
  return (await Promise.all(found)).flat()
}

describe('a secret at rest', () => {
  it('is in no file of the data directory, and in no backup', async () => {
    const folder = await newFolder()
    const peer = await openIn(folder)
    await peer.set('db/host', 'host-in-plain')
    for (const turn of [1, 2, 3]) {
      await peer.setSecret('db/password', `${canary}-${turn}`, { to: [peer.recipient] })
    }
    await peer.reseal({ force: true })
    await peer.backup(join(folder, 'backup'))
    await peer.close()
    expect(await filesWith(folder, canary)).toEqual([])
    // What is looked for would be found.
    const seen = await filesWith(folder, 'host-in-plain')
    expect(seen).toContain('backup')
    expect(seen.length).toBeGreaterThan(1)
  })

  it('is read again by the same peer after a restart, with the key it always had', async () => {
    const folder = await newFolder()
    const before = await openIn(folder)
    await before.setSecret('a', canary, { to: [before.recipient] })
    await before.close()
    const after = await openIn(folder)
    expect(after.recipient).toBe(before.recipient)
    expect(await after.secret('a')).toBe(canary)
    expect(after.secrets().map(({ key, isReadable }) => [key, isReadable])).toEqual([['a', true]])
  })

  it('is not in what printing a peer, its entries, events, receipts or notices shows', async () => {
    const peer = await openIn(await newFolder())
    const events: unknown[] = []
    peer.on('change', (change) => events.push(change))
    const release = await peer.setSecret('a', canary, { to: [peer.recipient] })
    peer.bind('a', z.string(), { default: 'none' })
    await expect(release.reached()).rejects.toThrow('refused')
    const all = [
      told,
      peer.status(),
      peer.receipts(release),
      peer,
      release,
      events,
      peer.entries(),
      peer.secrets(),
      peer.history('a'),
    ]
    const shown = inspect(all, { depth: 12, showHidden: true, maxArrayLength: null })
    expect(shown).toContain(peer.recipient)
    expect(shown).not.toContain(canary)
    expect(shown).not.toContain([...Buffer.from(canary)].join(', '))
  })

  it('ends with the peer', async () => {
    const peer = await openIn(await newFolder())
    await peer.setSecret('a', canary, { to: [peer.recipient] })
    await peer.close()
    const closed = { code: 'PEER_CLOSED' }
    await expect(peer.setSecret('a', 'x', { to: ['alice'] })).rejects.toMatchObject(closed)
    await expect(peer.secret('a')).rejects.toMatchObject(closed)
    await expect(peer.reseal()).rejects.toMatchObject(closed)
    await expect(peer.exposedTo(peer.id)).rejects.toMatchObject(closed)
  })
})
