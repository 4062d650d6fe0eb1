import { mkdtemp, rm, stat } from 'node:fs/promises'
import { createServer, createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Peer, Value } from '@grapevine/peer'
import { testMesh, testPeer } from '@grapevine/peer/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { closedAtEnd } from '../../test/api-of.js'
import { createApi } from '../app.js'
import { serveApi } from '../serve.js'
import { connect, createClient } from './index.js'
import type { PeerClient, Watched } from './index.js'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'grapevine-api-'))
  onTestFinished(async () => rm(path, { recursive: true }))
  return path
}

const ways: readonly (readonly [string, (peer: Peer) => Promise<PeerClient>])[] = [
  ['in this process', async (peer) => createClient({ fetch: createApi(peer).fetch })],
  [
    'over a socket',
    async (peer) => {
      const socket = join(await folder(), 'api.sock')
      closedAtEnd(await serveApi(peer, { socket }))
      return (await connect({ socket }))!
    },
  ],
]

const alone = async (values: Readonly<Record<string, Value>> = {}): Promise<Peer> =>
  closedAtEnd(await testPeer({ values }))

describe.each(ways)('a client %s', (_way, open) => {
  const values = {
    'a/1': { deep: [1, null, 'ä', new Uint8Array([0, 255])] },
    'a/2': new Uint8Array(),
    b: 1e21,
    c: { $bytes: 'no base64' },
    'd/#?%': { value: { value: 1 }, labels: { x: 1 }, set: [2], secret: [{ $bytes: 7 }] },
  }

  it('plans a rollback of keys that are called as parts of answers are', async () => {
    const peer = await alone({ labels: 1, set: 2, secret: 3, value: 4, ifMatch: 5 })
    const client = await open(peer)
    const set = { labels: 6, set: 7, secret: 8, value: 9, ifMatch: 10 }
    const { name } = await client.publish({ set })
    const { draft } = await client.planRollback(name)
    expect(draft).toMatchObject({ set: { labels: 1, set: 2, secret: 3, value: 4, ifMatch: 5 } })
    const ifMatch = Object.fromEntries(peer.entries().map(({ key, version }) => [key, version]))
    expect(draft.ifMatch).toEqual(ifMatch)
  })

  it('reads what the peer reads', async () => {
    const peer = await alone(values)
    const client = await open(peer)
    for (const { key } of peer.entries()) {
      expect(await client.entry(key), key).toEqual(peer.entry(key))
    }
    expect(await client.entry('none')).toBe(undefined)
    expect((await client.entries()).entries).toEqual(peer.entries())
    expect((await client.entries('a/')).entries).toHaveLength(2)
    expect(await client.history('b')).toEqual(peer.history('b'))
    const { name } = peer.entry('b')!.release
    expect((await client.release(name))?.changes).toHaveLength(5)
    expect(await client.release(`${'0'.repeat(32)}·1`)).toBe(undefined)
    expect(await client.receipts(name)).toEqual(peer.receipts(name))
    expect(await client.why('b')).toEqual(peer.why('b'))
    expect(await client.conflicts()).toEqual([])
    expect((await client.peers())[0]?.labels).toEqual(new Map([['name', 'alice']]))
    expect(await client.status()).toMatchObject({ peer: peer.id, keys: 5 })
    expect(await client.notices()).toEqual([])
    expect(await client.diff({ set: { b: 2 }, remove: ['c', 'x'] })).toEqual([
      { key: 'b', before: 1e21, after: 2 },
      { key: 'c', before: { $bytes: 'no base64' } },
    ])
  })

  it('writes as the peer writes', async () => {
    const peer = await alone({ old: 1 })
    const client = await open(peer)
    const bytes = Buffer.from([1, 2, 3])
    const draft = {
      set: new Map<string, Value>([
        ['a', { bytes }],
        ['__proto__', 1],
      ]),
      remove: ['old'],
    }
    const release = await client.publish({ ...draft, message: 'm', requestId: 'r' })
    expect(release).toMatchObject({ message: 'm', requestId: 'r', isNew: true })
    expect(release).not.toHaveProperty('reached')
    expect(peer.get('a')).toEqual({ bytes: new Uint8Array(bytes) })
    expect(await client.publish({ ...draft, requestId: 'r' })).toMatchObject({ isNew: false })
    expect(await client.planRollback(release.name)).toMatchObject({
      draft: { set: { old: 1 }, remove: ['__proto__', 'a'] },
    })
    const { published, returned } = await client.rollback(release.name, { message: 'no' })
    expect([published?.message, returned]).toEqual(['no', ['__proto__', 'a', 'old']])
    expect(await client.rollback(release.name)).toMatchObject({ returned: [], unknown: [] })
    await client.ready()
    await client.sync({ timeout: '10s' })
    const file = join(await folder(), 'backup')
    await expect(client.backup('')).rejects.toBeInstanceOf(Error)
    await client.backup(file)
    expect((await stat(file)).size).toBeGreaterThan(0)
  })

  it('throws what the peer throws', async () => {
    const peer = await alone({ a: 1 })
    const client = await open(peer)
    const { version } = peer.entry('a')!
    await expect(client.publish({ set: { a: 2 }, ifMatch: { a: 'x' } })).rejects.toMatchObject({
      name: 'MeshError',
      code: 'IF_MATCH_FAILED',
      message: `a is at version ${version}, not x: read it again`,
      data: { key: 'a', version },
    })
    for (const value of [undefined, Number.NaN, new Date(), () => 1, 7n]) {
      const set = { a: value as Value }
      await expect(client.publish({ set })).rejects.toMatchObject({ code: 'VALUE_INVALID' })
    }
    for (const key of ['', '..', 'a/../b', '/a']) {
      await expect(client.entry(key)).rejects.toMatchObject({ code: 'KEY_INVALID' })
      await expect(client.publish({ remove: [key] })).rejects.toMatchObject({ code: 'KEY_INVALID' })
    }
    for (const name of ['.', '..']) {
      await expect(client.release(name)).rejects.toMatchObject({ message: /nothing is called/ })
    }
    await expect(client.receipts('0000·1')).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' })
    await expect(client.secret('a')).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
    await expect(client.secret('none')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(client.invite()).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    await expect(client.entry('a', { index: 'x', wait: 'soon' })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
    expect(peer.history('a')).toHaveLength(1)
  })

  it('waits for a change, and gives up when it is told to', async () => {
    const peer = await alone({ a: 1 })
    const client = await open(peer)
    const { index } = await client.entries()
    const moved = client.entry('a', { index })
    await peer.set('a', 2)
    expect((await moved)?.value).toBe(2)
    const { index: later } = await client.entries('a')
    expect((await client.entries('a', { index: later, wait: 20 })).index).toBe(later)
    const giving = new AbortController()
    const waiting = client.entry('a', { index: later, signal: giving.signal })
    giving.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(client.entry('a', { signal: giving.signal })).rejects.toThrow('enough')
  })

  it('watches, from the beginning or from where it was', async () => {
    const peer = await alone({ 'a/1': 1, b: 1 })
    const client = await open(peer)
    const seen: Watched[] = []
    for await (const event of client.watch('a/')) {
      seen.push(event)
      if (seen.length === 2) break
      await peer.set('a/1', new Uint8Array([1]))
    }
    expect(seen.map(({ isFirst, changes }) => [isFirst, changes[0]?.value])).toEqual([
      [true, 1],
      [false, new Uint8Array([1])],
    ])
    await peer.remove('a/1')
    const stop = new AbortController()
    for await (const event of client.watch('a/', { from: seen[1]!.index, signal: stop.signal })) {
      expect(event).toMatchObject({
        isFirst: false,
        changes: [{ key: 'a/1', previous: new Uint8Array([1]) }],
      })
      stop.abort()
    }
  })

  it('ends its watches when it is closed', async () => {
    const client = await open(await alone({ a: 1 }))
    const watching = client.watch()[Symbol.asyncIterator]()
    await watching.next()
    const next = watching.next()
    await client[Symbol.asyncDispose]()
    expect(await next).toEqual({ done: true, value: undefined })
  })

  it('follows a release until enough have it, or rejects with who has not', async () => {
    const mesh = closedAtEnd(await testMesh(['alice', 'bob']))
    const [alice] = mesh.peers as [Peer]
    const client = await open(alice)
    const { name } = await client.publish({ set: { a: 1 } })
    const states = []
    for await (const reach of client.reach(name, { timeout: '20s' })) states.push(reach.reached)
    expect(states.at(-1)).toBe(2)
    mesh.cut(['alice'], ['bob'])
    const { name: lost } = await client.publish({ set: { a: 2 } })
    const hopeless = async (): Promise<void> => {
      for await (const { members } of client.reach(lost, { timeout: 30 })) expect(members).toBe(2)
    }
    await expect(hopeless()).rejects.toMatchObject({ code: 'NOT_REACHED', data: { reached: 1 } })
  })

  it('resolves a conflict', async () => {
    const mesh = closedAtEnd(await testMesh(['alice', 'bob']))
    const [alice, bob] = mesh.peers as [Peer, Peer]
    mesh.cut(['alice'], ['bob'])
    await Promise.all([
      alice.publish({ set: { a: 1, b: 1 } }),
      bob.publish({ set: { a: 2, b: 2 } }),
    ])
    mesh.heal()
    await mesh.settle()
    const client = await open(alice)
    const [first] = await client.conflicts('a')
    const { value, release } = first!.others[0]!
    const seen = { message: 'theirs', ifMatch: first!.version }
    await expect(
      client.resolve('a', { release: release.name }, { ...seen, ifMatch: 'another' }),
    ).rejects.toMatchObject({ code: 'IF_MATCH_FAILED' })
    await client.resolve('a', { release: release.name }, seen)
    expect(alice.entry('a')).toMatchObject({ value, others: [], release: { message: 'theirs' } })
    await client.resolve('b', { value: { own: new Uint8Array([7]) } })
    expect(await client.conflicts()).toEqual([])
    expect(alice.get('b')).toEqual({ own: new Uint8Array([7]) })
  })

  it('acts for a person whose key stays here', async () => {
    const mesh = closedAtEnd(await testMesh(['alice', 'bob'], { closed: true, onNotice() {} }))
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const ann = await mesh.person('ann', { 'shop/**': 'write' })
    const client = await open(bob)
    await expect(client.publish({ set: { 'shop/a': 1 } })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
    await client.publish({ set: { 'shop/a': 1 } }, { as: ann })
    const { name, authorName } = await client.publish(
      { set: { 'shop/a': 2, 'shop/b': 1 } },
      { as: ann },
    )
    expect(authorName).toBe('ann')
    const undone = await client.rollback(name, { as: ann })
    expect(undone).toMatchObject({
      published: { authorName: 'ann', message: `undoes ${name}` },
      returned: ['shop/a', 'shop/b'],
    })
    expect(await client.rollback(name, { as: ann })).toMatchObject({
      published: undefined,
      returned: [],
    })
    await expect(client.publish({ set: { pay: 1 } }, { as: ann })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
    await client.setSecret('shop/s', 'hush', { to: 'members', as: ann, message: 'm' })
    expect(await client.secret('shop/s')).toBe('hush')
    expect(await client.secrets('shop/')).toMatchObject([
      { key: 'shop/s', release: { authorName: 'ann', message: 'm' } },
    ])
    expect(await client.setSecret('shop/s', 'hush', { to: 'members', as: ann })).toMatchObject({
      isNew: false,
    })
    await mesh.settle()
    mesh.cut(['alice'], ['bob'])
    await Promise.all([
      alice.set('shop/a', 7),
      client.publish({ set: { 'shop/a': 8 } }, { as: ann }),
    ])
    mesh.heal()
    await mesh.settle()
    const seven = (await client.entry('shop/a'))!
    const other = [seven, ...seven.others].find(({ value }) => value === 7)!.release
    await client.resolve(
      'shop/a',
      { release: `${other.replica.slice(0, 8)}·${other.seq}` },
      { as: ann },
    )
    expect(await client.entry('shop/a')).toMatchObject({
      value: 7,
      others: [],
      release: { authorName: 'ann' },
    })
  })

  it('keeps secrets, invites, grants and revokes', async () => {
    const mesh = closedAtEnd(await testMesh(['alice', 'bob'], { closed: true, onNotice() {} }))
    const [alice, bob] = mesh.peers as [Peer, Peer]
    const client = await open(alice)
    await client.setSecret('text', 'hush', { to: ['alice', 'bob'] })
    await client.setSecret('bytes', new Uint8Array([1, 2]), { to: 'members' })
    expect([await client.secret('text'), await client.secret('bytes')]).toEqual([
      'hush',
      new Uint8Array([1, 2]),
    ])
    expect(await client.exposedTo(bob.id)).toMatchObject([{ key: 'bytes' }, { key: 'text' }])
    expect(await client.invite({ name: 'carol', can: { '**': 'write' } })).toMatchObject({
      name: 'carol',
    })
    expect((await client.grant('bob', { can: { 'x/**': 'write' } })).badge).toMatch(/^gvb1/)
    expect((await client.rotateNetworkKey()).number).toBeGreaterThan(0)
    expect(await client.revoke(bob.id)).toMatchObject({ name: 'bob', exposed: { length: 2 } })
    expect((await client.notices()).every(({ at }) => at > 0)).toBe(true)
  })
})

describe('connect', () => {
  it('answers nothing where no peer listens', async () => {
    const path = await folder()
    expect(await connect({ socket: join(path, 'none.sock') })).toBe(undefined)
    expect(await connect({ socket: join(path, 'none', 'api.sock') })).toBe(undefined)
  })

  it('says so where something else answers, or nobody any more', async () => {
    const socket = join(await folder(), 'api.sock')
    const peer = await alone({ a: 1 })
    const served = await serveApi(peer, { socket })
    const client = (await connect({ socket }))!
    await served.close()
    await expect(client.status()).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' })
    const other = createServer((line) => line.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'))
    await new Promise<void>((resolve) => other.listen(socket, resolve))
    onTestFinished(() => void other.close())
    await expect(client.status()).rejects.toMatchObject({ code: 'API_FAILED' })
  })

  it('goes on watching when the peer is there again', async () => {
    const socket = join(await folder(), 'api.sock')
    const peer = await alone({ a: 1 })
    const served = await serveApi(peer, { socket })
    const client = (await connect({ socket }))!
    const watching = client.watch()[Symbol.asyncIterator]()
    await watching.next()
    const next = watching.next()
    await served.close()
    await peer.set('a', 2)
    closedAtEnd(await serveApi(peer, { socket }))
    expect((await next).value).toMatchObject({ isFirst: true, changes: [{ key: 'a', value: 2 }] })
    await watching.return?.()
  })

  it('misses nothing on a line that breaks again and again', async () => {
    const path = await folder()
    const peer = await alone({ count: 0 })
    closedAtEnd(await serveApi(peer, { socket: join(path, 'api.sock') }))
    const line = await breaking(join(path, 'api.sock'), join(path, 'line.sock'))
    const client = (await connect({ socket: join(path, 'line.sock') }))!
    let known: Value | undefined
    let breaks = 0
    for await (const { isFirst, changes } of client.watch()) {
      const [{ value, previous } = {}] = changes
      expect([isFirst, previous]).toEqual([known === undefined, known])
      known = value
      if (known === 30) break
      if (line.cut()) breaks += 1
      for (let more = 0; more < 3; more++)
        await peer.set('count', (peer.get('count') as number) + 1)
    }
    expect(breaks).toBeGreaterThan(5)
  })
})

/** A line to a socket, all of whose connections can be cut. */
async function breaking(to: string, at: string): Promise<{ cut(): boolean }> {
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = createConnection(to)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(at, resolve))
  const cut = (): boolean => {
    for (const socket of open) socket.destroy()
    return open.size > 0
  }
  onTestFinished(() => {
    cut()
    server.close()
  })
  return { cut }
}
