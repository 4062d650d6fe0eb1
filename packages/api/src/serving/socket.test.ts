import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { closeLater, temporaryFolder } from '../../test/stage.js'
import { listenOnSocket } from './socket.js'

function server(): Server {
  const one = createServer((socket) => socket.end())
  closeLater(async () => new Promise((resolve) => one.close(resolve)))
  return one
}

/** As a process leaves it that was killed. */
async function leaveStale(path: string): Promise<void> {
  const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(lstatSync(path).isSocket()).toBe(true)
}

describe('the socket', () => {
  it('is for its owner only, whatever the mask of the process says', async () => {
    const path = join(temporaryFolder(), 'api.sock')
    const mask = process.umask(0)
    try {
      await listenOnSocket(server(), path)
      expect(process.umask()).toBe(0)
    } finally {
      process.umask(mask)
    }
    expect(lstatSync(path).mode & 0o777).toBe(0o600)
  })

  it('takes the place of one that a dead process left', async () => {
    const path = join(temporaryFolder(), 'api.sock')
    await leaveStale(path)
    const one = server()
    await listenOnSocket(one, path)
    expect(one.listening).toBe(true)
  })

  it('leaves one alone that is answered', async () => {
    const path = join(temporaryFolder(), 'api.sock')
    await listenOnSocket(server(), path)
    const { ino } = lstatSync(path)
    await expect(listenOnSocket(server(), path)).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: `cannot listen on ${path}: a running process answers there: stop it first, or name another path`,
    })
    expect(lstatSync(path).ino).toBe(ino)
  })

  it('touches nothing that is no socket', async () => {
    const folder = temporaryFolder()
    const at = (name: string): string => join(folder, name)
    writeFileSync(at('file'), 'mine')
    mkdirSync(at('folder'))
    symlinkSync(at('file'), at('link'))
    symlinkSync(at('nothing'), at('dangling'))
    await leaveStale(at('stale'))
    symlinkSync(at('stale'), at('to-stale'))
    for (const name of ['file', 'folder', 'link', 'dangling', 'to-stale']) {
      await expect(listenOnSocket(server(), at(name)), name).rejects.toMatchObject({
        code: 'LISTEN_FAILED',
        message: expect.stringContaining('no socket') as string,
      })
    }
    expect(readFileSync(at('file'), 'utf8')).toBe('mine')
    expect(lstatSync(at('folder')).isDirectory()).toBe(true)
    expect(readlinkSync(at('link'))).toBe(at('file'))
    expect(existsSync(at('nothing'))).toBe(false)
    expect(lstatSync(at('stale')).isSocket()).toBe(true)
  })

  it('has a path of at most 107 bytes, and says so', async () => {
    const folder = temporaryFolder()
    const fitting = join(folder, 'ä'.repeat(50)).slice(0, 200)
    const pathOf = (bytes: number): string =>
      join(folder, 'x'.repeat(bytes - Buffer.byteLength(folder) - 1))
    expect(Buffer.byteLength(fitting)).toBeGreaterThan(107)
    await expect(listenOnSocket(server(), fitting)).rejects.toThrow('and the system takes 107')
    await expect(listenOnSocket(server(), pathOf(108))).rejects.toThrow(
      'its path has 108 bytes, and the system takes 107: name a shorter one with --socket, or as `socket`',
    )
    await listenOnSocket(server(), pathOf(107))
    expect(lstatSync(pathOf(107)).isSocket()).toBe(true)
  })

  it('is not made where others could put one of their own in its place', async () => {
    const folder = join(temporaryFolder(), 'open')
    mkdirSync(folder)
    chmodSync(folder, 0o777)
    const path = join(folder, 'api.sock')
    await expect(listenOnSocket(server(), path)).rejects.toMatchObject({ code: 'DIRECTORY_OPEN' })
    expect(existsSync(path)).toBe(false)
    // Nobody renames or removes there what belongs to somebody else.
    chmodSync(folder, 0o1777)
    await listenOnSocket(server(), path)
  })

  it('says what is missing', async () => {
    const folder = temporaryFolder()
    await expect(listenOnSocket(server(), join(folder, 'no', 'api.sock'))).rejects.toThrow(
      'its directory is missing: make it first, with mode 700',
    )
    await expect(listenOnSocket(server(), '')).rejects.toThrow('name a path in the file system')
    await expect(listenOnSocket(server(), '\0abstract')).rejects.toThrow('name a path')
  })
})
