import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const prod = `
payments:
  db: { pool.max: 500, host: a }
  limits: { $value: { daily: 500 } }
`

describe('publish', () => {
  it('writes a file as one release, and says how much of it is new', async () => {
    await using stage = await openStage(['alice', 'bob'], {
      values: { 'payments/db/host': 'a', 'payments/db/pool.max': 50 },
    })
    await writeFile(join(stage.folder, 'prod.yaml'), prod)
    const { code, out, err } = await stage.run('publish prod.yaml -m sale --wait all')
    expect(err).toContain('2 keys change, 1 stays, none is removed')
    expect(err).toContain('see: grapevine diff prod.yaml')
    expect(err).toContain('2/2 have it')
    expect(out).toMatch(/^release [0-9a-f]{4,}·\d+\n$/)
    expect(code).toBe(0)
    const bob = stage.peerOf('bob')
    expect(bob.get('payments/limits')).toEqual({ daily: 500 })
    const releases = new Set(
      ['payments/limits', 'payments/db/pool.max'].map((key) => bob.entry(key)?.release.name),
    )
    expect(releases.size).toBe(1)
    expect(bob.entry('payments/limits')?.release.message).toBe('sale')
  })

  it('writes a folder as one release, with folders and files as segments', async () => {
    await using stage = await openStage()
    const folder = join(stage.folder, 'conf')
    await mkdir(join(folder, 'payments/.git'), { recursive: true })
    await writeFile(join(folder, 'payments/db.yaml'), 'pool: 5')
    await writeFile(join(folder, 'payments/.env'), 'URL=x')
    await writeFile(join(folder, 'payments/.git/config.json'), '{"a": 1}')
    await writeFile(join(folder, 'shop.toml'), '[banner]\ntext = "hi"')
    await writeFile(join(folder, 'README.md'), '# hello')
    const { code, err } = await stage.run('publish conf --prefix eu')
    expect(code).toBe(0)
    expect(err).toContain('not read: conf/README.md')
    expect(stage.peer.entries().map(({ key, value }) => [key, value])).toEqual([
      ['eu/payments/URL', 'x'],
      ['eu/payments/db/pool', 5],
      ['eu/shop/banner/text', 'hi'],
    ])
  })

  it('says it again without writing anything', async () => {
    await using stage = await openStage()
    await writeFile(join(stage.folder, 'prod.yaml'), prod)
    const first = await stage.run('publish prod.yaml')
    const again = await stage.run('publish prod.yaml')
    expect(again.out).toBe(first.out)
    expect(again.err).toContain('no key changes, 3 stay, none is removed')
    expect(again.err).toContain('nothing to write')
  })

  it('with --dry-run shows what would change, and writes nothing', async () => {
    await using stage = await openStage(['alice'], { values: { 'payments/db/host': 'b' } })
    await writeFile(join(stage.folder, 'prod.yaml'), prod)
    const { code, out, err } = await stage.run('publish prod.yaml --dry-run')
    expect(code).toBe(0)
    expect(out).toContain('payments/db/host\n- "b"\n+ "a"\n')
    expect(err).toContain('nothing was written')
    expect(stage.peer.get('payments/db/host')).toBe('b')
  })

  it.each([
    ['bad.yaml', 'a: 1\nb: [\n', /bad\.yaml:\d+:\d+: it is no YAML/],
    ['bad.json', '{"a": 1\n "b": 2}', /bad\.json: .* \(line 2, column 2\)/],
    ['bad.toml', 'a = 1\nb = \n', /bad\.toml:2:\d+: it is no TOML/],
    ['bad.env', 'A=1\nB\n', /bad\.env:2: it has no NAME=value/],
    ['bad.yaml', 'a: 1\nb: {c/../d: 2}\n', /bad\.yaml:2:13: key "b\/c\/\.\.\/d" cannot be used/],
    ['bad.yaml', 'a: 1\na/b: 2\n"a": {b: 3}\n', /bad\.yaml:3:1: it is no YAML/],
    [
      'bad.yaml',
      'a: {b: 3}\na/b: 2\n',
      /bad\.yaml:2:6: a\/b is said here, and at bad\.yaml:1:8 already/,
    ],
    [
      'bad.yaml',
      `a: 1\nb: ${'x'.repeat(1_100_000)}\n`,
      /value for b cannot be used: it takes 1100005 bytes, the limit is 1048576/,
    ],
    ['bad.yaml', '# nothing\n', /bad\.yaml is empty/],
    ['bad.txt', 'x', /the name of bad\.txt does not say its format/],
    ['missing.yaml', undefined, /missing\.yaml cannot be read: ENOENT/],
  ])('refuses %s, says where, and writes nothing', async (name, source, message) => {
    await using stage = await openStage()
    if (source !== undefined) await writeFile(join(stage.folder, name), source)
    const { code, out, err } = await stage.run(['publish', name])
    expect(err).toMatch(message)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(stage.peer.entries()).toEqual([])
  })

  it('waits for no pipe in a folder, and refuses it', async () => {
    await using stage = await openStage()
    await mkdir(join(stage.folder, 'conf'))
    execFileSync('mkfifo', [join(stage.folder, 'conf/pipe.yaml')], { timeout: 10_000 })
    const { code, err } = await stage.run('publish conf')
    expect(err).toContain('conf/pipe.yaml cannot be read: it is no file')
    expect(code).toBe(2)
  })

  it('refuses two files that say the same key, and names both places', async () => {
    await using stage = await openStage()
    await mkdir(join(stage.folder, 'conf/a'), { recursive: true })
    await writeFile(join(stage.folder, 'conf/a.yaml'), 'x: 1')
    await writeFile(join(stage.folder, 'conf/a/.env'), 'x=2')
    const { code, err } = await stage.run('publish conf')
    expect(code).toBe(2)
    expect(err).toContain('a/x is said here, and at conf/a.yaml:1:4 already')
    expect(err).toContain('conf/a/.env:1')
  })

  it('refuses to write over a secret for everybody to read', async () => {
    await using stage = await openStage()
    await stage.peer.setSecret('payments/password', 'hush', { to: 'members' })
    await writeFile(join(stage.folder, 'prod.yaml'), 'payments: {password: hush}')
    const { code, err } = await stage.run('publish prod.yaml')
    expect(code).toBe(2)
    expect(err).toContain('prod.yaml:1:22: payments/password is a secret')
  })

  describe('what a file does not have', () => {
    const values = { 'payments/old': 1, 'payments/db/host': 'a', 'shop/banner': 'x', other: 2 }

    it('stays as it is', async () => {
      await using stage = await openStage(['alice'], { values })
      await writeFile(join(stage.folder, 'prod.yaml'), prod)
      await stage.run('publish prod.yaml')
      expect(stage.peer.get('payments/old')).toBe(1)
    })

    it('is removed with --prune and its count, where the file speaks of its prefix', async () => {
      await using stage = await openStage(['alice'], { values })
      await writeFile(join(stage.folder, 'prod.yaml'), `${prod}\nother: 2\n`)
      const isTty = true
      const answered = await stage.run('publish prod.yaml --prune --yes', { isTty })
      expect(answered.code).toBe(2)
      const unconfirmed = await stage.run('publish prod.yaml --prune --yes')
      expect(unconfirmed.code).toBe(2)
      expect(unconfirmed.err).toContain('1 key would be removed: nothing was written')
      expect(unconfirmed.err).toContain('--confirm 1')
      expect((await stage.run('publish prod.yaml --prune --confirm 2')).code).toBe(2)
      expect(stage.peer.has('payments/limits')).toBe(false)
      const { code, err } = await stage.run('publish prod.yaml --prune --confirm 1')
      expect(code).toBe(0)
      expect(err).toContain('2 keys change, 2 stay, 1 is removed')
      expect(stage.peer.entries().map(({ key }) => key)).toEqual([
        'other',
        'payments/db/host',
        'payments/db/pool.max',
        'payments/limits',
        'shop/banner',
      ])
    })

    it('is removed after a question, where somebody can answer', async () => {
      await using stage = await openStage(['alice'], { values })
      await writeFile(join(stage.folder, 'prod.yaml'), prod)
      const no = await stage.run('publish prod.yaml --prune', { isTty: true, typed: ['n'] })
      expect(no.code).toBe(130)
      expect(no.err).toContain('- payments/old')
      expect(stage.peer.has('payments/old')).toBe(true)
      const yes = await stage.run('publish prod.yaml --prune', { isTty: true, typed: ['y'] })
      expect(yes.code).toBe(0)
      expect(stage.peer.has('payments/old')).toBe(false)
    })

    it('is anything below a --prefix that was named', async () => {
      await using stage = await openStage(['alice'], { values })
      await writeFile(join(stage.folder, 'p.env'), 'NEW=1')
      const { code } = await stage.run('publish p.env --prefix payments --prune --confirm 2')
      expect(code).toBe(0)
      expect(stage.peer.entries('payments/').map(({ key }) => key)).toEqual(['payments/NEW'])
      expect(stage.peer.has('shop/banner')).toBe(true)
    })

    it('is never everything: an empty file removes nothing', async () => {
      await using stage = await openStage(['alice'], { values })
      await writeFile(join(stage.folder, 'prod.yaml'), 'payments: {}')
      const { code, err } = await stage.run(
        'publish prod.yaml --prefix payments --prune --confirm 2',
      )
      expect(code).toBe(2)
      expect(err).toContain('prod.yaml is empty')
      expect(stage.peer.entries()).toHaveLength(4)
    })

    it('is nothing where no prefix is spoken of', async () => {
      await using stage = await openStage(['alice'], { values })
      await writeFile(join(stage.folder, 'p.yaml'), 'other: 3')
      const { code, err } = await stage.run('publish p.yaml --prune --confirm 3')
      expect(code).toBe(2)
      expect(err).toContain('speaks of no prefix as a whole')
    })
  })

  it('reads standard input, as JSON one object a line where that is asked for', async () => {
    await using stage = await openStage()
    const piped = { stdin: 'a: {b: 1}' }
    const without = await stage.run('publish -', piped)
    expect(without.code).toBe(2)
    expect(without.err).toContain('add --format')
    const { code, out } = await stage.run('publish - --format yaml --json', piped)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ isNew: true, seq: 1 })
  })
})
