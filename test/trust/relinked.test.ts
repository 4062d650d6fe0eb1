import { describe, expect, it, vi } from 'vitest'
import { areLinked } from '../mesh/mesh.ts'
import { until } from '../mesh/until.ts'
import { foundRealMesh } from './real-mesh.ts'

vi.setConfig({ testTimeout: 120_000 })

const rounds = 12

describe('members whose lines are cut while they introduce themselves', () => {
  it('are linked again as soon as the lines are back', async () => {
    for (let round = 0; round < rounds; round++) {
      await using mesh = await foundRealMesh(['alice', 'bob', 'carol'], { hasLines: true })
      const { peers } = mesh
      // As soon as there are links some are still being made, crossing each other.
      await until(areLinked(peers), 20_000)
      await mesh.cut(['alice'], ['bob'], ['carol'])
      await until(() => peers.find(({ peer }) => peer.status().links > 0)?.name, 20_000)
      await mesh.heal()
      expect(await until(areLinked(peers), 20_000)).toBeLessThan(20_000)
    }
  })
})
