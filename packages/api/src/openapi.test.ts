import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Peer } from '@grapevine/peer'
import { testMesh } from '@grapevine/peer/testing'
import * as v from 'valibot'
import { describe, expect, it, onTestFinished } from 'vitest'
import { apiOf, apiOn, closedAtEnd, sending } from '../test/api-of.js'
import { readEvents } from './client/read-events.js'
import type { Route } from './route.js'
import { problem } from './schemas/shared.js'

type Operations = Readonly<
  Record<string, { readonly operationId: string; readonly responses: object }>
>
interface Document {
  readonly paths: Readonly<Record<string, Operations>>
}

describe('openapi.json', () => {
  it('is what the API answers: `vitest -u` writes it anew', async () => {
    const { ask } = await apiOf()
    const { json } = await ask('/openapi.json')
    await expect(`${JSON.stringify(json, undefined, 2)}\n`).toMatchFileSnapshot('../openapi.json')
  })

  it('has every route, and no other', async () => {
    const { api } = await apiOf()
    const document = JSON.parse(
      readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'),
    ) as Document
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`,
      ),
    )
    const there = api.routes.map(({ method, path, name }) => `${method} ${path} ${name}`)
    expect(described.toSorted()).toEqual(there.toSorted())
    expect(new Set(api.routes.map(({ name }) => name)).size).toBe(api.routes.length)
    for (const { method, path } of api.routes) {
      const at = path.replace(/\{\w+\}/, 'x')
      const response = await api.fetch(
        new Request(`http://peer${at}`, { method: method === 'GET' ? 'HEAD' : method }),
      )
      expect(
        [404, 405].includes(response.status) && (await response.text()).includes('REQUEST_INVALID'),
        at,
      ).toBe(false)
    }
  })

  it('refers to nothing that is not there', async () => {
    const { ask } = await apiOf()
    const { text, json } = await ask('/openapi.json')
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/([^"]+)"/g)) {
      const found = name
        .split('/')
        .reduce<unknown>(
          (at, member) => (at as Readonly<Record<string, unknown>>)[member],
          (json as { readonly components: unknown }).components,
        )
      expect(found, name).toBeDefined()
    }
    expect(text).not.toContain('$defs')
  })
})

/** What real requests are answered, by the names of their routes. */
async function answersOf(peer: Peer, file: string): Promise<ReadonlyMap<string, Response>> {
  const { api } = apiOn(peer)
  const { replica, seq } = await peer.publish({
    set: { 'x/a': [1, new Uint8Array([1])], 'x/b': 1 },
  })
  const at = `/v1/releases/${replica}.${seq}`
  const to = { secret: 'hush', to: 'members' }
  const asked: Readonly<Record<string, readonly [string, RequestInit?]>> = {
    putValue: ['/v1/keys/x/c', sending('PUT', 1)],
    setSecret: ['/v1/secrets/x/s', sending('PUT', to)],
    sealSecret: ['/v1/secrets/x/t', sending('POST', to)],
    publish: ['/v1/releases', sending('POST', { set: { 'x/d': 1 }, message: 'm', requestId: 'r' })],
    listReleases: ['/v1/releases?limit=1'],
    check: ['/v1/check', sending('POST', { set: { 'x/d': 2 } })],
    diff: ['/v1/diff', sending('POST', { set: { 'x/d': 2 }, remove: ['x/a'] })],
    listEntries: ['/v1/keys'],
    getEntry: ['/v1/keys/x/a'],
    watch: ['/v1/watch'],
    live: ['/v1/live'],
    getRelease: [at],
    getReceipts: [`${at}/receipts`],
    followReach: [`${at}/reach?timeout=20s`],
    planRollback: [`${at}/undo`],
    rollback: [`${at}/rollback`, sending('POST', {})],
    removeValue: ['/v1/keys/x/c', { method: 'DELETE' }],
    getHistory: ['/v1/history/x/a'],
    why: ['/v1/why/x/a'],
    listConflicts: ['/v1/conflicts'],
    resolve: ['/v1/conflicts/in-conflict', sending('POST', { value: 3 })],
    listSecrets: ['/v1/secrets'],
    readSecret: ['/v1/secrets/x/s'],
    listExposed: [`/v1/exposed/${peer.id}`],
    invite: ['/v1/invites', sending('POST', { name: 'i', can: { 'x/**': 'write' } })],
    grant: ['/v1/grants', sending('POST', { who: 'bob', can: { 'x/**': 'write' }, for: '30d' })],
    rotateNetworkKey: ['/v1/network-keys', { method: 'POST' }],
    revoke: ['/v1/revocations', sending('POST', { who: 'bob' })],
    listPeers: ['/v1/peers'],
    getStatus: ['/v1/status'],
    listNotices: ['/v1/notices'],
    ready: ['/v1/ready', { method: 'POST' }],
    sync: ['/v1/sync', sending('POST', { timeout: '20s' })],
    backup: ['/v1/backup', sending('POST', { file })],
    isAlive: ['/livez'],
    isReady: ['/readyz'],
    metrics: ['/metrics'],
    describe: ['/openapi.json'],
  }
  const answers = new Map<string, Response>()
  for (const [name, [path, init]] of Object.entries(asked)) {
    answers.set(name, await api.fetch(new Request(`http://peer${path}`, init)))
  }
  return answers
}

