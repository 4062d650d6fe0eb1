import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { apiOf } from '../test/api-of.js'
import { MeshError, createClient, eventsFrom } from './page.js'

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

describe('the client for pages', () => {
  it('needs nothing that only Node has', async () => {
    const { metafile, outputFiles } = await build({
      entryPoints: [source('./page.ts')],
      alias: { '@grapevine/core': source('../../core/src/index.ts') },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      metafile: true,
      write: false,
      logLevel: 'silent',
    })
    const imported = Object.values(metafile.inputs).flatMap(({ imports }) =>
      imports.map(({ path }) => path),
    )
    expect(
      imported.filter((path) => path.startsWith('node:') || builtinModules.includes(path)),
    ).toEqual([])
    const text = outputFiles.map((file) => file.text).join('\n')
    // A page has no Buffer and no process; nor does it need what the mesh is written in.
    expect(text).not.toMatch(/\bBuffer\b|\bprocess\.|cbor/i)
  })

  it('reads and writes as every client does, and signs nothing', async () => {
    const { api, peer } = await apiOf({ a: new Uint8Array([1, 2, 255]) })
    await using client = createClient({ fetch: api.fetch })
    expect((await client.entry('a'))?.value).toEqual(new Uint8Array([1, 2, 255]))
    await client.publish({ set: { b: new Uint8Array([0]) } })
    expect(peer.get('b')).toEqual(new Uint8Array([0]))
    const as = {} as never
    await expect(client.publish({ set: { c: 1 } }, { as })).rejects.toMatchObject({
      code: 'SIGNER_UNUSABLE',
    })
    await expect(client.check({ set: { '/': 1 } })).rejects.toBeInstanceOf(MeshError)
  })

  it('lists releases, page by page', async () => {
    const { api, peer } = await apiOf({ a: 1 })
    await using client = createClient({ fetch: api.fetch })
    const { name } = await peer.set('a', 2)
    const [newest, ...none] = await client.releases({ limit: 1 })
    expect([newest?.release.name, none]).toEqual([name, []])
    const older = await client.releases({ before: name })
    expect(older.map(({ release }) => release.seq)).toEqual([1])
  })

  it('hears streams of whoever serves it', async () => {
    const ids: (string | null)[] = []
    const fetch = async (request: Request): Promise<Response> => {
      ids.push(request.headers.get('last-event-id'))
      return new Response('event: lab\nid: 7\ndata: {"a":1}\n\nevent: alive\ndata: {}\n\n')
    }
    const heard: unknown[] = []
    for await (const event of eventsFrom(fetch, 'lab/live', { lastEventId: '6' })) heard.push(event)
    expect(heard).toEqual([
      { event: 'lab', id: '7', data: '{"a":1}' },
      { event: 'alive', id: undefined, data: '{}' },
    ])
    expect(ids).toEqual(['6'])
  })
})
