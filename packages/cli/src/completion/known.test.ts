import type { PeerClient } from '@grapevine/api/client'
import { describe, expect, it } from 'vitest'
import { knownBy, nextSteps } from './known.js'

describe('keys', () => {
  it('are completed up to the next slash, as files are', () => {
    const keys = ['pay/a/x', 'pay/a/y', 'pay/b']
    expect(nextSteps(keys, 'p').map(({ value }) => value)).toEqual(['pay/'])
    expect(nextSteps(keys, 'pay/').map(({ value }) => value)).toEqual(['pay/a/', 'pay/b'])
  })
})

describe('a peer that is asked', () => {
  it('and is slow is not waited for', async () => {
    const never = async (): Promise<PeerClient> => new Promise(() => {})
    expect(await knownBy(never, 10).keys('a')).toEqual([])
  })

  it('and fails, or does not run, knows nothing', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('no socket')
    }
    expect(await knownBy(broken).peers()).toEqual([])
    expect(await knownBy(async () => undefined).releases()).toEqual([])
  })
})
