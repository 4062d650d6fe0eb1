/**
 * What every store must do, as a suite for whoever brings one of their own:
 *
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * import { testStore } from '@grapevine/peer/conformance'
 *
 * testStore('my store', makeMyStore, { describe, expect, it })
 * ```
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Records } from '@grapevine/core'
import { readBackup } from './store/backup.js'
import type { Store, Transaction } from './store/store.js'

/** One disk, and how to open a store on it, again and again. */
export interface StoreUnderTest {
  open(): Promise<Store>
  /** Makes the disk fail from now on. */
  readonly fail?: (() => void) | undefined
  /** Makes it work again. */
  readonly mend?: (() => void) | undefined
  /** Called at the end of each test. */
  remove(): Promise<void>
}

/** What this suite uses of a test runner; Vitest and Jest have it. */
export interface TestKit {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, body: () => Promise<void>) => unknown
  readonly expect: (value: unknown) => {
    toEqual(expected: unknown): void
    toBe(expected: unknown): void
    readonly rejects: { toMatchObject(expected: object): Promise<void> }
  }
}

interface Case {
  readonly rule: string
  /** Calls `fail` and `mend`. */
  readonly fails?: true
  readonly test: (disk: StoreUnderTest, expect: TestKit['expect']) => Promise<void>
}

/** `cannotFail` says why the disk cannot be made to fail; what that would show is left out, by name. */
export function testStore(
  name: string,
  make: () => Promise<StoreUnderTest>,
  { describe, it, expect }: TestKit,
  { cannotFail }: { readonly cannotFail?: string } = {},
): void {
  describe(`${name}, as a store,`, () => {
    for (const { rule, fails, test } of [...reading, ...writing, ...ending]) {
      if (fails === true && cannotFail !== undefined) {
        it(`${rule} (left out: ${cannotFail})`, async () => undefined)
        continue
      }
      it(rule, async () => {
        const disk = await make()
        try {
          await test(disk, expect)
        } finally {
          await disk.remove()
        }
      })
    }
  })
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words)
const filled = (bytes: number, value = 7): Uint8Array => new Uint8Array(bytes).fill(value)
const put = (name: string, value: string): Transaction => new Map([[name, text(value)]])
const wordsOf = (records: Records, name: string): string | undefined =>
  records.has(name) ? new TextDecoder().decode(records.get(name)) : undefined

/** Opens, does something, closes; answers what the next opening reads. */
async function after(
  disk: StoreUnderTest,
  use: (store: Store) => Promise<unknown>,
): Promise<Records> {
  const store = await disk.open()
  await store.load()
  await use(store)
  await store.close()
  const again = await disk.open()
  const records = await again.load()
  await again.close()
  return records
}

const reading: readonly Case[] = [
  {
    rule: 'is empty at first, and in no doubt',
    test: async (disk, expect) => {
      const store = await disk.open()
      expect((await store.load()).size).toBe(0)
      expect(store.doubt).toBe(undefined)
      await store.close()
    },
  },
  {
    rule: 'shows what was appended, now and the next time',
    test: async (disk, expect) => {
      const stored = new Map([
        ['a', text('one')],
        ['b', text('two')],
      ])
      const records = await after(disk, async (store) => {
        await store.append(stored)
        expect(await store.load()).toEqual(stored)
      })
      expect(records).toEqual(stored)
    },
  },
  {
    rule: 'takes any text as a name, and any bytes as a value',
    test: async (disk, expect) => {
      const names = [
        'a',
        'a/',
        'a/b',
        'ab',
        'tally',
        '=',
        '\u0000',
        'größe/€/😀',
        'n'.repeat(4_096),
      ]
      const values = [text(''), filled(1, 0), Uint8Array.from({ length: 256 }, (_, byte) => byte)]
      const stored = new Map(names.map((name, index) => [name, values[index % 3] ?? text('')]))
      expect(await after(disk, (store) => store.append(stored))).toEqual(stored)
    },
  },
  {
    rule: 'keeps large records, and small ones in their place',
    test: async (disk, expect) => {
      const large = filled(4 * 1024 * 1024)
      const records = await after(disk, async (store) => {
        await store.append(new Map([['kept', large]]))
        await store.append(new Map([['gone', large]]))
        await store.append(put('gone', 'small'))
      })
      expect(records.get('kept')?.length).toBe(large.length)
      expect(wordsOf(records, 'gone')).toBe('small')
    },
  },
  {
    rule: 'keeps many records of one transaction',
    test: async (disk, expect) => {
      const many = new Map(Array.from({ length: 10_000 }, (_, n) => [`many/${n}`, filled(100, n)]))
      const records = await after(disk, (store) => store.append(many))
      expect(records.size).toBe(many.size)
      expect(records.get('many/9999')).toEqual(filled(100, 9_999))
    },
  },
  {
    rule: 'stays out of doubt once that was settled',
    test: async (disk, expect) => {
      await after(disk, async (store) => {
        await store.append(put('a', 'one'))
        await store.settleDoubt()
        expect(store.doubt).toBe(undefined)
      })
      const store = await disk.open()
      expect(store.doubt).toBe(undefined)
      await store.close()
    },
  },
]

