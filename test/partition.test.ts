import { describe, expect, it, vi } from 'vitest'
import { divide } from './mesh/divide.ts'
import type { Divided } from './mesh/divide.ts'
import type { Mesh } from './mesh/mesh.ts'
import { canUseNamespaces, namespaces } from './mesh/namespaces.ts'
import { proxies } from './mesh/proxies.ts'
import { report } from './mesh/report.ts'
import { seconds, until } from './mesh/until.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

function expectWhole({ judgement, writtenApart }: Divided): void {
  const { lost, phantom, risen } = judgement
  expect({ lost, phantom, risen }).toEqual({ lost: [], phantom: [], risen: [] })
  expect(Math.min(...writtenApart)).toBeGreaterThan(0)
}

const told = (scenario: string, { lastedMs, healMs, judgement, conflicts }: Divided): void =>
  report(scenario, {
    lasted: seconds(lastedMs),
    healed: seconds(healMs),
    acknowledged: judgement.acknowledged,
    lost: judgement.lost.length,
    'written at the same time, listed': judgement.listed,
    conflicts,
  })

/** Everybody has noticed who is out of reach. */
const isNoticed =
  (linksLeft: number) =>
  async ({ peers }: Mesh): Promise<void> => {
    await until(async () => {
      for (const { name, ask } of peers) {
        const { links } = await ask.status()
        if (links > linksLeft) return `${name} still has ${links} links`
      }
      return undefined
    }, 40_000)
  }

/** After so many attempts in vain, of either side, libp2p itself lets go of a peer for good. */
const retriesOfLibp2p = 5

describe('a mesh that was cut', () => {
  it('heals after more dials in vain than libp2p makes of its own', async () => {
    await using ground = await proxies(4)
    const divided = await divide({
      ground,
      groups: [
        [0, 1],
        [2, 3],
      ],
      seed: 1,
      async lasts() {
        await until(() => {
          const [fewest] = ground.dialsInVain().toSorted((a, b) => a - b)
          return fewest! > 2 * retriesOfLibp2p ? undefined : `some pair dialed only ${fewest} times`
        }, 50_000)
      },
    })
    expectWhole(divided)
    expect(divided.judgement.listed).toBeGreaterThan(0)
    expect(divided.healMs).toBeLessThan(15_000)
    told('a cut that is told, 2 : 2', divided)
  })

  it('heals after a silence in which connections stayed open', async () => {
    await using ground = canUseNamespaces ? await namespaces(4) : await proxies(4, 'silent')
    const groups = [[0], [1, 2, 3]]
    const divided = await divide({ ground, groups, seed: 2, lasts: isNoticed(2) })
    expectWhole(divided)
    // How long a half-open connection is believed in.
    expect(divided.lastedMs).toBeLessThan(30_000)
    expect(divided.healMs).toBeLessThan(15_000)
    told(`a silent cut, 1 : 3, by ${canUseNamespaces ? 'namespaces' : 'proxies'}`, divided)
  })

  it('heals by sessions alone from many pieces', async () => {
    await using ground = await proxies(4)
    const groups = [[0], [1], [2], [3]]
    const divided = await divide({ ground, groups, seed: 3, gossip: false, lasts: isNoticed(0) })
    expectWhole(divided)
    expect(divided.judgement.listed).toBeGreaterThan(0)
    told('a cut into pieces, without gossip', divided)
  })
})
