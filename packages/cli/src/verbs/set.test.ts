import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { joinAsSigner } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

describe('grapevine set', () => {
  it('takes JSON as JSON, and everything else as text', async () => {
    await using stage = await openStage()
    for (const [typed, value] of [
      ['12', 12],
      ['{"daily": [500, null]}', { daily: [500, null] }],
      ['true', true],
      ['Sale!', 'Sale!'],
      ['01234', '01234'],
      ['"12"', '12'],
      ['', ''],
    ] as const) {
      expect(await stage.run(['set', 'shop/it', typed])).toMatchObject({ code: 0 })
      expect(stage.peer.get('shop/it')).toEqual(value)
    }
    await stage.run('set shop/it 12 --text')
    expect(stage.peer.get('shop/it')).toBe('12')
  })

  it('waits no longer than timers count, and says so before it writes', async () => {
    await using stage = await openStage()
    for (const option of ['--wait 9999h', '--timeout 9999h']) {
      expect(await stage.run(`set a 1 ${option}`)).toMatchObject({ code: 2, out: '' })
    }
    expect(stage.peer.has('a')).toBe(false)
  })

  it('names the release, as it can be typed back', async () => {
    await using stage = await openStage()
    const { out } = await stage.run('set shop/banner Sale!')
    const name = /[0-9a-f]{4,}·1/.exec(out)?.[0] ?? ''
    expect((await stage.run(['show', name])).out).toContain('+ shop/banner  "Sale!"')
    const json = JSON.parse((await stage.run('set shop/banner --json No!')).out) as string
    expect(json).toMatchObject({ seq: 2, isNew: true })
  })

  it('reads files and pipes without the end of their last line, and bytes exactly', async () => {
    await using stage = await openStage()
    await writeFile(join(stage.folder, 'banner.txt'), 'two\nlines\n')
    await stage.run('set shop/banner @banner.txt')
    expect(stage.peer.get('shop/banner')).toBe('two\nlines')
    await stage.run('set shop/limits -', { stdin: '{"daily": 500}\n' })
    expect(stage.peer.get('shop/limits')).toEqual({ daily: 500 })
    await stage.run('set shop/logo - --bytes', { stdin: new Uint8Array([0, 255, 10]) })
    expect(stage.peer.get('shop/logo')).toEqual(new Uint8Array([0, 255, 10]))
    const asText = await stage.run('set shop/logo -', { stdin: new Uint8Array([0, 255, 10]) })
    expect(asText).toMatchObject({ code: 2, err: expect.stringContaining('--bytes') as string })
    expect((await stage.run('set shop/x @nowhere')).err).toContain('nowhere cannot be read')
  })

  it('gives back what get printed', async () => {
    await using stage = await openStage(['alice'], { values: { a: 'ends with\n', b: [1, 'x'] } })
    for (const key of ['a', 'b']) {
      const { outBytes } = await stage.run(['get', key])
      await stage.run(['set', `copy/${key}`, '-'], { stdin: outBytes })
      expect(stage.peer.get(`copy/${key}`)).toEqual(stage.peer.get(key))
    }
  })

  it('rounds no number, and takes no slip in JSON for a text', async () => {
    await using stage = await openStage()
    for (const [typed, why] of [
      ['12345678901234567890', 'more digits than are held exactly'],
      ['{"a": [9007199254740993]}', 'more digits than are held exactly'],
      ['1e999', 'a number is too large'],
      ['{"max-items": 12', '"}" is missing (line 1, column 17)'],
      ['[1,]', 'here stands no value (line 1, column 4)'],
      ['"open', 'a text does not end'],
      ['{"a": 1, "a": 2}', 'the member "a" is there twice'],
    ] as const) {
      const { code, err } = await stage.run(['set', 'shop/id', typed])
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(why) as string })
      expect(err).toContain('--text stores it as it is')
      expect((await stage.run(['set', 'as/text', typed, '--text'])).code).toBe(0)
      expect(stage.peer.get('as/text')).toBe(typed)
    }
    expect(stage.peer.has('shop/id')).toBe(false)
    await stage.run(['set', 'shop/id', '{"$bytes": "AQI="}'])
    expect(stage.peer.get('shop/id')).toEqual(new Uint8Array([1, 2]))
  })

  it('writes only over the version that was seen', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/banner': 'Sale!' } })
    const version = stage.peer.entry('shop/banner')?.version ?? ''
    expect((await stage.run('set shop/banner a --if-absent')).code).toBe(5)
    expect((await stage.run(['set', 'shop/banner', 'a', '--if-match', version])).code).toBe(0)
    const again = await stage.run(['set', 'shop/banner', 'b', '--if-match', version])
    expect(again).toMatchObject({ code: 5, out: '' })
    expect(stage.peer.get('shop/banner')).toBe('a')
    expect((await stage.run('set shop/open true --if-absent')).code).toBe(0)
  })

  it('shows what would change with --dry-run, and changes nothing', async () => {
    await using stage = await openStage(['alice'], { values: { 'shop/banner': 'Sale!' } })
    expect((await stage.run('set shop/banner Closed --dry-run')).out).toBe(
      '~ shop/banner  "Sale!" → "Closed"\n',
    )
    expect(stage.peer.get('shop/banner')).toBe('Sale!')
    expect((await stage.run('set shop/banner Sale! --dry-run')).err).toBe('nothing would change\n')
  })

  it('writes with the key of a person, and with no more than the rights of that one', async () => {
    await using stage = await openStage(['alice'], { closed: true })
    const file = join(stage.folder, 'carol.pem')
    const { token } = await stage.peer.invite({ name: 'carol', can: { 'shop/**': 'write' } })
    await joinAsSigner({ token, name: 'carol', file })
    expect((await stage.run('set shop/banner Sale! --as carol.pem')).out).toContain('by carol')
    expect(stage.peer.entry('shop/banner')?.release.authorName).toBe('carol')
    const secret = 'set --secret --to alice shop/password - --as carol.pem'
    expect((await stage.run(secret, { stdin: 'hunter2' })).code).toBe(0)
    expect(await stage.peer.secret('shop/password')).toBe('hunter2')
    expect((await stage.run('set payments/max 1 --as carol.pem')).code).toBe(4)
    expect((await stage.run('set shop/x 1 --as nobody.pem')).code).not.toBe(0)
    expect(stage.peer.has('shop/x')).toBe(false)
  })

  it('refuses what cannot be written, before it is', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    expect((await stage.run('set /shop 1')).code).toBe(2)
    expect((await stage.run('set shop/x')).err).toContain('the value for shop/x is missing')
    expect((await stage.run('set shop/x 1 --text --bytes')).code).toBe(2)
    expect(await stage.run('set shop/x 1', { at: 'bob' })).toMatchObject({ code: 4, out: '' })
    expect((await stage.run(['set', 'shop/x', 'x'.repeat(1_048_577)])).code).toBe(2)
    expect(stage.peer.entries()).toEqual([])
  })
})

