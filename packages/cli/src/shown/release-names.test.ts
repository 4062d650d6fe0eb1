import type { Dot, Status } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { isCalled, namer } from './release-names.js'

const release = { replica: `7f3a9${'0'.repeat(27)}`, seq: 412 } as Dot

describe('the name of a release', () => {
  it('is as short as its peer can tell it from others', async () => {
    const status = async (replicaDigits: number): Promise<Status> => ({ replicaDigits }) as Status
    expect((await namer({ status: async () => status(4) }))(release)).toBe('7f3a·412')
    expect((await namer({ status: async () => status(5) }))(release)).toBe('7f3a9·412')
  })

  it('can be typed short or in full, with a full stop as well', () => {
    for (const typed of ['7f3a·412', '7f3a9.412', `${release.replica}·412`]) {
      expect(isCalled(release, typed)).toBe(true)
    }
    for (const typed of ['7f3a·41', '7f3b·412', '7f3·412', '412', 'alice', '']) {
      expect(isCalled(release, typed)).toBe(false)
    }
  })
})
