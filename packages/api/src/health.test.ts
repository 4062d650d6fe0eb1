import type { Peer, Status } from '@grapevine/peer'
import { testMesh } from '@grapevine/peer/testing'
import { describe, expect, it, vi } from 'vitest'
import { closeLater } from '../test/stage.js'
import { healthOf } from './health.js'

const open = new AbortController().signal
const saying = (status: Status) => healthOf({ status: () => status }, open)

describe('health', () => {
  it('is that of the disk: a peer that is cut off is ready, and says what it lacks', async () => {
    const mesh = await testMesh(['alice', 'bob', 'carol'], { onNotice() {} })
    closeLater(async () => mesh.close())
    const [alice] = mesh.peers as [Peer]
    await alice.sync()
    const isWell = { isReady: true, text: 'ready\n' }
    await vi.waitFor(() => expect(healthOf(alice, open)).toEqual(isWell), { timeout: 20_000 })
    mesh.cut(['alice'], ['bob', 'carol'])
    expect(healthOf(alice, open)).toEqual({
      isReady: true,
      text: 'ready\ndegraded: no other member is connected\n',
    })
    const status = alice.status()
    expect(saying({ ...status, inSight: 1 }).text).toContain('2 of 3 members are silent\n')
    expect(saying({ ...status, syncedAt: undefined }).text).toContain('what is read may be old')
    expect(saying({ ...status, badgeUntil: Date.now() + 3_600_000 }).text).toContain('ends in 1 h')
    expect(saying({ ...status, badgeUntil: Date.now() - 1 }).text).toContain('has ended')
  })

  it('ends with the API', async () => {
    const mesh = await testMesh(1)
    closeLater(async () => mesh.close())
    expect(healthOf(mesh.peers[0]!, AbortSignal.abort())).toEqual({
      isReady: false,
      text: 'not ready\nthis API is being closed\n',
    })
  })
})
