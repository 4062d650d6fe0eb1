import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { openPeer } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'
import type { Running, Stage } from '../../test/stage.js'

/** On this machine, and not this command's: it has begun to run. */
const runs = 'member known, listens on /ip4/127.0.0.1/tcp/'

async function upAt(
  stage: Stage,
  words: string,
  more: Parameters<Stage['start']>[1] = {},
): Promise<Running> {
  const running = stage.start(`up ${words}`, { at: 'new', ...more })
  await running.wrote(runs)
  return running
}

async function end(running: Running) {
  running.interrupt()
  return running.ended
}

const linesOf = (err: string) =>
  err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)

describe('grapevine up', () => {
  it('runs the peer of a folder, and says first where it is reached, in which mesh, by what socket', async () => {
    await using stage = await openStage()
    const running = await upAt(stage, '--open try --name alice')
    const { out } = await stage.run('set shop/banner Sale!', { at: 'new' })
    expect(out).toMatch(/^release /)
    expect((await stage.run('get shop/banner', { at: 'new' })).out).toBe('Sale!\n')
    const { code, err, out: data } = await end(running)
    expect({ code, data }).toEqual({ code: 0, data: '' })
    const [first, ...rest] = linesOf(err)
    expect(first).toMatchObject({
      level: 'info',
      msg: expect.stringMatching(/^alice runs in try: 1 member known, listens on /) as string,
      api: [`unix:${join(stage.folder, 'new', 'api.sock')}`],
      members: 1,
    })
    expect(rest.map(({ msg }) => msg)).toContain('shop/banner changed')
    expect(err).not.toContain('Sale!')
    expect(rest.at(-1)).toMatchObject({ msg: 'ended; all that was written is on the disk' })
  })

  it('goes on with what its disk holds, and needs no name of a mesh any more', async () => {
    await using stage = await openStage()
    await end(await upAt(stage, '--open try'))
    const running = await upAt(stage, '')
    expect((await end(running)).code).toBe(0)
  })

  it('writes lines for people where somebody reads along', async () => {
    await using stage = await openStage()
    const { err } = await end(await upAt(stage, '--open try --name alice', { isTty: true }))
    expect(stripVTControlCharacters(err)).toMatch(
      /^\d\d:\d\d:\d\d info {2}alice runs in try: 1 member known, listens on \S+, API at unix:\S+\n/,
    )
  })

  it('refuses to be a second one in a folder, and says who the first is', async () => {
    await using stage = await openStage()
    const first = await upAt(stage, '--open try --name alice')
    const second = await stage.run('up', { at: 'new' })
    expect(second).toMatchObject({
      code: 6,
      err: expect.stringContaining('alice of try answers at') as string,
    })
    const elsewhere = await stage.run('up --socket other.sock', { at: 'new' })
    expect(elsewhere.code).toBe(6)
    await end(first)
  })

  it('waits for a command that is the peer of the folder for a moment, and is waited for', async () => {
    await using stage = await openStage()
    await stage.run('init shop --yes --name alice', { at: 'new' })
    const set = stage.start('set shop/banner Sale!', { at: 'new' })
    const up = await upAt(stage, '')
    expect((await set.ended).code).toBe(0)
    expect((await end(up)).code).toBe(0)
    const again = stage.start('up', { at: 'new' })
    const { code, err } = await stage.run('set shop/banner Closed', { at: 'new' })
    expect(code, err).toBe(0)
    await again.wrote(runs)
    expect((await end(again)).code).toBe(0)
  })

  it('says for whom it waits, and can be told not to', async () => {
    await using stage = await openStage()
    await using service = await openPeer({ dataDir: join(stage.folder, 'new'), mesh: 'try' })
    expect(service.status().members).toBe(1)
    const up = stage.start('up', { at: 'new' })
    await up.wrote('waiting for')
    expect((await end(up)).code).toBe(130)
  })

  it('makes nothing in a folder without a peer', async () => {
    await using stage = await openStage()
    const { code, err } = await stage.run('up', { at: 'nowhere' })
    expect({ code, err }).toMatchObject({
      code: 6,
      err: expect.stringContaining('grapevine init') as string,
    })
    expect(await stage.run('up', { at: 'nowhere' })).toMatchObject({ code: 6 })
  })

  it('takes settings from flags before the environment before the file', async () => {
    await using stage = await openStage()
    await writeFile(
      join(stage.folder, 'grapevine.yaml'),
      'name: of-the-file\nlabels: { zone: b }\nlog: { level: warn }\n',
    )
    const env = { GRAPEVINE_NAME: 'of-the-environment', GRAPEVINE_LOG_LEVEL: 'info' }
    const running = await upAt(stage, '--open try --label zone=a', { env })
    const peers = await stage.run('peers --json', { at: 'new' })
    expect(JSON.parse(peers.out)).toMatchObject({
      name: 'of-the-environment',
      labels: { zone: 'a' },
    })
    await end(running)
  })

  it('refuses a setting that nobody reads, and says what was meant', async () => {
    await using stage = await openStage()
    const file = join(stage.folder, 'grapevine.yaml')
    await writeFile(file, 'lissten: [127.0.0.1:0]\n')
    expect(await stage.run('up --open try', { at: 'new' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean listen?') as string,
    })
    await writeFile(file, 'log: { level: loud }\n')
    expect(await stage.run('up --open try', { at: 'new' })).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        'log.level in grapevine.yaml is "loud": write debug, info, warn or error',
      ) as string,
    })
  })

  it('told to read its settings again, changes what it can and names what needs a new start', async () => {
    await using stage = await openStage()
    const file = join(stage.folder, 'grapevine.yaml')
    await writeFile(file, 'log: { level: info }\n')
    const running = await upAt(stage, '--open try')
    running.hangUp()
    await running.wrote('nothing has changed')
    await writeFile(file, 'log: { level: warn }\nname: carol\n')
    running.hangUp()
    await running.wrote('these settings count from the next start: name')
    await writeFile(file, 'log: [\n')
    running.hangUp()
    await running.wrote('stay as they were')
    const { err } = await end(running)
    expect(linesOf(err).at(-1)).toMatchObject({ level: 'error' })
  })

  it('ends within the time that orchestrators give, whoever still watches and waits', async () => {
    await using stage = await openStage()
    const running = await upAt(stage, '--open try')
    const socketPath = join(stage.folder, 'new', 'api.sock')
    const ended: Promise<unknown>[] = []
    for (const path of [
      '/v1/watch?prefix=',
      '/v1/keys?prefix=&index=0-0&wait=5m',
      '/v1/watch?prefix=a',
    ]) {
      await new Promise<void>((resolve, reject) => {
        const asked = request({ socketPath, path, agent: false }, (response) => {
          ended.push(new Promise((done) => response.once('close', done)))
          response.resume()
          resolve()
        })
        asked.once('error', reject)
        asked.end()
      })
    }
    const begin = performance.now()
    expect((await end(running)).code).toBe(0)
    // 5 s is what it is given; an end that were forced by that time would not answer 0.
    expect(performance.now() - begin).toBeLessThan(5_000)
    await Promise.all(ended)
  })

  it('has a door on TCP where one is asked for', async () => {
    await using stage = await openStage()
    const running = await upAt(stage, '--open try --api-listen 127.0.0.1:0')
    const { err } = await end(running)
    expect(linesOf(err)[0]).toMatchObject({
      api: [
        expect.stringMatching(/^unix:/) as string,
        expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      ],
    })
  })

  it('refuses a dashboard at the port of the mesh, before it makes anything', async () => {
    await using stage = await openStage()
    const words = 'up --open try --listen 127.0.0.1:7654 --dashboard'
    expect(await stage.run(words, { at: 'new' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('--api-listen') as string,
    })
    expect(await stage.run('up', { at: 'new' })).toMatchObject({ code: 6 })
  })
})
