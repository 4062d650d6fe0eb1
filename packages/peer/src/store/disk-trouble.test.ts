import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { inspect, live } from '../../test/store/lives.js'
import { refused } from '../../test/store/refused.js'
import { temporaryFolder } from '../../test/store/temporary.js'
import { levelStore } from './level-store.js'
import { verifyStore } from './verify.js'

const folder = temporaryFolder()

/** While a child is waited for in one step, no time limit of a test can end it. */
const bounded = { timeout: 50_000, killSignal: 'SIGKILL' } as const

/** Whether this machine lets us do that at all. */
function can(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', ...bounded }).status === 0
}

const isRoot = process.getuid?.() === 0
const canMount = isRoot && canMountHere()
const canTrace = can('strace', '-f', '-o', '/dev/null', '-e', 'inject=fdatasync:error=EIO', 'true')

function canMountHere(): boolean {
  const probe = folder('probe')
  mkdirSync(probe)
  if (!can('mount', '-t', 'tmpfs', 'tmpfs', probe)) return false
  execFileSync('umount', [probe], bounded)
  return true
}

/** A small disk of its own, for as long as the test runs. */
async function onDisk(options: string, test: (mount: string) => Promise<void>): Promise<void> {
  const mount = folder('mount')
  mkdirSync(mount)
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', mount], bounded)
  try {
    await test(mount)
  } finally {
    // Also where a failed test has left something open there.
    execFileSync('umount', ['--lazy', mount], bounded)
  }
}

const filled = (name: string): ReadonlyMap<string, Uint8Array> =>
  new Map([[name, Buffer.from(Array.from({ length: 20_000 }, () => Math.random() * 256))]])

describe.runIf(canMount)('a disk that is full (needs a mount: root)', () => {
  it('refuses writes, goes on showing, and loses nothing that was acknowledged', () =>
    onDisk('size=1m', async (mount) => {
      const path = join(mount, 'data')
      const store = await levelStore(path)
      await store.load()
      let acknowledged = 0
      const fill = async (): Promise<never> => {
        for (;;) {
          await store.append(filled(`n/${acknowledged}`))
          acknowledged += 1
        }
      }
      const first: unknown = await fill().catch((error: unknown) => error)
      expect(first).toMatchObject(refused('STORE_FULL'))
      expect(acknowledged).toBeGreaterThan(10)
      // Room alone does not help the store that failed: nobody knows what its last write left.
      execFileSync('mount', ['-o', 'remount,size=16m', mount], bounded)
      await expect(store.append(filled('more'))).rejects.toBe(first)
      expect((await store.load()).size).toBe(acknowledged)
      await store.close()
      const again = await levelStore(path)
      const { size } = await again.load()
      expect([acknowledged, acknowledged + 1]).toContain(size)
      expect(again.doubt).toBeUndefined()
      await again.append(filled('more'))
      await again.close()
    }))

  it.each([80, 150, 250, 350, 450, 600, 750, 900, 1_100, 1_300])(
    'at %i KiB loses nothing, at whatever point of whatever life that is',
    (size) =>
      onDisk(`size=${size}k`, async (mount) => {
        const path = join(mount, 'data')
        let acknowledged = 0
        const fill = async (): Promise<never> => {
          for (;;) {
            const store = await levelStore(path)
            try {
              for (let n = 0; n < 25; n++) {
                await store.append(filled(`n/${acknowledged}`))
                acknowledged += 1
              }
            } finally {
              await store.close()
            }
          }
        }
        await expect(fill()).rejects.toMatchObject(refused('STORE_FULL'))
        execFileSync('mount', ['-o', 'remount,size=16m', mount], bounded)
        const store = await levelStore(path)
        expect([acknowledged, acknowledged + 1]).toContain((await store.load()).size)
        expect(store.doubt).toBeUndefined()
        await store.close()
      }),
  )

  it('cannot be opened while there is no room to, and is whole once there is', () =>
    onDisk('size=1m', async (mount) => {
      const path = join(mount, 'data')
      const store = await levelStore(path)
      await store.load()
      for (let n = 0; n < 15; n++) await store.append(filled(`n/${n}`))
      await store.close()
      const ballast = join(mount, 'ballast')
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k'], bounded)
      // To open is to write: into a new table, and a new log.
      await expect(levelStore(path)).rejects.toMatchObject(refused('STORE_FULL'))
      await expect(levelStore(join(mount, 'other'))).rejects.toMatchObject(refused('STORE_FULL'))
      expect(existsSync(join(mount, 'other', 'store'))).toBe(false)
      rmSync(ballast)
      const again = await levelStore(path)
      expect((await again.load()).size).toBe(15)
      await again.close()
    }))
})

