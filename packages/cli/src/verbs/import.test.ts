import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const consul = JSON.stringify([
  { key: 'shop/', flags: 0, value: '' },
  { key: 'shop/banner', flags: 0, value: base64('Sale!') },
  { key: '/shop/limits', flags: 0, value: base64('{"daily": 500}') },
  { key: 'shop/logo', flags: 42, value: Buffer.from([255, 0]).toString('base64') },
  { key: 'shop/nothing', flags: 0, value: '' },
])

describe('import', () => {
  it('takes what consul kv export writes', async () => {
    await using stage = await openStage()
    await writeFile(join(stage.folder, 'kv.json'), consul)
    const { code, out, err } = await stage.run('import kv.json --from consul --prefix old')
    expect(code).toBe(0)
    expect(err).toContain('left out: shop/ (a folder without a value)')
    expect(err).toContain('4 keys change, 0 stay')
    expect(out).toMatch(/^release /)
    expect(stage.peer.entries().map(({ key, value }) => [key, value])).toEqual([
      ['old/shop/banner', 'Sale!'],
      ['old/shop/limits', '{"daily": 500}'],
      ['old/shop/logo', new Uint8Array([255, 0])],
      ['old/shop/nothing', ''],
    ])
    expect(stage.peer.entry('old/shop/banner')?.release.message).toBe('imported from consul')
  })

  it('makes values of what is JSON, and leaves alone what is there, where that is asked for', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/banner': 'ours' } })
    await writeFile(join(stage.folder, 'kv.json'), consul)
    const { code } = await stage.run('import kv.json --from consul --only-new --parse')
    expect(code).toBe(0)
    expect(stage.peer.get('shop/banner')).toBe('ours')
    expect(stage.peer.get('shop/limits')).toEqual({ daily: 500 })
    const again = await stage.run('import kv.json --from consul --only-new')
    expect([again.code, again.out]).toEqual([0, ''])
    expect(again.err).toContain('nothing to write')
  })

  it('takes what etcdctl and kubectl write', async () => {
    await using stage = await openStage()
    const kvs = [{ key: base64('/shop/a'), value: base64('1'), version: 3 }]
    await writeFile(join(stage.folder, 'etcd.json'), JSON.stringify({ header: {}, kvs }))
    await writeFile(
      join(stage.folder, 'map.yaml'),
      'kind: ConfigMap\ndata: {nginx.conf: "a\\nb"}\nbinaryData: {logo: AAEC}\n',
    )
    await stage.run('import etcd.json --from etcd')
    await stage.run('import map.yaml --from configmap --prefix k8s')
    expect(stage.peer.get('shop/a')).toBe('1')
    expect(stage.peer.get('k8s/nginx.conf')).toBe('a\nb')
    expect(stage.peer.get('k8s/logo')).toEqual(new Uint8Array([0, 1, 2]))
  })

  it('writes several releases where one is too small', async () => {
    await using stage = await openStage()
    const many = Array.from({ length: 5_000 }, (_, at) => ({
      key: `k/${at}`,
      value: base64(String(at)),
    }))
    await writeFile(join(stage.folder, 'kv.json'), JSON.stringify(many))
    const { code, err } = await stage.run('import kv.json --from consul')
    expect(code).toBe(0)
    expect(err).toContain('in 2 releases')
    expect(stage.peer.status().keys).toBe(5_000)
  })

  it('goes on where it was cut off: a request id stands for the same keys as before', async () => {
    await using stage = await openStage()
    const all = Array.from({ length: 5_000 }, (_, at) => ({
      key: `k/${at}`,
      value: base64(String(at)),
    }))
    await writeFile(join(stage.folder, 'kv.json'), JSON.stringify(all))
    // The first of two releases came through.
    await stage.peer.publish({
      set: Object.fromEntries(all.slice(0, 4_096).map(({ key }, at) => [key, String(at)])),
      requestId: 'r',
    })
    const { code } = await stage.run('import kv.json --from consul --only-new --request-id r')
    expect(code).toBe(0)
    expect(stage.peer.status().keys).toBe(5_000)
  })

  it.each([
    ['[{"key": "a", "value": "MQ=="},', /bad\.json: .*\(line 1, column 32\)/],
    ['{}', /it is no list, as consul kv export writes it/],
    ['[{"key": "a"}]', /its 1\. item has no key and no value in base64/],
    ['[{"key": "a", "value": "?"}]', /its 1\. key, a, has a value that is no base64/],
    ['[{"key": "a/../b", "value": "MQ=="}]', /key "a\/\.\.\/b" cannot be used/],
    ['[{"key": "a", "value": ""}, {"key": "/a", "value": ""}]', /has a twice/],
  ])('refuses %s, and writes nothing', async (source, message) => {
    await using stage = await openStage()
    await writeFile(join(stage.folder, 'bad.json'), source)
    const { code, err } = await stage.run('import bad.json --from consul')
    expect(err).toMatch(message)
    expect(code).toBe(2)
    expect(stage.peer.entries()).toEqual([])
  })

  it('wants to know where it comes from', async () => {
    await using stage = await openStage()
    expect((await stage.run('import kv.json')).err).toContain('add --from consul, or --from etcd')
    expect((await stage.run('import kv.json --from dbm')).code).toBe(2)
  })

  it('writes over no secret', async () => {
    await using stage = await openStage()
    await stage.peer.setSecret('shop/banner', 'hush', { to: 'members' })
    await writeFile(join(stage.folder, 'kv.json'), consul)
    const { code, err } = await stage.run('import kv.json --from consul')
    expect(code).toBe(2)
    expect(err).toContain('shop/banner is a secret here')
  })
})
