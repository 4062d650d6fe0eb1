import { signal } from '@preact/signals'
import { createApi } from '@grapevine/api'
import { createClient } from '@grapevine/api/page'
import type { PeerClient, ReleaseRow } from '@grapevine/api/page'
import { testPeer } from '@grapevine/peer/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Desk } from '../desk.js'
import { openPast } from './past.js'

/** A peer with so many releases, `1` the oldest, and what the page would hear of them. */
async function stage(count: number) {
  const peer = await testPeer()
  onTestFinished(async () => peer.close())
  const write = async (at: number) => peer.publish({ set: { a: at }, message: `${at}` })
  for (let at = 1; at <= count; at += 1) await write(at)
  const client = createClient({ fetch: createApi(peer).fetch })
  const releases = signal<readonly ReleaseRow[]>([])
  const connection = signal<Desk['connection']['value']>('open')
  const past = openPast(client, { releases, connection })
  onTestFinished(() => past.close())
  return { write, client, releases, connection, past }
}

const newest = async (client: PeerClient, limit: number) => client.releases({ limit })
const messages = (rows: readonly ReleaseRow[] | undefined) =>
  rows?.map(({ release }) => release.message)
const down = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, at) => `${from - at}`)
const until = { timeout: 20_000 }

it('shows the newest page, and older ones when they are asked for, until there are none', async () => {
  const { past } = await stage(120)
  expect(past.rows.value).toBe(undefined)
  await vi.waitFor(() => expect(messages(past.rows.value)).toEqual(down(120, 71)), until)
  await past.older()
  expect(messages(past.rows.value)).toEqual(down(120, 21))
  expect(past.hasOlder.value).toBe(true)
  await past.older()
  expect(messages(past.rows.value)).toEqual(down(120, 1))
  expect(past.hasOlder.value).toBe(false)
})

it('puts what is told on top, once it knows where it begins', async () => {
  const { past, write, client, releases } = await stage(2)
  await vi.waitFor(() => expect(messages(past.rows.value)).toEqual(['2', '1']), until)
  await write(3)
  releases.value = await newest(client, 1)
  expect(messages(past.rows.value)).toEqual(['3', '2', '1'])
})

it('begins anew after it was cut off, so that nothing in between is missing', async () => {
  const { past, write, client, releases, connection } = await stage(1)
  await vi.waitFor(() => expect(messages(past.rows.value)).toEqual(['1']), until)
  connection.value = 'lost'
  for (let at = 2; at <= 60; at += 1) await write(at)
  // What the stream begins with does not reach back to what was known.
  releases.value = [...(await newest(client, 10)), ...releases.value]
  expect(messages(past.rows.value)).toEqual(['1'])
  connection.value = 'open'
  await vi.waitFor(() => expect(messages(past.rows.value)).toEqual(down(60, 11)), until)
  expect(past.hasOlder.value).toBe(true)
})

it('says why a page did not come', async () => {
  const refused = async (): Promise<never> => Promise.reject(new Error('the disk is gone'))
  const { client } = await stage(0)
  const past = openPast(
    { ...client, releases: refused },
    { releases: signal([]), connection: signal('open') },
  )
  onTestFinished(() => past.close())
  await vi.waitFor(() => expect(past.trouble.value).toBe('the disk is gone'), until)
  expect(past.rows.value).toBe(undefined)
})
