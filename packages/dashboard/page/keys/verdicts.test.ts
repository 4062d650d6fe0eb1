import { describe, expect, it } from 'vitest'
import { MeshError } from '@grapevine/core'
import type { Refused } from '@grapevine/peer'
import { askJudges } from './verdicts.js'
import type { Judge } from './verdicts.js'

const judge = (name: string, refused: readonly Pick<Refused, 'reason'>[] | Error): Judge => ({
  name,
  client: {
    check: async () => {
      if (refused instanceof Error) throw refused
      return refused.map(({ reason }) => ({ key: 'a' as Refused['key'], reason }))
    },
  },
})

describe('verdicts', () => {
  const gone = new MeshError('PEER_UNREACHABLE', 'it is gone')

  it('tell each reason once, with all who have it', async () => {
    const said = await askJudges(
      [
        judge('payments', [{ reason: 'too large' }]),
        judge('shop', []),
        judge('payments-2', [{ reason: 'too large' }, { reason: 'odd' }]),
        judge('mailer', gone),
      ],
      {},
    )
    expect(said).toEqual({
      asked: 3,
      against: 2,
      reasons: [
        { key: 'a', reason: 'too large', peers: ['payments', 'payments-2'] },
        { key: 'a', reason: 'odd', peers: ['payments-2'] },
      ],
      unheard: ['mailer'],
    })
  })

  it('do not wait for one that stands still', async () => {
    const still: Judge = { name: 'still', client: { check: async () => new Promise(() => {}) } }
    const said = await askJudges([judge('shop', []), still], {}, Promise.reject(gone))
    expect(said).toMatchObject({ against: 0, unheard: ['still'] })
  })

  it('fail where nobody can be asked', async () => {
    await expect(askJudges([judge('payments', gone)], {})).rejects.toBe(gone)
  })
})
