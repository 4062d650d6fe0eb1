import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openLog } from './log.js'

function collect(isTTY: boolean) {
  let text = ''
  const stderr = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString()
      done()
    },
  })
  return { stderr: Object.assign(stderr, { isTTY }), text: () => stripVTControlCharacters(text) }
}

describe('the log', () => {
  it('is JSON in a pipe, a line each, with the time in a form that sorts', () => {
    const { stderr, text } = collect(false)
    openLog({ stderr }, { level: 'info', format: undefined }).warn({ notice: 'twin' }, 'a copy')
    expect(JSON.parse(text())).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      notice: 'twin',
      msg: 'a copy',
    })
  })

  it('is text where somebody reads along, or where that is asked for', () => {
    for (const [isTTY, format] of [
      [true, undefined],
      [false, 'text'],
    ] as const) {
      const { stderr, text } = collect(isTTY)
      const log = openLog({ stderr }, { level: 'info', format })
      log.debug('not this')
      log.info({ release: 'ab·1', peer: '0123' }, 'shop/banner changed')
      expect(text()).toMatch(/^\d\d:\d\d:\d\d info {2}shop\/banner changed {2}release=ab·1\n$/)
    }
  })

  it('lets nobody else steer the terminal', () => {
    const { stderr, text } = collect(true)
    openLog({ stderr }, { level: 'info', format: undefined }).info('linked with \u009b2Jbob')
    expect(text()).toContain('linked with \\u009b2Jbob')
  })

  it('lets nobody else write a line of his own', () => {
    const { stderr, text } = collect(true)
    const log = openLog({ stderr }, { level: 'info', format: undefined })
    log.info({ message: 'why\n09:00:00 info  ended' }, 'a changed\n09:00:00 info  ended')
    expect(text().split('\n')).toHaveLength(2)
  })

  it('says on a terminal as well what a fault was', () => {
    const { stderr, text } = collect(true)
    openLog({ stderr }, { level: 'info', format: undefined }).error({ err: new Error('odd') }, 'no')
    expect(text()).toMatch(/error no {2}err=.*"message":"odd"/)
  })
})
