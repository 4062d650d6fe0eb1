import type { Watched } from '@grapevine/api/client'
import type { Change } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { follow } from './follow.js'
import { valueInWords } from '../shown/shown-value.js'

const change = (key: string, value?: string): Change => ({
  key: key as Change['key'],
  value,
  previous: undefined,
  version: value === undefined ? null : `version of ${value}`,
  release: undefined,
})

async function followed(told: readonly Watched[]): Promise<readonly string[]> {
  const client = {
    async *watch(): AsyncGenerator<Watched, undefined> {
      yield* told
      return undefined
    },
  }
  const lines: string[] = []
  for await (const { isFirst, changes } of follow(client, '', new AbortController().signal)) {
    const texts = changes.map(
      ({ key, value, previous }) => `${key} ${valueInWords(previous)} ${valueInWords(value)}`,
    )
    lines.push(`${isFirst ? 'first ' : ''}${texts.join(', ')}`)
  }
  return lines
}

describe('following keys', () => {
  it('tells only what was missed where the peer shows everything again', async () => {
    const before = [change('a', '1'), change('b', '2'), change('c', '3')]
    const after = [change('a', '1'), change('b', '20'), change('d', '4')]
    expect(
      await followed([
        { index: 'x-1', isFirst: true, changes: before },
        { index: 'y-1', isFirst: true, changes: after },
        { index: 'y-2', isFirst: true, changes: after },
        { index: 'y-3', isFirst: false, changes: [change('a')] },
        { index: 'z-1', isFirst: true, changes: after },
      ]),
    ).toEqual([
      'first a no value "1", b no value "2", c no value "3"',
      'b "2" "20", d no value "4", c "3" no value',
      'a no value no value',
      'a no value "1"',
    ])
  })
})
