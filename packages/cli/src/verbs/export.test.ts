import { chmod, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { openStage } from '../../test/stage.js'

const values = {
  'payments/db/pool-max': 50,
  'payments/db/hosts': ['a', 'b'],
  'payments/limits': { daily: 500 },
  'payments/logo': new Uint8Array([0, 1, 2]),
  'payments/note': "it's fine",
  'shop/banner': 'Sale!\nToday',
}

describe('export', () => {
  it.each(['yaml', 'json', 'toml', 'env', 'properties'])(
    'as %s, published again, changes nothing at all',
    async (format) => {
      await using stage = await openStage(['alice'], { values })
      await stage.peer.setSecret('shop/password', 'hush', { to: 'members' })
      const { code, out } = await stage.run(`export --format ${format}`)
      expect(code).toBe(0)
      const again = await stage.run(`publish - --format ${format}`, { stdin: out })
      expect(again.err).toContain('no key changes, 7 stay')
      const below = await stage.run(`export payments/ --relative --format ${format}`)
      const put = await stage.run(`publish - --format ${format} --prefix payments`, {
        stdin: below.out,
      })
      expect(put.err).toContain('no key changes, 5 stay')
      expect(put.code).toBe(0)
    },
  )

  it('writes an environment that a shell can take', async () => {
    await using stage = await openStage(['alice'], { values })
    const { out } = await stage.run('export payments/ --relative --format env')
    expect(out).toBe(
      `DB_HOSTS='["a","b"]'\nDB_POOL_MAX=50\nLIMITS='{"daily":500}'\nLOGO=AAEC\nNOTE="it's fine"\n`,
    )
  })

  it('writes a ConfigMap that kubectl takes', async () => {
    await using stage = await openStage(['alice'], { values })
    const { out } = await stage.run('export payments/ --relative --format configmap')
    expect(parse(out)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'payments' },
      data: {
        'db.hosts': '["a","b"]',
        'db.pool-max': '50',
        limits: '{"daily":500}',
        note: "it's fine",
      },
      binaryData: { logo: 'AAEC' },
    })
  })

  it('replaces a file as a whole, keeps its mode, and follows no link', async () => {
    await using stage = await openStage(['alice'], { values })
    const file = join(stage.folder, 'all.json')
    await writeFile(file, 'old')
    await chmod(file, 0o640)
    const { code, out, err } = await stage.run('export shop/ -o all.json')
    expect([code, out, err]).toEqual([0, '', '1 key in all.json\n'])
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ shop: { banner: 'Sale!\nToday' } })
    expect((await stat(file)).mode & 0o777).toBe(0o640)
    await symlink(file, join(stage.folder, 'link.json'))
    const linked = await stage.run('export shop/ -o link.json')
    expect(linked.code).toBe(2)
    expect(linked.err).toContain('is a link, and is not replaced')
  })

  it('opens no secret, and lets only its owner read a file with one', async () => {
    await using stage = await openStage(['alice'], { values })
    await stage.peer.setSecret('shop/password', 'hush', { to: 'members' })
    await writeFile(join(stage.folder, 'all.yaml'), 'old', { mode: 0o644 })
    const { err } = await stage.run('export -o all.yaml')
    expect(err).toContain('7 keys in all.yaml, secrets among them, sealed')
    const source = await readFile(join(stage.folder, 'all.yaml'), 'utf8')
    expect(source).not.toContain('hush')
    expect((await stat(join(stage.folder, 'all.yaml'))).mode & 0o777).toBe(0o600)
  })

  it('refuses two keys with one name, a value that a format cannot hold, and what is not there', async () => {
    await using stage = await openStage(['alice'], {
      values: { 'a/b': 1, 'a.b': 2, 'q/q': `"it's"` },
    })
    const clash = await stage.run('export --format env')
    expect(clash.code).toBe(2)
    expect(clash.err).toContain('a.b and a/b would both be called A_B')
    const quotes = await stage.run('export q/ --format env')
    expect(quotes.err).toContain('q/q has a value that no line of .env can hold')
    expect((await stage.run('export nothing/')).code).toBe(3)
    expect((await stage.run('export --format xml')).code).toBe(2)
  })
})
