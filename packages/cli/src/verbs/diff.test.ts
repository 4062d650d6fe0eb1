import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const values = {
  'shop/banner': 'Sale!',
  'shop/text': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine',
  'shop/limits': {
    daily: 500,
    hosts: ['alpha.example.org', 'beta.example.org', 'gamma.example.org'],
  },
  'shop/old': 1,
}

const prod = `
shop:
  banner: Sale!
  text: "one\\ntwo\\nthree\\nfour\\nFIVE\\nsix\\nseven\\neight\\nnine"
  limits: { $value: { daily: 600, hosts: [alpha.example.org, beta.example.org, gamma.example.org] } }
  new: true
`

describe('diff', () => {
  it('shows each key that would change, line by line, and what surrounds it', async () => {
    await using stage = await openStage(['alice'], { values })
    await writeFile(join(stage.folder, 'prod.yaml'), prod)
    const { code, out, err } = await stage.run('diff prod.yaml --prune')
    expect(code).toBe(0)
    expect(err).toBe('3 keys change, 1 stays, 1 is removed\n')
    expect(out).toBe(`shop/limits
  {
-   "daily": 500,
+   "daily": 600,
    "hosts": [
      "alpha.example.org",
      "beta.example.org",
  …
shop/new
+ true
shop/old
- 1
shop/text
  …
  two
  three
  four
- five
+ FIVE
  six
  seven
  eight
  …
`)
  })

  it('ends with 1 where something would change, if that was asked for', async () => {
    await using stage = await openStage(['alice'], { values })
    await writeFile(join(stage.folder, 'prod.yaml'), prod)
    await writeFile(join(stage.folder, 'same.yaml'), 'shop: {banner: Sale!}')
    expect((await stage.run('diff prod.yaml')).code).toBe(0)
    expect((await stage.run('diff prod.yaml --exit-code')).code).toBe(1)
    expect((await stage.run('diff same.yaml --exit-code')).code).toBe(0)
    expect(stage.peer.get('shop/new')).toBeUndefined()
  })

  it('prints an object a line with --json', async () => {
    await using stage = await openStage(['alice'], { values })
    await writeFile(join(stage.folder, 'same.yaml'), 'shop: {banner: Sold, new: {$bytes: AAEC}}')
    const { out } = await stage.run('diff same.yaml --json')
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { key: 'shop/banner', before: 'Sale!', after: 'Sold' },
      { key: 'shop/new', after: { $bytes: 'AAEC' } },
    ])
  })

  it('tells sealed values apart without showing them', async () => {
    await using stage = await openStage()
    await stage.peer.setSecret('shop/password', 'hush', { to: 'members' })
    const exported = await stage.run('export -o keys.yaml')
    expect(exported.code).toBe(0)
    await stage.peer.setSecret('shop/password', 'other', { to: 'members' })
    const { out } = await stage.run('diff keys.yaml')
    expect(out).toMatch(
      /^shop\/password\n- \(sealed, sha256 \w{8}\)\n\+ \(sealed, sha256 \w{8}\)\n$/,
    )
  })
})
