import { createApi } from '@grapevine/api'
import { createClient } from '@grapevine/api/page'
import { testMesh } from '@grapevine/peer/testing'
import { expect, it, vi } from 'vitest'
import { lackedBy } from './lacking.js'

it('a peer lacks what others hold and it has not taken, until it has', async () => {
  await using mesh = await testMesh(['alice', 'bob', 'carol'])
  const [alice, , carol] = mesh.peers
  const client = createClient({ fetch: createApi(alice!).fetch })
  const lacked = async () => lackedBy(carol!.id, client, new AbortController().signal)
  await alice!.set('shop/banner', 'open')
  await mesh.settle()
  await vi.waitFor(async () => expect(await lacked()).toEqual([]), { timeout: 20_000 })

  mesh.cut(['alice', 'bob'], ['carol'])
  const { name } = await alice!.set('shop/banner', 'closed')
  expect(await lacked()).toMatchObject([{ release: { name }, reason: undefined }])
  expect(['pending', 'silent']).toContain((await lacked())[0]!.why)

  mesh.heal()
  await mesh.settle()
  await vi.waitFor(async () => expect(await lacked()).toEqual([]), { timeout: 20_000 })
})
