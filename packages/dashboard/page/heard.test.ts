import type { LiveEvent, ReleaseRow } from '@grapevine/api/page'
import type { Change, Member, PeerId } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { forget, hear, heardSoFar } from './heard.js'

const change = (key: string, value?: string): Change => ({ key, value }) as Change
const member = (peer: string, name: string): Member => ({ peer, name }) as unknown as Member
const row = (name: string, ms: number, reached = 1): ReleaseRow =>
  ({ release: { name, stamp: { ms, counter: 0 } }, reached }) as ReleaseRow

const all = (...events: readonly LiveEvent[]) => {
  const heard = heardSoFar()
  for (const event of events) hear(heard, event)
  return heard
}

describe('what a peer tells', () => {
  it('begins with all keys, and goes on with those that change', () => {
    const heard = all(
      { event: 'state', index: '1', changes: [change('a', 'x'), change('b', 'y')] },
      { event: 'change', index: '2', changes: [change('a'), change('c', 'z')] },
    )
    expect([...heard.keys.value.rows.keys()]).toEqual(['b', 'c'])
    expect(heard.keys.value.changed).toEqual(new Set(['a', 'c']))
    hear(heard, { event: 'state', index: '3', changes: [change('d', 'x')] })
    expect([...heard.keys.value.rows.keys()]).toEqual(['d'])
    expect(heard.keys.value.changed).toBeUndefined()
  })

  it('replaces members where it tells of all, and otherwise only those it names', () => {
    const [a, b] = ['a', 'b'] as PeerId[]
    const heard = all(
      {
        event: 'members',
        isAll: true,
        members: [member('a', 'ann'), member('b', 'bob')],
        gone: [],
      },
      { event: 'members', isAll: false, members: [member('a', 'anna')], gone: [b!] },
    )
    expect([...heard.members.value]).toEqual([[a, member('a', 'anna')]])
    hear(heard, { event: 'members', isAll: true, members: [member('b', 'bob')], gone: [] })
    expect([...heard.members.value.keys()]).toEqual(['b'])
  })

  it('has each release once, as it stands now, the newest first', () => {
    const heard = all(
      { event: 'releases', releases: [row('r2', 2), row('r1', 1)] },
      { event: 'releases', releases: [row('r3', 3), row('r1', 1, 8)] },
    )
    expect(heard.releases.value.map(({ release, reached }) => [release.name, reached])).toEqual([
      ['r3', 1],
      ['r2', 1],
      ['r1', 8],
    ])
  })

  it('shows a notice once, however often a line that was opened again brings it', () => {
    const notice = (at: number) => ({ notice: 'store', text: 'slow', at }) as const
    const heard = all(
      { event: 'notices', notices: [notice(1), notice(2)] },
      { event: 'notices', notices: [notice(1), notice(2), notice(3)] },
    )
    expect(heard.notices.value.map(({ at }) => at)).toEqual([3, 2, 1])
  })

  it('does not count for another peer', () => {
    const heard = all({ event: 'state', index: '1', changes: [change('a', 'x')] })
    forget(heard)
    expect(heard.keys.value).toEqual({ rows: new Map(), changed: undefined, isThere: false })
  })
})
