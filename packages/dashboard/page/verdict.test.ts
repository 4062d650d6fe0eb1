import type { Status } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import type { LabPeer, LabState } from './lab-wire.js'
import { verdictOf } from './verdict.js'

const status = (told: Partial<Status> = {}): Status =>
  ({ members: 8, inSight: 8, conflicts: 0, store: 'open', ...told }) as Status

const peers = (...told: Partial<LabPeer>[]): LabState =>
  ({
    groups: [],
    lines: [],
    peers: told.map((one, at) => ({
      number: at + 1,
      name: `peer-${at + 1}`,
      state: 'running',
      behind: 0,
      ...one,
    })),
  }) as unknown as LabState

const open = { connection: 'open', status: status(), lab: undefined, through: undefined } as const

describe('the verdict', () => {
  it('is good where all are in sight and nothing is in conflict', () => {
    expect(verdictOf(open)).toEqual({ tone: 'good', says: 'All 8 peers in sight' })
    const alone = status({ members: 1, inSight: 1 })
    expect(verdictOf({ ...open, status: alone }).says).toBe('This peer is alone in its mesh')
  })

  it('says first that nobody answers, or that it is locked', () => {
    expect(verdictOf({ ...open, connection: 'lost' })).toEqual({
      tone: 'bad',
      says: 'This peer does not answer',
    })
    expect(verdictOf({ ...open, connection: 'locked' }).says).toBe('Locked')
    expect(verdictOf({ ...open, status: undefined }).says).toBe('Opening …')
  })

  it('says that the disk fails before all that is only busy', () => {
    const failed = status({ store: 'failed', storeError: 'no space left', conflicts: 3 })
    expect(verdictOf({ ...open, status: failed })).toEqual({
      tone: 'bad',
      says: 'The disk of this peer fails: no space left',
    })
  })

  it('counts what is out of sight and in conflict', () => {
    const torn = status({ inSight: 5, conflicts: 1 })
    expect(verdictOf({ ...open, status: torn })).toEqual({
      tone: 'busy',
      says: '5 of 8 peers in sight · 1 key in conflict',
    })
  })

  it('judges the whole mesh in the lab, and by what the lab knows', () => {
    const lab = peers({}, { behind: 2 }, { state: 'paused' }, { state: 'starting' })
    const cut = {
      ...lab,
      groups: [
        [1, 2],
        [3, 4],
      ],
    }
    expect(verdictOf({ ...open, lab: peers({}, {}), through: 1 }).says).toBe('All 2 peers agree')
    expect(verdictOf({ ...open, lab: cut, through: 1 }).says).toBe(
      'Cut into 2 sides · 1 of 4 peers down · 1 peer starts · 1 peer behind',
    )
  })

  it('takes it for no fault that a peer which was stopped does not answer', () => {
    const lab = peers({ name: 'search', state: 'stopped' }, {})
    expect(verdictOf({ ...open, connection: 'lost', lab, through: 1 })).toEqual({
      tone: 'busy',
      says: 'search, which is looked through, is stopped',
    })
  })
})
