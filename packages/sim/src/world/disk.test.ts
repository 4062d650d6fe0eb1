import { describe, expect, it } from 'vitest'
import { createDisk } from './disk.js'
import type { Disk } from './disk.js'
import { decodeJournal, encodeTransaction } from './journal.js'
import type { Unsynced } from '../plan.js'
import { createQueue } from './queue.js'
import type { Queue } from './queue.js'
import { randomOf } from '../random.js'

const bytes = (...of: number[]): Uint8Array => Uint8Array.from(of)

/** A disk that takes 10 ms or so to sync, and what it told. */
function diskOf(seed = 1): {
  readonly disk: Disk
  readonly queue: Queue
  readonly told: readonly (Unsynced | undefined)[]
} {
  const queue = createQueue()
  const told: (Unsynced | undefined)[] = []
  const disk = createDisk({
    queue,
    random: randomOf(seed, 'disk'),
    syncMs: 10,
    onSync: (fault) => told.push(fault),
  })
  return { disk, queue, told }
}

const appendMany = (disk: Disk, count: number): void => {
  for (let index = 0; index < count; index++) {
    disk.append(new Map([[`r${index}`, new Uint8Array(200).fill(index + 1)]]))
  }
}

/** How many records came back, in order and whole. */
function prefixOf(disk: Disk): number {
  let count = 0
  while (disk.synced.get(`r${count}`)?.every((byte) => byte === count + 1) === true) count += 1
  expect(disk.synced.size).toBe(count)
  return count
}

describe('disk', () => {
  it('makes durable what was appended, after a while and all at once', () => {
    const { disk, queue, told } = diskOf()
    expect(disk.append(new Map([['a', bytes(1)]]))).toBe(1)
    expect(disk.append(new Map([['b', bytes(2)]]))).toBe(2)
    expect([disk.durable(), disk.synced.size]).toEqual([0, 0])
    while (queue.step(100));
    expect([disk.durable(), told.length]).toEqual([2, 2])
    expect([...disk.synced]).toEqual([
      ['a', bytes(1)],
      ['b', bytes(2)],
    ])
  })

  it('deletes what a transaction deletes', () => {
    const { disk, queue } = diskOf()
    disk.append(new Map([['a', bytes(1)]]))
    disk.append(new Map([['a', null]]))
    while (queue.step(100));
    expect(disk.synced.size).toBe(0)
  })

  it('keeps or loses unsynced writes in a crash, as it is told', () => {
    for (const [fate, kept] of [
      ['kept', 5],
      ['lost', 0],
    ] as const) {
      const { disk } = diskOf()
      appendMany(disk, 5)
      disk.crash(fate)
      expect(prefixOf(disk)).toBe(kept)
    }
  })

  it('gives back only whole transactions, in order, of writes that were torn or reordered', () => {
    for (const fate of ['torn', 'reordered'] as const) {
      const counts = new Set<number>()
      for (let seed = 1; seed <= 60; seed++) {
        const { disk } = diskOf(seed)
        appendMany(disk, 8)
        disk.crash(fate)
        counts.add(prefixOf(disk))
      }
      expect(counts.size, fate).toBeGreaterThan(3)
    }
  })

  it('forgets a sync that a crash interrupted', () => {
    const { disk, queue, told } = diskOf()
    appendMany(disk, 1)
    disk.crash('lost')
    while (queue.step(100));
    expect(told).toEqual([])
  })

  it('fails the operations it is told to fail, and works again after them', () => {
    const { disk, queue, told } = diskOf()
    disk.failAfter(2, 1)
    expect(disk.append(new Map([['a', bytes(1)]]))).toBe(1)
    expect(disk.append(new Map([['b', bytes(2)]]))).toBeUndefined()
    expect(disk.append(new Map([['c', bytes(3)]]))).toBe(2)
    while (queue.step(100));
    expect([...disk.synced.keys()]).toEqual(['a', 'c'])
    expect(told).toEqual(told.map(() => undefined))
  })

  it('says when a sync failed, and makes nothing durable', () => {
    const { disk, queue, told } = diskOf()
    disk.failAfter(2, 1)
    disk.append(new Map([['a', bytes(1)]]))
    queue.step(100)
    while (queue.step(1_000));
    expect([told.length, disk.durable()]).toEqual([1, 0])
    expect(['kept', 'lost']).toContain(told[0])
  })
})

describe('journal', () => {
  const transactions = [
    new Map([
      ['release/a/1', bytes(1, 2, 3)],
      ['empty', bytes()],
    ]),
    new Map([['gone', null]]),
    new Map([['größe', new Uint8Array(1_000).fill(9)]]),
  ]
  const journal = Buffer.concat(transactions.map(encodeTransaction))

  it('reads what it wrote', () => {
    expect(decodeJournal(journal)).toEqual(transactions)
  })

  it('stops at the first transaction that is not whole, wherever it is torn', () => {
    const ends = transactions.map((_, index) =>
      transactions.slice(0, index + 1).reduce((sum, one) => sum + encodeTransaction(one).length, 0),
    )
    for (let size = 0; size <= journal.length; size++) {
      const whole = ends.filter((end) => end <= size).length
      expect(decodeJournal(journal.subarray(0, size))).toEqual(transactions.slice(0, whole))
    }
  })

  it('stops at the first transaction in which a bit is wrong', () => {
    const first = encodeTransaction(transactions[0]!).length
    for (let at = 0; at < first; at++) {
      const bent = Buffer.from(journal)
      bent[at]! ^= 1
      expect(decodeJournal(bent)).toEqual([])
    }
  })
})
