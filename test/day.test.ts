import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeFolder } from './mesh/folder.ts'
import type { Folder } from './mesh/folder.ts'
import type { Ground } from './mesh/ground.ts'
import { canUseNamespaces, namespaces } from './mesh/namespaces.ts'
import { until } from './mesh/until.ts'
import { start } from './day/terminal.ts'
import type { Said, Started } from './day/terminal.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const names = ['alice', 'bob', 'carol', 'dave', 'erin'] as const
type Name = (typeof names)[number]

let folder: Folder
let ground: Ground
const running = new Map<Name, Started>()

const homeOf = (name: Name): string => join(folder.path, name)
const placeOf = (name: Name) => ground.place(names.indexOf(name))

/** What somebody types, sitting at one of the machines. */
const at = async (name: Name, line: readonly string[], typed?: string): Promise<Said> =>
  start(line, { cwd: homeOf(name), typed }).ended

/** The same, where nothing may go wrong. */
async function well(name: Name, ...line: readonly string[]): Promise<string> {
  const { code, out, err } = await at(name, line)
  expect(code, `grapevine ${line.join(' ')}\n${err}`).toBe(0)
  return out
}

const status = async (name: Name): Promise<{ members: number; inSight: number; replica: string }> =>
  JSON.parse(await well(name, 'status', '--json')) as Awaited<ReturnType<typeof status>>

async function goUp(name: Name): Promise<void> {
  const { listen, within } = placeOf(name)
  const line = ['up', '--name', name, ...listen.flatMap((address) => ['--listen', address])]
  const peer = start(line, { cwd: homeOf(name), within })
  running.set(name, peer)
  await peer.says('api.sock')
}

async function goDown(name: Name): Promise<Said> {
  const peer = running.get(name)!
  running.delete(name)
  peer.signal('SIGTERM')
  return peer.ended
}

/** Until so many see each other. */
const inSight = async (seen: readonly Name[], count = seen.length): Promise<number> =>
  until(async () => {
    for (const name of seen) {
      const { inSight: found } = await status(name)
      if (found !== count) return `${name} has ${found} in sight, and not ${count}`
    }
    return undefined
  }, 60_000)

beforeAll(async () => {
  if (!canUseNamespaces) return
  folder = await makeFolder()
  ground = await namespaces(names.length)
  for (const name of names) await mkdir(homeOf(name))
})

