import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MeshError } from '@grapevine/core'
import type { Peer } from '@grapevine/peer'
import { testMesh } from '@grapevine/peer/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { apiOf, apiOn, closedAtEnd, sending } from '../../test/api-of.js'

const post = (body: unknown): RequestInit => sending('POST', body)

describe('the mesh', () => {
  it('is governed by what the body says, and by nothing that is not known', async () => {
    const mesh = closedAtEnd(await testMesh(['alice', 'bob'], { closed: true, onNotice() {} }))
    const { ask } = apiOn(mesh.peers[0]!)
    const wrong: readonly (readonly [string, unknown, number, string])[] = [
      ['invites', { nmae: 'x' }, 400, 'OPTION_INVALID'],
      ['invites', { can: { '**': 'everything' } }, 400, 'OPTION_INVALID'],
      ['invites', { can: { 'a*': 'write' } }, 400, 'OPTION_INVALID'],
      ['invites', { expires: 'never' }, 400, 'OPTION_INVALID'],
      ['grants', {}, 400, 'OPTION_INVALID'],
      ['grants', { who: 'nobody', can: {} }, 404, 'NOT_A_MEMBER'],
      ['revocations', { who: 7 }, 400, 'OPTION_INVALID'],
      ['revocations', { who: 'nobody' }, 404, 'NOT_A_MEMBER'],
      ['network-keys', { keepOld: '1 fortnight' }, 400, 'OPTION_INVALID'],
    ]
    for (const [path, body, status, code] of wrong) {
      const answer = await ask(`/v1/${path}`, post(body))
      expect([answer.status, answer.json], JSON.stringify(body)).toMatchObject([status, { code }])
    }
    expect((await ask('/v1/invites', { method: 'POST' })).status).toBe(201)
  })

  it('that is open has nobody to let in', async () => {
    const { ask } = await apiOf()
    const { status, json } = await ask('/v1/invites', post({}))
    expect([status, json]).toMatchObject([403, { code: 'NOT_ALLOWED' }])
  })
})

describe('waiting', () => {
  it('for others ends when its time is over, or is refused where that is nonsense', async () => {
    const mesh = closedAtEnd(await testMesh(['alice', 'bob']))
    mesh.cut(['alice'], ['bob'])
    const { ask } = apiOn(mesh.peers[0]!)
    expect(await ask('/v1/sync', post({ timeout: 20 }))).toMatchObject({
      status: 503,
      json: { code: 'NOT_READY' },
    })
    for (const timeout of ['', 'soon', -1, 1e12, '30 s']) {
      const { status, json } = await ask('/v1/ready', post({ timeout }))
      expect([status, json], `${timeout}`).toMatchObject([400, { code: 'OPTION_INVALID' }])
    }
  })

  it('ends when the API closes', async () => {
    const mesh = closedAtEnd(await testMesh(['alice', 'bob']))
    mesh.cut(['alice'], ['bob'])
    const closing = new AbortController()
    const { ask } = apiOn(mesh.peers[0]!, { closing: closing.signal })
    const waiting = ask('/v1/sync', post({ timeout: '1h' }))
    await new Promise(setImmediate)
    closing.abort()
    expect(await waiting).toMatchObject({ status: 503, json: { code: 'PEER_CLOSED' } })
  })
})

describe('a backup', () => {
  it('goes to an absolute path, and over nothing that is there', async () => {
    const { ask } = await apiOf({ a: 1 })
    const folder = await mkdtemp(join(tmpdir(), 'grapevine-api-'))
    onTestFinished(async () => rm(folder, { recursive: true }))
    const file = join(folder, 'backup')
    expect((await ask('/v1/backup', post({ file }))).status).toBe(204)
    for (const refused of ['backup', './backup', '', file]) {
      const { json } = await ask('/v1/backup', post({ file: refused }))
      expect(json).toMatchObject({ code: 'OPTION_INVALID', data: { option: 'file' } })
    }
  })
})

describe('a fault', () => {
  const failing = (peer: Peer, error: Error): Peer => ({
    ...peer,
    status() {
      throw error
    },
  })

  it('of ours is told where it belongs, and says nothing to whoever asked', async () => {
    const { peer } = await apiOf()
    const faults: unknown[] = []
    const error = new Error('the inner life')
    const { ask } = apiOn(failing(peer, error), { onFault: (fault) => faults.push(fault) })
    const { status, text, json } = await ask('/v1/status')
    expect([status, json]).toMatchObject([500, { code: 'API_FAILED' }])
    expect(text).not.toContain('inner')
    expect(faults).toEqual([error])
  })

  it('that passes says when to ask again', async () => {
    const { peer } = await apiOf()
    const busy = new MeshError('BUDGET_EXCEEDED', 'too much', { retryMs: 1_500 })
    const { status, headers } = await apiOn(failing(peer, busy)).ask('/v1/status')
    expect([status, headers.get('retry-after')]).toEqual([429, '2'])
  })

  it('of a peer that is closed is that it is closed', async () => {
    const { ask, peer } = await apiOf({ a: 1 })
    await peer.close()
    expect(await ask('/v1/keys/a', sending('PUT', 2))).toMatchObject({
      status: 503,
      json: { code: 'PEER_CLOSED' },
    })
    expect((await ask('/v1/keys/a')).status).toBe(200)
  })
})

describe('notices', () => {
  it('are remembered with their time', async () => {
    const { ask, peer } = await apiOf()
    peer.on('change', () => {
      throw new Error('mine')
    })
    await peer.set('a', 1)
    const { json } = await ask('/v1/notices')
    expect(json).toMatchObject({
      notices: [{ notice: 'listener', at: expect.any(Number) as number }],
    })
  })
})
