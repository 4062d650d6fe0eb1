import { expect, it } from 'vitest'
import { addressesOf } from './names.js'

it('names are looked up in turn, and none is left waiting', async () => {
  const asked = ['localhost', 'does-not-exist.invalid', '127.0.0.1', 'localhost', 'localhost']
  const answers = await Promise.allSettled(asked.map((host) => addressesOf(host)))
  expect(answers.map(({ status }) => status)).toEqual(
    asked.map((host) => (host.endsWith('invalid') ? 'rejected' : 'fulfilled')),
  )
  await expect(addressesOf('localhost', 4)).resolves.toEqual(['127.0.0.1'])
})
