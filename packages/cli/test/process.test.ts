import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { drainMs } from '../src/up/drain.js'
import { commandFile, startCommand } from './process.js'
import type { CommandProcess } from './process.js'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function upIn(folder: string, ...more: readonly string[]): Promise<CommandProcess> {
  const up = await startCommand(folder, ['up', '--open', 'try', '--name', 'alice', ...more])
  cleanUps.push(async () => {
    up.child.kill('SIGKILL')
    await up.ended
  })
  await up.wrote('alice runs in try')
  return up
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'grapevine-process-'))
  cleanUps.push(async () => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Somebody who asks, and reads no further than the first bytes. */
const hangOn = async (socketPath: string, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, agent: false }, (response) => {
      response.once('error', () => {})
      response.once('readable', () => resolve())
    })
    asked.once('error', reject)
    asked.end()
  })

describe('the process of a peer', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends well within its time on %s, whoever hangs on, and has lost nothing',
    async (signal) => {
      const folder = await makeFolder()
      const up = await upIn(folder)
      const set = await startCommand(folder, ['set', 'shop/banner', 'Sale!'])
      expect(await set.ended, set.text()).toMatchObject({ code: 0 })
      const socket = join(folder, '.grapevine', 'api.sock')
      for (const prefix of ['', 'shop/', 'x']) await hangOn(socket, `/v1/watch?prefix=${prefix}`)
      const begin = performance.now()
      up.child.kill(signal)
      expect(await up.ended, up.text()).toEqual({ code: 0, signal: null })
      expect(performance.now() - begin).toBeLessThan(drainMs)
      expect(up.text()).toContain('all that was written is on the disk')
      const get = await startCommand(folder, ['get', 'shop/banner'])
      expect(await get.ended).toMatchObject({ code: 0 })
      expect(get.text()).toBe('Sale!\n')
    },
  )

  it('takes one Ctrl-C that it is told of twice for one', async () => {
    const folder = await makeFolder()
    const up = await upIn(folder)
    await hangOn(join(folder, '.grapevine', 'api.sock'), '/v1/watch')
    up.child.kill('SIGINT')
    await up.wrote('told to end')
    up.child.kill('SIGINT')
    expect(await up.ended, up.text()).toEqual({ code: 0, signal: null })
  })

  it('reads its settings again on SIGHUP, and runs on', async () => {
    const folder = await makeFolder()
    const up = await upIn(folder)
    await writeFile(
      join(folder, 'grapevine.yaml'),
      'log: { level: debug }\nlisten: [127.0.0.1:0]\n',
    )
    up.child.kill('SIGHUP')
    await up.wrote('these settings count from the next start: listen')
    expect(up.text()).toContain('what is debug or worse')
    const check = await startCommand(folder, ['status', '--check'])
    expect(await check.ended, check.text()).toMatchObject({ code: 0 })
  })

  it('that was killed leaves a socket behind, and the next one takes its place', async () => {
    const folder = await makeFolder()
    const killed = await upIn(folder)
    killed.child.kill('SIGKILL')
    await killed.ended
    const next = await upIn(folder)
    const check = await startCommand(folder, ['status', '--check'])
    expect(await check.ended, check.text()).toMatchObject({ code: 0 })
    next.child.kill('SIGTERM')
    expect(await next.ended).toMatchObject({ code: 0 })
  })
})

const bounded = { timeout: 50_000, killSignal: 'SIGKILL' } as const

describe('the process of a command', () => {
  it('ends when it is told to, though nobody writes into the pipe that it reads', async () => {
    const folder = await makeFolder()
    execFileSync('mkfifo', [join(folder, 'pipe')], bounded)
    await upIn(folder)
    const set = await startCommand(folder, ['set', 'shop/banner', '@pipe'])
    const writer = await open(join(folder, 'pipe'), 'w')
    set.child.kill('SIGTERM')
    expect(await set.ended, set.text()).toEqual({ code: 130, signal: null })
    await writer.close()
  })

  it('can be interrupted in the midst of a rehearsal', async () => {
    const long = ['--peers', '60', '--for', '60m', '--seed', '1', '--no-report']
    const sim = await startCommand(await makeFolder(), ['sim', ...long])
    await sim.wrote('seed 1')
    sim.child.kill('SIGINT')
    expect(await sim.ended).toEqual({ code: null, signal: 'SIGINT' })
  })

  it.each([
    ['"$@" help >/dev/full', 1, 'grapevine: standard output cannot be written: ENOSPC'],
    ['"$@" get a 2>/dev/full', 6, ''],
    ['mkdir gone; cd gone; rmdir ../gone; "$@" ls', 1, 'the folder that this runs in is gone'],
  ])('stands %s', async (script, code, says) => {
    const args = ['-c', script, 'sh', process.execPath, await commandFile()]
    const ran = spawnSync('/bin/sh', args, {
      cwd: await makeFolder(),
      encoding: 'utf8',
      ...bounded,
    })
    expect(ran.stderr).toContain(says)
    expect(ran.stderr).not.toMatch(/^ +at /m)
    expect(ran.status).toBe(code)
  })
})