describe.runIf(canMount)('a disk that is mounted read-only (needs a mount: root)', () => {
  it('cannot be opened, but can be verified', () =>
    onDisk('size=16m', async (mount) => {
      const path = join(mount, 'data')
      const store = await levelStore(path)
      await store.append(filled('one'))
      await store.close()
      execFileSync('mount', ['-o', 'remount,ro', mount], bounded)
      await expect(levelStore(path)).rejects.toMatchObject(refused('STORE_READ_ONLY'))
      await expect(levelStore(join(mount, 'new'))).rejects.toMatchObject(refused('STORE_READ_ONLY'))
      expect(await verifyStore(path)).toMatchObject({ records: 1, faults: [], doubt: undefined })
    }))
})

describe.runIf(isRoot && process.seteuid !== undefined)(
  'a data directory of somebody else (needs two users: root)',
  () => {
    it('is refused, with who asked', async () => {
      const path = folder()
      const store = await levelStore(path)
      await store.append(filled('one'))
      await store.close()
      process.seteuid?.(65_534)
      try {
        await expect(levelStore(path)).rejects.toMatchObject(
          refused('STORE_FORBIDDEN', 'user 65534'),
        )
        await expect(levelStore(`${path}-new`)).rejects.toMatchObject(refused('STORE_FORBIDDEN'))
      } finally {
        process.seteuid?.(0)
      }
      const again = await levelStore(path)
      expect((await again.load()).size).toBe(1)
      await again.close()
    })
  },
)

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const tsconfig = `${root}packages/peer/tsconfig.test.json`
const script = fileURLToPath(new URL('../../test/store/trouble.ts', import.meta.url))

/** What a process tells whose n-th call, and no other, of this system call fails. */
function withFailing(call: string, error: string, when: number, path: string): readonly string[] {
  const inject = `inject=${call}:error=${error}:when=${when}`
  const traced = ['-f', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject]
  const { stdout } = spawnSync(
    'strace',
    [...traced, process.execPath, '--import', 'tsx', script, path],
    {
      cwd: root,
      // strace counts the calls of each thread by itself: one thread, one count.
      env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig, UV_THREADPOOL_SIZE: '1' },
      encoding: 'utf8',
      ...bounded,
    },
  )
  return stdout.trim().split('\n')
}

describe.runIf(canTrace)('a sync that fails once (needs strace)', () => {
  // The first of them fail while it opens, the later ones while it appends.
  it.each([1, 2, 4, 6, 9, 14])('as number %i, ends all acknowledging', async (when) => {
    const path = folder()
    const told = withFailing('fdatasync', 'EIO', when, path)
    const failedAt = told.indexOf('STORE_IO')
    expect(failedAt, told.join()).toBeGreaterThanOrEqual(0)
    expect(new Set(told.slice(failedAt))).toEqual(new Set(['STORE_IO']))
    const acknowledged = told.filter((line) => line.startsWith('acknowledged')).length
    const again = await levelStore(path)
    expect((await again.load()).size).toBeGreaterThanOrEqual(acknowledged)
    expect(again.doubt).toBeUndefined()
    await again.append(filled('more'))
    await again.close()
  })
})

describe('a process that holds the store', () => {
  it('goes on undisturbed when somebody removes its lock', async () => {
    const path = folder()
    const [head = 0] = await live([path], {
      acknowledged: 50,
      beforeKill: async () => {
        rmSync(join(path, 'lock'), { recursive: true })
        await expect(levelStore(path)).rejects.toMatchObject(refused('STORE_LOCKED'))
      },
    })
    expect(await inspect(path, head)).toBeGreaterThanOrEqual(50)
  })

  it('is named to the next one, and forgotten once it is gone', async () => {
    const path = folder()
    let refusal: unknown
    await live([path], {
      acknowledged: 2,
      beforeKill: async (pid) => {
        refusal = await levelStore(path).catch((error: unknown) => error)
        expect(refusal).toMatchObject(refused('STORE_LOCKED', `process ${pid}`))
      },
    })
    expect(refusal).toBeDefined()
    const store = await levelStore(path)
    expect((await store.load()).size).toBeGreaterThan(1)
    await store.close()
  })
})