/** An answer says nothing that its schema does not, and all that it does. */
async function checkAnswer(route: Route, response: Response | undefined): Promise<void> {
  const status = response?.status ?? 0
  const declared = route.answers[status]
  expect(declared, `${route.name} answered ${status}`).toBeDefined()
  const type = declared?.type ?? (declared?.schema && 'application/json')
  expect(response?.headers.get('content-type')?.split(';')[0] ?? undefined, route.name).toBe(type)
  for (const header of Object.keys(declared?.headers ?? {})) {
    expect(response?.headers.has(header), `${route.name} ${header}`).toBe(true)
  }
  if (declared?.schema === undefined) return response?.body?.cancel()
  for (const json of await contentOf(response!, route.name === 'live' ? 'notices' : 'state')) {
    expect(v.parse(declared.schema, json), route.name).toEqual(json)
  }
}

/** A stream is read up to an event; what comes first of all is the same each time. */
async function contentOf(response: Response, last: string): Promise<readonly unknown[]> {
  if (response.headers.get('content-type') !== 'text/event-stream') return [await response.json()]
  const events: unknown[] = []
  for await (const { event, data } of readEvents(response.body as ReadableStream<Uint8Array>)) {
    events.push(JSON.parse(data))
    if ([last, 'reached'].includes(event)) break
  }
  return events
}

describe('the answers', () => {
  it('are those that the routes declare', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'grapevine-api-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const options = { closed: true, can: { bob: { '**': 'write' } }, onNotice() {} } as const
    const mesh = closedAtEnd(await testMesh(['alice', 'bob', 'carol'], options))
    const [alice, bob] = mesh.peers as [Peer, Peer]
    mesh.cut(['alice'], ['bob'])
    await Promise.all([alice.set('in-conflict', 1), bob.set('in-conflict', 2)])
    mesh.heal()
    await mesh.settle()
    expect(alice.conflicts()).toHaveLength(1)
    const answers = await answersOf(alice, join(folder, 'backup'))
    const { routes } = apiOn(alice).api
    expect([...answers.keys()].toSorted()).toEqual(routes.map(({ name }) => name).toSorted())
    for (const route of routes) await checkAnswer(route, answers.get(route.name))
  })

  it('to what is refused are problems', async () => {
    const { ask } = await apiOf()
    for (const path of ['/v1/keys/a', '/v1/keys//', '/nothing', '/v1/status?x']) {
      const { json } = await ask(path)
      expect(v.parse(problem, json)).toEqual(json)
    }
  })
})
