import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Driver } from './mesh/driver.ts'
import { makeFolder } from './mesh/folder.ts'
import { openHere } from './mesh/here.ts'
import { loopback } from './mesh/loopback.ts'
import { areEqual, areLinked, hold, startMesh } from './mesh/mesh.ts'
import type { Mesh } from './mesh/mesh.ts'
import { proxies } from './mesh/proxies.ts'
import type { Proxies } from './mesh/proxies.ts'
import { report } from './mesh/report.ts'
import { startStorm } from './mesh/storm.ts'
import { all, seconds, until } from './mesh/until.ts'
import type { Pending } from './mesh/until.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

/** To link them all costs their number squared, whichever way they spread: one crowd is as large as it gets. */
const ways = [
  { way: 'by gossip', gossip: true, crowd: 50 },
  { way: 'by sessions alone', gossip: false, crowd: 16 },
]

/** Every peer writes so many releases, one after the other, all peers at the same time. */
async function writeEach(peers: readonly Driver[], count: number, round: string) {
  const numbers = Array.from({ length: count }, (_, number) => number)
  const releases = await Promise.all(
    peers.map(async ({ name, ask }) => {
      const written: string[] = []
      for (const number of numbers) {
        written.push(await ask.set(`${round}/${name}/${number}`, `${name} wrote ${number}`))
      }
      return written
    }),
  )
  return releases.flat()
}

/** Whether everybody can prove that everybody holds the last of the releases. */
const areReceipted =
  (peers: readonly Driver[], releases: readonly string[]): Pending =>
  async () => {
    const last = releases.at(-1) ?? ''
    for (const { name, ask } of peers) {
      const reached = (await ask.receipts(last)).filter((receipt) => receipt === 'reached')
      if (reached.length < peers.length)
        return `${name} knows of ${reached.length} who have ${last}`
    }
    return undefined
  }

describe.each(ways)('in one process, $way, every release', ({ way, gossip, crowd }) => {
  it.each([
    { count: 2, each: 50 },
    { count: 5, each: 20 },
    { count: crowd, each: 2 },
  ])('of $count peers reaches all of them', async ({ count, each }) => {
    await using folder = await makeFolder()
    // Only one of them is known to the others: the rest they hear of from each other.
    const places = await loopback(count, 'first')
    const peers = await Promise.all(
      places.map((place, index) => {
        const name = `peer${index}`
        const dataDir = `${folder.path}/${name}`
        return openHere({ ...place, name, dataDir, mesh: 'test', gossip })
      }),
    )
    try {
      const linkedMs = await until(areLinked(peers, Math.min(count - 1, 6)), 180_000)
      const releases = await writeEach(peers, each, 'calm')
      const heldMs = await until(all(hold(peers, releases), areEqual(peers)), 90_000)
      expect(await hold(peers, releases)()).toBeUndefined()
      report(`${count} peers in one process, ${way}`, {
        linked: seconds(linkedMs),
        releases: releases.length,
        'held by all after': seconds(heldMs),
      })
    } finally {
      await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()))
    }
  })
})

describe.each(ways)('of ten processes, $way, every release', ({ way, gossip }) => {
  let ground: Proxies
  let mesh: Mesh

  beforeAll(async () => {
    ground = await proxies(10)
    mesh = await startMesh({ count: 10, ground, opening: { gossip } })
  })

  afterAll(async () => {
    await mesh[Symbol.asyncDispose]()
    await ground[Symbol.asyncDispose]()
  })

  it('reaches all', async () => {
    const { peers } = mesh
    const linkedMs = await until(areLinked(peers), 90_000)
    const releases = await writeEach(peers, 20, 'calm')
    const heldMs = await until(all(hold(peers, releases), areEqual(peers)), 90_000)
    expect(await hold(peers, releases)()).toBeUndefined()
    const receiptMs = await until(areReceipted(peers, releases), 30_000)
    report(`10 processes, ${way}`, {
      linked: seconds(linkedMs),
      releases: releases.length,
      'held by all after': seconds(heldMs),
      'and all know it after': seconds(receiptMs),
    })
  })

  it('reaches all while 30 % of the connections are cut, every second', async () => {
    const { peers } = mesh
    const storm = startStorm(ground.proxies, 0.3, 1)
    try {
      const releases: string[] = []
      for (const round of ['one', 'two', 'three', 'four', 'five']) {
        await storm.gust()
        releases.push(...(await writeEach(peers, 4, `storm/${round}`)))
      }
      const heldMs = await until(all(hold(peers, releases), areEqual(peers)), 90_000)
      expect(await hold(peers, releases)()).toBeUndefined()
      expect(storm.cuts()).toBeGreaterThan(0)
      report(`10 processes in a storm, ${way}`, {
        cuts: storm.cuts(),
        share: `${Math.round(storm.share() * 100)} %`,
        releases: releases.length,
        'held by all after': seconds(heldMs),
      })
    } finally {
      storm.end()
    }
  })
})
