import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'
import { exitCodes } from '../exit-codes.js'
import { placesOf } from '../typed/setting.js'
import { topics } from '../typed/topics.js'

describe('grapevine help', () => {
  it('shows a command with its examples first, as --help does', async () => {
    await using stage = await openStage()
    const { code, out } = await stage.run('help revoke')
    expect(code).toBe(0)
    expect(out).toMatch(/^Throws .*\n\n {2}grapevine revoke bob /)
    expect((await stage.run('revoke --help')).out).toBe(out)
  })

  it.each(['environment', 'exit-codes', 'formatting'])(
    'explains %s within 100 columns',
    async (topic) => {
      await using stage = await openStage()
      const { code, out } = await stage.run(`help ${topic}`)
      expect(code).toBe(0)
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
    },
  )

  it('names every exit code, and each setting with its variable', () => {
    for (const code of Object.values(exitCodes)) {
      expect(topics.get('exit-codes')).toMatch(new RegExp(`^ +${code} {2}`, 'm'))
    }
    const lines = (topics.get('environment') ?? '').split('\n')
    for (const line of lines) {
      const [, variable, name] = /^ {2}(GRAPEVINE_\w+) .* {2}([a-zA-Z.]+)$/.exec(line) ?? []
      if (variable === undefined || name === undefined || name === 'dataDir') continue
      if (name === 'api.socket') continue
      expect(placesOf(name).variable).toBe(variable)
    }
  })

  it('says what was probably meant', async () => {
    await using stage = await openStage()
    expect(await stage.run('help exit-code')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean grapevine help exit-codes?') as string,
    })
  })
})
