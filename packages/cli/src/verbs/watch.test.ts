import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const values = { 'shop/banner': 'Sale!', 'payments/max': 1 }
const env = { PATH: process.env['PATH'] }

describe('grapevine watch', () => {
  it('shows what is there, then each change, until it is interrupted', async () => {
    await using stage = await openStage(['alice', 'bob'], { values })
    const watching = stage.start('watch shop/')
    await watching.wrote('"Sale!"')
    await stage.peerOf('bob').set('shop/banner', 'Closed')
    await watching.wrote('"Closed"')
    await stage.peerOf('bob').set('payments/max', 2)
    await stage.peer.remove('shop/banner')
    await watching.wrote('(removed)')
    watching.interrupt()
    const { code, out } = await watching.ended
    expect(code).toBe(130)
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t').slice(1, 4))
    expect(rows).toEqual([
      ['shop/banner', '"Sale!"', 'alice'],
      ['shop/banner', '"Closed"', 'bob'],
      ['shop/banner', '(removed)', 'alice'],
    ])
  })

  it('gives one object a line with --json, and leaves out with --new what is there already', async () => {
    await using stage = await openStage(['alice'], { values })
    const watching = stage.start('watch --json --new shop/**')
    await watching.wrote('watching shop/')
    await stage.peer.set('shop/banner', { text: 'Closed' })
    await watching.wrote('Closed')
    watching.interrupt()
    expect(JSON.parse((await watching.ended).out)).toMatchObject({
      key: 'shop/banner',
      value: { text: 'Closed' },
      previous: 'Sale!',
    })
  })

  it('goes on after a restart of the peer, with what was missed and nothing twice', async () => {
    await using stage = await openStage(['alice'], { values })
    const watching = stage.start('watch shop/')
    await watching.wrote('"Sale!"')
    await stage.stopServing('alice')
    await stage.peer.publish({ set: { 'shop/new': 1 }, remove: ['shop/banner'] })
    await stage.serve('alice')
    await watching.wrote('shop/new')
    await stage.peer.set('shop/last', 2)
    await watching.wrote('shop/last')
    watching.interrupt()
    const { out } = await watching.ended
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[1])
    expect(rows).toHaveLength(4)
    expect(new Set(rows)).toEqual(new Set(['shop/banner', 'shop/new', 'shop/last']))
  })

  it('runs a command for each change, with the value as its input', async () => {
    await using stage = await openStage(['alice'], { values })
    // To the file first: once a line is heard of, the test goes on and ends the command.
    const command = 'echo "$GRAPEVINE_KEY $GRAPEVINE_CHANGE $(cat)" >> log; tail -n 1 log'
    const watching = stage.start(['watch', 'shop/', '--exec', command], { env })
    await watching.wrote('shop/banner set Sale!')
    await stage.peer.set('shop/limits', { daily: 1 })
    await watching.wrote('shop/limits set {"daily":1}')
    await stage.peer.set('shop/limits', { logo: new Uint8Array([1, 2]) })
    await watching.wrote('shop/limits set {"logo":{"$bytes":"AQI="}}')
    await stage.peer.remove('shop/limits')
    await watching.wrote('shop/limits removed ')
    watching.interrupt()
    expect((await watching.ended).code).toBe(130)
    expect((await readFile(join(stage.folder, 'log'), 'utf8')).split('\n')).toHaveLength(5)
  })

  it('says that a command failed, and goes on', async () => {
    await using stage = await openStage(['alice'], { values })
    const watching = stage.start(['watch', '--exec', 'exit 3'], { env })
    await watching.wrote('ended with 3 for payments/max')
    await watching.wrote('ended with 3 for shop/banner')
    watching.interrupt()
    expect((await watching.ended).code).toBe(130)
  })

  it('ends a command that runs for ever together with itself', async () => {
    await using stage = await openStage(['alice'], { values })
    const watching = stage.start(['watch', '--exec', 'echo at it; sleep 1000; true'], { env })
    await watching.wrote('at it')
    watching.interrupt()
    expect((await watching.ended).code).toBe(130)
  })

  it('refuses a pattern that is no prefix', async () => {
    await using stage = await openStage()
    expect((await stage.run('watch shop/*.max')).code).toBe(2)
  })
})
