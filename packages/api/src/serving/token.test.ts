import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/stage.js'
import { tokenCheck, tokenFrom } from './token.js'

describe('the token', () => {
  it('is made once, of 256 bits, for its owner only', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'api.token')
    const token = await tokenFrom(file)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect(lstatSync(file).mode & 0o777).toBe(0o600)
    expect(await tokenFrom(file)).toBe(token)
    expect(readFileSync(file, 'utf8')).toBe(`${token}\n`)
    expect(readdirSync(folder)).toEqual(['api.token'])
  })

  it('is one, however many ask for it at once', async () => {
    const file = join(temporaryFolder(), 'api.token')
    const tokens = await Promise.all(Array.from({ length: 8 }, async () => tokenFrom(file)))
    expect(new Set(tokens).size).toBe(1)
  })

  it('comes from no file that others can read, no link, and nothing else', async () => {
    const folder = temporaryFolder()
    const at = (name: string): string => join(folder, name)
    await tokenFrom(at('right'))
    await tokenFrom(at('open'))
    chmodSync(at('open'), 0o640)
    symlinkSync(at('right'), at('link'))
    symlinkSync(at('nothing'), at('dangling'))
    writeFileSync(at('short'), 'abc\n', { mode: 0o600 })
    writeFileSync(at('empty'), '', { mode: 0o600 })
    execFileSync('mkfifo', ['-m', '600', at('pipe')], { timeout: 30_000, killSignal: 'SIGKILL' })
    const reasons = [
      ['pipe', 'it is no file'],
      ['open', `chmod 600 ${at('open')}`],
      ['link', 'it is a symbolic link: name the file itself'],
      ['dangling', 'it is a symbolic link: name the file itself'],
      ['short', 'what is in it is no token: remove it, and a new one is made'],
      ['empty', 'what is in it is no token'],
      ['.', 'it is no file'],
      ['right/below', 'the system answers ENOTDIR'],
      ['missing/token', 'it cannot be made: the system answers ENOENT'],
    ] as const
    for (const [name, why] of reasons) {
      await expect(tokenFrom(at(name)), name).rejects.toMatchObject({
        code: 'API_TOKEN_UNUSABLE',
        message: expect.stringContaining(why) as string,
      })
    }
    expect(readFileSync(at('short'), 'utf8')).toBe('abc\n')
  })

  it('is itself only', () => {
    const isToken = tokenCheck('right')
    expect(['right', 'righ', 'rightt', 'Right', ''].map(isToken)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })
})
