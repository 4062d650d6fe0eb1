import { describe, expect, it } from 'vitest'
import { changedIn, upSettings } from './settings.js'

const read = (file: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv = {}) =>
  upSettings(
    {
      dataDir: '/data',
      socket: '/data/api.sock',
      as: undefined,
      lab: undefined,
      isNamed: true,
      file: new Map(Object.entries(file)),
      fileName: 'grapevine.yaml',
    },
    { env },
  )

describe('the settings of a peer', () => {
  it('that nobody gives are as usual', () => {
    expect(read({})).toMatchObject({
      'log.level': 'info',
      'log.format': undefined,
      listen: undefined,
    })
  })

  it('that are another now are named', () => {
    const before = read({ name: 'a', listen: ['a:1'] })
    expect(changedIn(before, read({ name: 'a', listen: ['a:1'] }))).toEqual([])
    const after = read({ listen: ['a:2'], log: new Map([['level', 'warn']]) })
    expect(changedIn(before, after)).toEqual(['name', 'listen', 'log.level'])
  })

  it('that the environment decides do not change with the file', () => {
    const env = { GRAPEVINE_NAME: 'b' }
    expect(changedIn(read({ name: 'a' }, env), read({ name: 'c' }, env))).toEqual([])
  })

  it('have an address for the dashboard, where there is one and none is named', () => {
    expect(read({})).toMatchObject({ 'api.dashboard': false, 'api.listen': undefined })
    const api = new Map<string, unknown>([['dashboard', true]])
    expect(read({ api })).toMatchObject({ 'api.dashboard': true, 'api.listen': '127.0.0.1:7654' })
    const env = { GRAPEVINE_API_DASHBOARD: 'true', GRAPEVINE_API_LISTEN: '127.0.0.1:1' }
    expect(read({}, env)).toMatchObject({ 'api.dashboard': true, 'api.listen': '127.0.0.1:1' })
    expect(() => read({ api: new Map([['dashboard', 'yes']]) })).toThrow('write true or false')
  })

  it('are refused where nobody reads them', () => {
    expect(() => read({ log: new Map([['levle', 'warn']]) })).toThrow(/"levle" in log/)
    expect(() => read({ api: 'no' })).toThrow(/api in grapevine.yaml is no group/)
  })
})
