import { describe, expect, it } from 'vitest'
import { Complaint } from '../complain.js'
import { aFlag, aText, addresses, labels, labelsOf, oneOf, settingOf } from './setting.js'
import type { Kind } from './setting.js'

const sources = (file: ReadonlyMap<string, unknown>, env: NodeJS.ProcessEnv = {}) => ({
  settings: { file, fileName: 'grapevine.yaml' },
  env,
})

describe('a setting', () => {
  it('is taken from a flag before the environment before the file', () => {
    const file = new Map([['name', 'file']])
    const env = { GRAPEVINE_NAME: 'env' }
    expect(settingOf(sources(file, env), 'name', aText, 'flag')).toBe('flag')
    expect(settingOf(sources(file, env), 'name', aText)).toBe('env')
    expect(settingOf(sources(file), 'name', aText)).toBe('file')
    expect(settingOf(sources(new Map()), 'name', aText)).toBeUndefined()
  })

  it('in a group has a longer name in the environment', () => {
    const file = new Map([['api', new Map([['tokenFile', 'a']])]])
    expect(settingOf(sources(file), 'api.tokenFile', aText)).toBe('a')
    const env = { GRAPEVINE_API_TOKEN_FILE: 'b' }
    expect(settingOf(sources(file, env), 'api.tokenFile', aText)).toBe('b')
  })

  const kinds: readonly (readonly [Kind<unknown>, string, unknown, unknown])[] = [
    [aFlag, 'true', true, true],
    [addresses, 'a:1, b:2', ['a:1', 'b:2'], ['a:1', 'b:2']],
    [labels, 'zone=a,x=y=z', new Map([['zone', 'a']]), { zone: 'a', x: 'y=z' }],
    [oneOf('json', 'text'), 'json', 'json', 'json'],
  ]
  it.each(kinds)('%#: is written as text, and as YAML', (kind, text, stored, value) => {
    expect(settingOf(sources(new Map(), { GRAPEVINE_X: text }), 'x', kind)).toEqual(value)
    expect(settingOf(sources(new Map([['x', stored]])), 'x', kind)).toBeDefined()
  })

  it('that cannot be meant is refused, with its place and what to write', () => {
    const refused = (file: ReadonlyMap<string, unknown>, env = {}): string => {
      try {
        settingOf(sources(file, env), 'mdns', aFlag)
        return ''
      } catch (error) {
        return (error as Complaint).message
      }
    }
    expect(refused(new Map([['mdns', 'yes']]))).toBe(
      'mdns in grapevine.yaml is "yes": write true or false',
    )
    expect(refused(new Map(), { GRAPEVINE_MDNS: '1' })).toBe(
      'GRAPEVINE_MDNS is "1": write true or false',
    )
  })

  it('of labels wants a name and a text', () => {
    expect(labelsOf(['zone'])).toBeUndefined()
    expect(labelsOf(['=a'])).toBeUndefined()
  })
})
