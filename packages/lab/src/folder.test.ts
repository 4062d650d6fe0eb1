import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { placeForLab } from '../test/temporary.js'
import { claimFolder, usualFolder } from './folder.js'

const isThere = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

describe('the folder of a lab', () => {
  it('is one for each user, where temporary files are', () => {
    expect(usualFolder('/somewhere')).toMatch(/^\/somewhere\/grapevine-lab-./)
    expect(usualFolder('')).toBe(usualFolder())
  })

  it('is gone when the lab is', async () => {
    const path = await placeForLab()
    const folder = await claimFolder(path)
    await folder.notePid(4711)
    expect(await isThere(path)).toBe(true)
    await folder.remove()
    expect(await readdir(dirname(path))).toEqual([])
  })

  it('is refused to a second lab, which is told where the first one is', async () => {
    const path = await placeForLab()
    const first = await claimFolder(path)
    const server = createServer()
    server.listen(first.socket)
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    await first.noteAddress('http://127.0.0.1:7300/')
    await expect(claimFolder(path)).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: 'a lab of this user runs already: its page is http://127.0.0.1:7300/',
    })
  })

  it('of two that begin at once is given to one', async () => {
    const path = await placeForLab()
    const claims = await Promise.allSettled([claimFolder(path), claimFolder(path)])
    expect(claims.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    expect(await isThere(join(path, 'pids'))).toBe(true)
  })

  it('that was made just now, and is not signed yet, is left to whoever made it', async () => {
    const path = await placeForLab()
    await mkdir(path, { mode: 0o700 })
    await expect(claimFolder(path)).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: 'a lab of this user runs already: it starts just now',
    })
    expect(await isThere(path)).toBe(true)
  })

  it('is made where sockets fit, and nowhere else', async () => {
    const place = dirname(await placeForLab())
    const long = join(place, 'x'.repeat(90), 'lab')
    await expect(claimFolder(long)).rejects.toThrow('too long for sockets in it')
    const missing = join(place, 'missing', 'lab')
    await expect(claimFolder(missing)).rejects.toThrow('missing is no folder')
    expect(await readdir(place)).toEqual([])
  })

  it('is cleared of what a dead lab left, and of its processes, but of nobody else', async () => {
    const path = await placeForLab()
    await mkdir(join(path, 'pids'), { recursive: true, mode: 0o700 })
    const sleeping = ['-e', 'setInterval(() => {}, 1000)']
    const left = spawn(process.execPath, [...sleeping, `${path}/storefront`], { stdio: 'ignore' })
    const other = spawn(process.execPath, [...sleeping, '/elsewhere'], { stdio: 'ignore' })
    onTestFinished(() => void [left, other].map((child) => child.kill('SIGKILL')))
    await Promise.all([once(left, 'spawn'), once(other, 'spawn')])
    left.kill('SIGSTOP')
    for (const { pid } of [left, other]) await writeFile(join(path, 'pids', String(pid)), '')
    await writeFile(join(path, 'lab.json'), JSON.stringify({ pid: 2 ** 22 + 1 }))
    await writeFile(join(path, 'old'), '')
    const ended = once(left, 'exit')

    const folder = await claimFolder(path)
    await ended
    expect(other.exitCode ?? other.signalCode).toBeNull()
    expect(await isThere(join(path, 'old'))).toBe(false)
    await folder.remove()
  })

  it('is taken by no lab where something of somebody else may be', async () => {
    const path = await placeForLab()
    await mkdir(path, { mode: 0o755 })
    await expect(claimFolder(path)).rejects.toMatchObject({ code: 'DIRECTORY_OPEN' })
    const link = `${path}-link`
    await symlink('/nowhere', link)
    await expect(claimFolder(link)).rejects.toMatchObject({ code: 'DIRECTORY_OPEN' })
  })
})
