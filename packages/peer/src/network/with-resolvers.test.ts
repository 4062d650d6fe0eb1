import { expect, it } from 'vitest'
import { ensureWithResolvers, withResolvers } from './with-resolvers.js'

it('Promise.withResolvers is there once it was asked for, and does what the language says', async () => {
  ensureWithResolvers()
  ensureWithResolvers()
  expect('withResolvers' in Promise).toBe(true)
  expect(Object.keys(Promise)).not.toContain('withResolvers')
  const kept = withResolvers<number>()
  kept.resolve(7)
  await expect(kept.promise).resolves.toBe(7)
  const broken = withResolvers()
  broken.reject(new Error('no'))
  await expect(broken.promise).rejects.toThrow('no')
})