describe('grapevine set --secret', () => {
  it('seals what comes from a file, from a pipe, or is typed unseen', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    await writeFile(join(stage.folder, 'password'), 'from a file\n')
    await stage.run('set --secret --to members shop/a @password')
    await stage.run('set --secret --to alice --to bob shop/b -', { stdin: 'from a pipe\n' })
    const typed = await stage.run('set --secret --to bob shop/c', {
      isTty: true,
      typed: ['typed\r'],
    })
    expect(typed.code).toBe(0)
    expect(`${typed.out}${typed.err}`).not.toContain('typed')
    await stage.mesh.settle()
    const bob = stage.peerOf('bob')
    expect(
      await Promise.all(['shop/a', 'shop/b', 'shop/c'].map(async (key) => bob.secret(key))),
    ).toEqual(['from a file', 'from a pipe', 'typed'])
  })

  it('takes none from the command line, and shows none', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    const literal = await stage.run('set --secret --to members shop/password hunter2')
    expect(literal).toMatchObject({ code: 2, out: '' })
    expect(literal.err).not.toContain('hunter2')
    expect((await stage.run('set --secret shop/password -', { stdin: 'x' })).code).toBe(2)
    expect((await stage.run('set --secret --to members shop/password')).err).toContain(
      'nobody is there to type it',
    )
    const dry = await stage.run('set --secret --to members --dry-run shop/a -', { stdin: 'x' })
    expect(dry.code).toBe(2)
    expect(stage.peer.entries()).toEqual([])
  })
})
