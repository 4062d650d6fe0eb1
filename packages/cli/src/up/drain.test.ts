import { describe, expect, it } from 'vitest'
import { drain } from './drain.js'

describe('to end', () => {
  it('closes one after the other', async () => {
    const closed: string[] = []
    const close = (name: string) => async (): Promise<void> => {
      await new Promise(setImmediate)
      closed.push(name)
    }
    expect(await drain([close('the api'), close('the peer')])).toBe(true)
    expect(closed).toEqual(['the api', 'the peer'])
  })

  it('waits so long and no longer for what does not end', async () => {
    expect(await drain([() => new Promise(() => {})], 10)).toBe(false)
  })

  it('says what failed', async () => {
    const broken = async (): Promise<void> => {
      throw new Error('the disk')
    }
    await expect(drain([broken])).rejects.toThrow('the disk')
  })
})
