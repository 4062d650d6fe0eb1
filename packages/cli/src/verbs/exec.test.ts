import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const values = {
  'payments/db/pool-max': 50,
  'payments/limits': { daily: 500 },
  'payments/off': null,
  'shop/banner': "it's $HOME",
}

const env = { PATH: process.env['PATH'], AROUND: 'yes' }
const node = process.execPath
const show = `for (const name of Object.keys(process.env).sort()) console.log(name + '=' + process.env[name])`

/** Says which values it has, ends with 9 after SIGTERM, and lives until then. */
const server = `
  process.on('SIGTERM', () => { console.log('term'); process.exit(9) })
  process.on('SIGHUP', () => console.log('hup'))
  setInterval(() => {}, 1000)
  console.log('pool ' + process.env.DB_POOL_MAX)`

describe('exec', () => {
  it('runs a program with keys in its environment, and ends as it ends', async () => {
    await using stage = await openStage(['alice'], { values })
    const command = [
      'exec',
      '--prefix',
      'payments',
      '--pristine',
      node,
      '-e',
      `${show}; process.exit(42)`,
    ]
    const { code, out } = await stage.run(command, { env })
    expect(out).toBe('DB_POOL_MAX=50\nLIMITS={"daily":500}\n')
    expect(code).toBe(42)
    const around = await stage.run(['exec', '--', node, '-e', show], { env })
    expect(around.out).toContain('AROUND=yes\n')
    expect(around.out).toContain(`SHOP_BANNER=it's $HOME\n`)
    expect(around.out).not.toContain('PAYMENTS_OFF')
  })

  it('says what ended it: 128 and its signal, 127 where there is no such program', async () => {
    await using stage = await openStage(['alice'], { values })
    const killed = await stage.run(['exec', node, '-e', `process.kill(process.pid, 'SIGKILL')`], {
      env,
    })
    expect(killed.code).toBe(137)
    const missing = await stage.run(['exec', 'no-such-program'], { env })
    expect(missing.code).toBe(127)
    expect(missing.err).toContain('no-such-program cannot be started')
  })

  it('finds the program where the user would, also in an environment without anything', async () => {
    await using stage = await openStage(['alice'], { values })
    await writeFile(join(stage.folder, 'ours'), '#!/bin/sh\necho "$0 $SHOP_BANNER"', {
      mode: 0o755,
    })
    const { out } = await stage.run(['exec', '--pristine', 'ours'], { env: { PATH: stage.folder } })
    expect(out).toBe(`${join(stage.folder, 'ours')} it's $HOME\n`)
  })

  it('hands over what is piped in', async () => {
    await using stage = await openStage(['alice'], { values })
    const { out } = await stage.run(['exec', 'cat'], { env, stdin: 'piped' })
    expect(out).toBe('piped')
  })

  it('opens secrets only where that is asked for, and says so', async () => {
    await using stage = await openStage()
    await stage.peer.setSecret('payments/password', 'hush', { to: 'members' })
    const without = await stage.run(['exec', '--pristine', node, '-e', show], { env })
    expect(without.out).toBe('')
    expect(without.err).toContain('1 secret left out: --secrets opens them')
    const opened = await stage.run(['exec', '--pristine', '--secrets', node, '-e', show], { env })
    expect(opened.out).toBe('PAYMENTS_PASSWORD=hush\n')
    expect(opened.err).toContain('its owner and root can read them there')
  })

  it('refuses two keys with one name', async () => {
    await using stage = await openStage(['alice'], { values: { 'a/b': 1, 'a.b': 2 } })
    const { code, out, err } = await stage.run(['exec', 'echo', 'never'], { env })
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('a.b and a/b would both be called A_B')
  })

  it('refuses names by which a program is made to run other code', async () => {
    for (const key of ['app/ld-preload', 'app/node-options', 'app/path', 'app/git-ssh-command']) {
      await using stage = await openStage(['alice'], { values: { [key]: '/evil' } })
      const { code, err } = await stage.run(['exec', '--prefix', 'app', node, '-e', show], { env })
      expect(code).toBe(2)
      expect(err).toContain(`${key} would be`)
    }
  })

  it('starts the program again after a change', async () => {
    await using stage = await openStage(['alice'], { values })
    const running = stage.start(
      ['exec', '--prefix', 'payments', '--quiet-period', '20ms', node, '-e', server],
      { env },
    )
    await running.wrote('pool 50')
    await stage.peer.set('payments/db/pool-max', 60)
    await running.wrote('pool 60')
    expect(running.out()).toBe('pool 50\nterm\npool 60\n')
    running.interrupt()
    expect((await running.ended).code).toBe(130)
  })

  it('tells the program of a change by a signal, or not at all', async () => {
    await using stage = await openStage(['alice'], { values })
    const told = stage.start(
      [
        'exec',
        '--prefix',
        'payments',
        '--quiet-period',
        '20ms',
        '--on-change',
        'signal:HUP',
        node,
        '-e',
        server,
      ],
      { env },
    )
    const untold = stage.start(
      ['exec', '--prefix', 'payments', '--on-change', 'ignore', node, '-e', server],
      { env },
    )
    await Promise.all([told.wrote('pool 50'), untold.wrote('pool 50')])
    await stage.peer.set('payments/db/pool-max', 60)
    await told.wrote('hup')
    for (const running of [told, untold]) running.interrupt()
    expect((await told.ended).out).toBe('pool 50\nhup\n')
    expect((await untold.ended).out).toBe('pool 50\n')
    expect((await stage.run('exec --on-change signal:SIGNOT true')).code).toBe(2)
  })

  it('kills what does not end, with all that it started', async () => {
    await using stage = await openStage(['alice'], { values })
    const stubborn = `
      const { spawn } = require('node:child_process')
      const child = spawn(process.execPath, ['-e', "process.on('SIGINT', () => {}); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('deaf')"], { stdio: 'inherit' })
      require('node:fs').writeFileSync('pid', String(child.pid))
      process.on('SIGINT', () => {})
      setInterval(() => {}, 1000)`
    await writeFile(join(stage.folder, 'stubborn.cjs'), stubborn)
    const running = stage.start(['exec', '--grace', '300ms', node, 'stubborn.cjs'], { env })
    await running.wrote('deaf')
    running.interrupt()
    expect((await running.ended).code).toBe(137)
    const pid = Number(await readFile(join(stage.folder, 'pid'), 'utf8'))
    await gone(pid)
  })

  it.each([
    ['ends when it is told to', `process.on('SIGINT', () => process.exit(4))`, true, 4],
    ['ends by itself', `setTimeout(() => process.exit(3), 100)`, false, 3],
  ])('leaves nothing of a program behind that %s', async (_, way, isTold, exitCode) => {
    await using stage = await openStage(['alice'], { values })
    const deaf = `process.on('SIGINT', () => {}); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('deaf')`
    const program = `
      const { spawn } = require('node:child_process')
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}])
      child.stdout.once('data', () => { ${way}; console.log('child ' + child.pid + ' started') })
      setInterval(() => {}, 1000)`
    await writeFile(join(stage.folder, 'parent.cjs'), program)
    const running = stage.start(['exec', node, 'parent.cjs'], { env })
    await running.wrote(' started')
    if (isTold) running.interrupt()
    const { code, out } = await running.ended
    expect(code).toBe(exitCode)
    await gone(Number(/child (\d+)/.exec(out)?.[1]))
  })

  it('ends also where it is interrupted while the program is being started', async () => {
    await using stage = await openStage()
    await stage.peer.setSecret('s', 'hush', { to: 'members' })
    // Looking through so many folders takes a while.
    const folders = Array.from({ length: 2_000 }, (_, at) => `/nowhere/${at}`)
    const path = [...folders, process.env['PATH']].join(':')
    const running = stage.start('exec -- sleep 1000', { env: { PATH: path } })
    await running.wrote('1 secret left out')
    running.interrupt()
    expect((await running.ended).code).toBeGreaterThan(128)
  })
})

/** Whatever is deaf is given ten seconds before it is killed. */
const gone = async (pid: number): Promise<void> =>
  expect.poll(() => isThere(pid), { timeout: 30_000 }).toBe(false)

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