afterAll(async () => {
  if (!canUseNamespaces) return
  await Promise.all([...running.keys()].map(goDown))
  await ground[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

describe.runIf(canUseNamespaces)('a day with the command line (needs network namespaces)', () => {
  it('begins with a mesh, and a token for each who comes in', async () => {
    await well('alice', 'init', 'shop', '--yes', '--name', 'alice')
    await goUp('alice')
    for (const name of names.slice(1)) {
      const token = await well('alice', 'invite', '--can', 'shop/**=write', '--name', name)
      const { within } = placeOf(name)
      const joining = start(['join', '-', '--name', name], {
        cwd: homeOf(name),
        typed: token,
        within,
      })
      const { code, err } = await joining.ended
      expect(code, err).toBe(0)
      await goUp(name)
    }
    await inSight(names)
  })

  it('publishes a folder as one release, until everybody has it', async () => {
    const files = join(homeOf('alice'), 'prod')
    await mkdir(files)
    await writeFile(join(files, 'shop.yaml'), 'banner: Hello\ncheckout:\n  max-items: 12\n')
    await writeFile(join(files, 'payments.yaml'), 'pool:\n  max: 50\n')
    const watching = start(['watch', 'shop/', '--json'], { cwd: homeOf('erin') })
    const line = ['publish', 'prod', '-m', 'the first', '--wait', 'all', '--timeout', '60s']
    const { code, out, err } = await at('alice', line)
    expect(code, err).toBe(0)
    expect(`${out}${err}`).toContain('5/5')
    expect(await well('dave', 'get', 'shop/checkout/max-items')).toBe('12\n')
    await watching.says('"Hello"')
    watching.signal('SIGINT')
    expect((await watching.ended).code).toBe(130)
  })

  it('writes on both sides of a cut, loses neither, and lets somebody choose', async () => {
    await ground.cut([0, 1], [2, 3, 4])
    await well('alice', 'set', 'shop/banner', 'Sale!')
    await well('carol', 'set', 'shop/banner', 'Closed')
    await ground.heal()
    const conflicts = async (name: Name) => well(name, 'conflicts')
    await until(async () => {
      const both = await Promise.all([conflicts('bob'), conflicts('erin')])
      const isThere = both.every((out) => out.includes('Sale!') && out.includes('Closed'))
      return isThere ? undefined : `the conflict is not listed: ${both.join('\n')}`
    }, 90_000)
    await inSight(names)
    await well('bob', 'resolve', 'shop/banner', '--take', 'carol', '--wait', 'all')
    expect(await well('alice', 'get', 'shop/banner')).toBe('Closed\n')
    expect(await conflicts('dave')).toBe('')
  })

  it('undoes a release, and says by whose leave a value is there', async () => {
    await well('alice', 'set', 'payments/pool/max', '900', '--wait', 'all')
    const history = await well('bob', 'history', 'payments/pool/max', '--json')
    const newest = history
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { value: number; release: { name: string } })
      .find(({ value }) => value === 900)
    await well('alice', 'rollback', newest!.release.name, '--yes', '--wait', 'all')
    expect(await well('erin', 'get', 'payments/pool/max')).toBe('50\n')
    expect(await well('erin', 'why', 'payments/pool/max')).toContain('root')
  })

  it('refuses what somebody has no right to, and changes nothing', async () => {
    const { code, err } = await at('bob', ['set', 'payments/pool/max', '1'])
    expect(code, err).toBe(4)
    expect(await well('bob', 'get', 'payments/pool/max')).toBe('50\n')
  })

  it('gets a peer back whose disk is gone, under a new name', async () => {
    const before = await status('carol')
    await well('carol', 'backup', join(folder.path, 'carol.backup'))
    await well('alice', 'set', 'shop/since', 'the backup', '--wait', 'all')
    const peer = running.get('carol')!
    running.delete('carol')
    peer.signal('SIGKILL')
    await peer.ended
    await rm(join(homeOf('carol'), '.grapevine'), { recursive: true })
    await well('carol', 'restore', join(folder.path, 'carol.backup'))
    await goUp('carol')
    await inSight(names)
    await until(async () => {
      const { out } = await at('carol', ['get', 'shop/since'])
      return out === 'the backup\n' ? undefined : `carol shows ${out}`
    }, 60_000)
    expect((await status('carol')).replica).not.toBe(before.replica)
  })

  it('throws somebody out, and goes on without him', async () => {
    await well('alice', 'revoke', 'dave', '--yes')
    await inSight(['alice', 'bob', 'carol', 'erin'], 4)
    const alone = ['set', 'shop/banner', 'still here', '--wait', 'all', '--timeout', '2s']
    const { code, err } = await at('dave', alone)
    expect(code, err).toBe(7)
    await well('bob', 'set', 'shop/banner', 'without dave', '--wait', 'all', '--timeout', '60s')
    expect(await well('erin', 'get', 'shop/banner')).toBe('without dave\n')
  })

  it('writes as a peer of its own where none runs, and says who has it', async () => {
    expect((await goDown('bob')).code).toBe(0)
    const { within } = placeOf('bob')
    const { code, err } = await start(['set', 'shop/banner', 'from a laptop'], {
      cwd: homeOf('bob'),
      within,
    }).ended
    expect(code, err).toBe(0)
    await until(async () => {
      const shown = await well('erin', 'get', 'shop/banner')
      return shown === 'from a laptop\n' ? undefined : `erin shows ${shown}`
    }, 30_000)
  })

  it('ends each peer within five seconds of being told to, with nothing left open', async () => {
    for (const name of Array.from(running.keys())) {
      const began = performance.now()
      const { code, err } = await goDown(name)
      expect(code, err).toBe(0)
      expect(performance.now() - began).toBeLessThan(5_000)
    }
    expect(await readFile(join(homeOf('alice'), 'prod', 'shop.yaml'), 'utf8')).toContain('Hello')
  })
})