const writing: readonly Case[] = [
  {
    rule: 'deletes what a transaction deletes, also what is not there',
    test: async (disk, expect) => {
      const records = await after(disk, async (store) => {
        await store.append(put('a', 'one'))
        await store.append(put('b', 'two'))
        await store.append(new Map([['a', null], ['never', null]])) // prettier-ignore
      })
      expect([...records.keys()]).toEqual(['b'])
    },
  },
  {
    rule: 'lets the later transaction win, however many wait together',
    test: async (disk, expect) => {
      const records = await after(disk, (store) =>
        Promise.all(
          Array.from({ length: 500 }, (_, n) =>
            store.append(n % 7 === 0 ? new Map([['a', null]]) : put('a', `${n}`)),
          ),
        ),
      )
      expect(wordsOf(records, 'a')).toBe('499')
    },
  },
  {
    rule: 'answers in the order in which it was asked',
    test: async (disk, expect) => {
      const answered: number[] = []
      const asked = Array.from({ length: 300 }, (_, n) => n)
      await after(disk, (store) =>
        Promise.all(
          asked.map(async (n) => {
            await store.append(n % 5 === 0 ? new Map() : put(`n/${n}`, 'x'))
            answered.push(n)
          }),
        ),
      )
      expect(answered).toEqual(asked)
    },
  },
  {
    rule: 'takes an empty transaction, and answers after those before it',
    test: async (disk, expect) => {
      const records = await after(disk, async (store) => {
        let isStored = false
        void store.append(put('a', 'one')).then(() => (isStored = true))
        await store.append(new Map())
        expect(isStored).toBe(true)
      })
      expect(records.size).toBe(1)
    },
  },
  {
    rule: 'backs up a prefix of what is appended meanwhile, each transaction whole',
    test: async (disk, expect) => {
      const folder = await mkdtemp(join(tmpdir(), 'grapevine-backup-'))
      const store = await disk.open()
      const step = (n: number): Transaction =>
        new Map([
          [`n/${n}`, filled(2_000, n)],
          ['last', text(`${n}`)],
        ])
      const appending: Promise<void>[] = []
      for (let n = 0; n < 200; n++) appending.push(store.append(step(n)))
      await appending[50]
      const backingUp = store.backup(join(folder, 'backup'))
      for (let n = 200; n < 400; n++) appending.push(store.append(step(n)))
      await Promise.all([...appending, backingUp])
      const { records } = await readBackup(join(folder, 'backup'))
      const last = Number(wordsOf(records, 'last'))
      expect(last >= 50).toBe(true)
      expect(records.size).toBe(last + 2)
      for (let n = 0; n <= last; n++) expect(records.has(`n/${n}`)).toBe(true)
      await store.close()
      await rm(folder, { recursive: true })
    },
  },
]

const ending: readonly Case[] = [
  {
    rule: 'closes when all that was appended is durable, and only once',
    test: async (disk, expect) => {
      const records = await after(disk, async (store) => {
        for (let n = 0; n < 100; n++) void store.append(put(`n/${n}`, 'x'))
        await Promise.all([store.close(), store.close()])
      })
      expect(records.size).toBe(100)
    },
  },
  {
    rule: 'does nothing any more once it is closed',
    test: async (disk, expect) => {
      const records = await after(disk, async (store) => {
        const closing = store.close()
        const refused = { name: 'MeshError', code: 'PEER_CLOSED' }
        await expect(store.append(put('a', 'one'))).rejects.toMatchObject(refused)
        await closing
        await expect(store.append(put('a', 'one'))).rejects.toMatchObject(refused)
        await expect(store.load()).rejects.toMatchObject(refused)
      })
      expect(records.size).toBe(0)
    },
  },
  {
    rule: 'refuses everything after a failure, with the same error, and still shows what it has',
    fails: true,
    test: async (disk, expect) => {
      const store = await disk.open()
      await store.append(put('a', 'one'))
      disk.fail?.()
      const first: unknown = await store.append(put('b', 'two')).catch((error: unknown) => error)
      expect(first instanceof Error).toBe(true)
      disk.mend?.()
      for (const name of ['b', 'c']) {
        expect(await store.append(put(name, 'x')).catch((error: unknown) => error)).toBe(first)
      }
      expect(wordsOf(await store.load(), 'a')).toBe('one')
      await store.close()
    },
  },
  {
    rule: 'fails whatever waits behind a failure, and has what came before it',
    fails: true,
    test: async (disk, expect) => {
      const store = await disk.open()
      await store.append(put('a', 'one'))
      disk.fail?.()
      const waiting = Array.from({ length: 20 }, (_, n) => store.append(put(`n/${n}`, 'x')))
      const outcomes = await Promise.allSettled(waiting)
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([])
      await store.close()
      disk.mend?.()
      const again = await disk.open()
      expect(wordsOf(await again.load(), 'a')).toBe('one')
      await again.append(put('b', 'two'))
      await again.close()
    },
  },
]
