import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const numbers = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) =>
      typeof value === 'number' && value <= 500
        ? { value }
        : { issues: [{ message: `${String(value)} is above 500` }] },
  },
} as const

describe('whoever waits for a release', () => {
  it('is told when all have it', async () => {
    await using stage = await openStage(['alice', 'bob', 'carol'])
    const { code, err } = await stage.run('set a 1 --wait all')
    expect(err).toContain('3/3 have it')
    expect(code).toBe(0)
  })

  it('sees a bar on a terminal', async () => {
    await using stage = await openStage(['alice', 'bob'])
    const { code, err } = await stage.run('set a 1 --wait all', { isTty: true })
    expect(code).toBe(0)
    const plain = stripVTControlCharacters(err)
    expect(plain).toMatch(/\r {2}█{20} {2}2\/2 have it · \d+ \w+\n$/)
  })

  it('is told who refused it and why, and ends with 7', async () => {
    await using stage = await openStage(['alice', 'bob'])
    stage.peerOf('bob').bind('pool', numbers, { default: 5 })
    const { code, out, err } = await stage.run('set pool 900 --wait all')
    const name = out.trim().replace('release ', '')
    expect(code).toBe(7)
    expect(err).toMatch(/refused {2}bob {3}pool: .*900 is above 500/)
    expect(err).toContain(`not everyone has it: 1/2 have it · 1 refused`)
    expect(err).toContain(`next: grapevine receipts ${name} · grapevine rollback ${name}`)
  })

  it('is told of refusals without having asked, and that fails nothing', async () => {
    await using stage = await openStage(['alice', 'bob'])
    stage.peerOf('bob').bind('pool', numbers, { default: 5 })
    const { code, err } = await stage.run('set pool 900')
    expect(code).toBe(0)
    expect(err).toContain('1/2 have it · 1 refused')
    expect(err).toMatch(/refused {2}bob/)
    const quiet = await stage.run('set pool 901 --quiet')
    expect(quiet.err).toBe('')
  })

  it('is told who is on the way when time is over', async () => {
    await using stage = await openStage(['alice', 'bob'])
    stage.mesh.cut(['alice'], ['bob'])
    const { code, err } = await stage.run('set a 1 --wait 200ms')
    expect(code).toBe(7)
    expect(err).toMatch(/on the way {2}bob|silent {2}bob/)
    expect((await stage.run('set a 1 --wait 1')).code).toBe(0)
    expect((await stage.run('set a 1 --wait 2 --timeout 100ms')).code).toBe(7)
  })

  it('gets each state as an object with --json', async () => {
    await using stage = await openStage(['alice', 'bob'])
    const { code, out } = await stage.run('set a 1 --wait all --json')
    expect(code).toBe(0)
    const [written, ...reaches] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(written).toMatchObject({ isNew: true })
    expect(reaches.at(-1)).toMatchObject({ reached: 2, members: 2 })
  })

  it('may give up, and learns that it is written all the same', async () => {
    await using stage = await openStage(['alice', 'bob'])
    stage.mesh.cut(['alice'], ['bob'])
    const running = stage.start('set a 1 --wait all')
    await running.wrote('1/2 have it')
    running.interrupt()
    const { code, err } = await running.ended
    expect(code).toBe(130)
    expect(err).toMatch(/release \w+·1 is written; grapevine receipts/)
    expect(stage.peer.get('a')).toBe(1)
  })

  it.each([
    ['set a 1 --wait some', '--wait "some" cannot be used'],
    ['set a 1 --wait 0', '--wait "0" cannot be used'],
    ['set a 1 --wait all --timeout soon', '--timeout "soon" is no time'],
  ])('is refused %j before anything is written', async (line, message) => {
    await using stage = await openStage()
    const { code, err } = await stage.run(line)
    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(stage.peer.entries()).toEqual([])
  })

  it('is told when nobody else is there to have it', async () => {
    await using stage = await openStage()
    const { code, err } = await stage.run('set a 1')
    expect(code).toBe(0)
    expect(err).toContain('only this machine has it')
  })
})
