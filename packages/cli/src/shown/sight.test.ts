import { describe, expect, it } from 'vitest'
import { sightInWords, silentIn } from './sight.js'
import { timeOf } from './times.js'

const now = Date.now()
const member = (name: string, heardAt: number | undefined, isSelf = false) => ({
  name,
  isSelf,
  heardAt,
  behind: 0,
})
const me = member('me', now, true)

describe('who is in sight', () => {
  it('is everybody who was heard lately', () => {
    expect(sightInWords([me, member('a', now - 29_000)], now)).toBe('2 of 2 peers in sight')
  })

  it('is one less where one is silent: no cut can be told from that', () => {
    expect(sightInWords([me, member('a', now), member('b', now - 60_000)], now)).toBe(
      '2 of 3 peers in sight',
    )
  })

  it('is one side of a cut where several fell silent at once', () => {
    const cut = now - 3_600_000
    const members = [me, member('a', now), member('b', cut), member('c', cut - 9_000)]
    expect(sightInWords(members, now)).toBe(
      `2 of 4 peers in sight, one side of a cut since ${timeOf(cut, now)}`,
    )
  })

  it('is no cut where they went one after the other, or were never heard', () => {
    const members = [me, member('b', now - 3_600_000), member('c', now - 7_200_000)]
    expect(sightInWords(members, now)).toBe('1 of 3 peers in sight')
    expect(sightInWords([me, member('b', undefined), member('c', undefined)], now)).toBe(
      '1 of 3 peers in sight',
    )
  })

  it('leaves those to be named who were silent longest', () => {
    const members = [me, member('b', now - 3_600_000), member('c', undefined)]
    expect(silentIn(members, now).map(({ name }) => name)).toEqual(['c', 'b'])
  })
})
