import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { startCommand } from './process.js'
import type { CommandProcess } from './process.js'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function makeFolder(settings: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'grapevine-own-'))
  cleanUps.push(async () => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'grapevine.yaml'), settings)
  return folder
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

async function up(folder: string, name: string): Promise<CommandProcess> {
  const running = await startCommand(folder, ['up', '--open', 'try', '--name', name])
  cleanUps.push(async () => {
    running.child.kill('SIGKILL')
    await running.ended
  })
  await running.wrote(`${name} runs in try`)
  return running
}

async function down(running: CommandProcess): Promise<void> {
  running.child.kill('SIGTERM')
  await running.ended
}

async function run(folder: string, ...args: readonly string[]) {
  const running = await startCommand(folder, args)
  const { code } = await running.ended
  return { code, text: running.text() }
}

describe('a peer that lives for one command', () => {
  it('ends well in a mesh of its own, and says that nobody else has it', async () => {
    const folder = await makeFolder('')
    await down(await up(folder, 'alice'))
    const { code, text } = await run(folder, 'set', 'shop/banner', 'Sale!')
    expect(text).toContain('only this machine has it: no other member is known here')
    expect(code).toBe(0)
  })

  it('waits until another member has it, and fails with 7 where none comes', async () => {
    const port = await freePort()
    const [atAlice, atBob] = [
      await makeFolder(`listen: [127.0.0.1:${port}]\n`),
      await makeFolder(`peers: [127.0.0.1:${port}]\n`),
    ]
    const alice = await up(atAlice, 'alice')
    await down(await up(atBob, 'bob'))
    const taken = await run(atBob, 'set', 'shop/banner', 'Sale!')
    expect(taken.text).toContain('2/2 have it')
    expect(taken.code).toBe(0)
    expect((await run(atAlice, 'get', 'shop/banner')).text).toBe('Sale!\n')

    await down(alice)
    const alone = await run(atBob, 'set', 'shop/banner', 'Sold', '--timeout', '500ms')
    expect(alone.text).toMatch(/only this machine has \w+·\d+: nobody else took it within 500ms/)
    expect(alone.text).toMatch(/silent {2}alice {3}|on the way {2}alice/)
    expect(alone.code).toBe(7)
  })
})
