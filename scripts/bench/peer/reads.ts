import { openPeer } from '@grapevine/peer'
import { inRounds, median, nanoseconds } from '../../measure.ts'
import type { Figure } from '../../measure.ts'
import { meshName } from './mesh.ts'
import { temporary } from './temporary.ts'

const keys = 10_000
const perRelease = 2_500
const passes = 100

const keyOf = (index: number): string => `shop/${index % 97}/item-${index}`

/** From memory, in no order of either side, by texts that neither side has seen before. */
export async function* reads(): AsyncGenerator<Figure> {
  using folder = temporary()
  await using peer = await openPeer({ dataDir: folder.at('peer'), mesh: meshName })
  const map = new Map<string, number>()
  for (let from = 0; from < keys; from += perRelease) {
    const indices = Array.from({ length: perRelease }, (_, index) => from + index)
    const set = new Map(indices.map((index) => [keyOf(index), 1] as const))
    for (const [key, value] of set) map.set(key, value)
    await peer.publish({ set })
  }
  const asked = Array.from({ length: keys }, (_, index) => keyOf((index * 7919) % keys))
  const perSecond = (read: (key: string) => unknown): readonly number[] =>
    inRounds(() => {
      let found = 0
      const ns = nanoseconds(() => {
        for (let pass = 0; pass < passes; pass++)
          for (const key of asked) if (read(key) === 1) found++
      })
      if (found !== passes * keys)
        throw new Error(`${found} reads of ${passes * keys} found their key`)
      return found / (ns / 1e9)
    })
  yield {
    what: `get, ${keys.toLocaleString('en')} keys (floor: Map.get)`,
    unit: 'reads/s',
    floor: median(perSecond((key) => map.get(key))),
    rounds: perSecond((key) => peer.get(key)),
    goal: { of: 'median', atLeast: 10_000_000 },
  }
}
