import { randomOf } from '../../packages/sim/src/random.ts'
import type { Proxy } from './proxy.ts'

export interface Storm {
  /** Resolves with the next gust. */
  gust(): Promise<void>
  /** How many connections it has cut, and what share that was of those it found. */
  readonly cuts: () => number
  readonly share: () => number
  end(): void
}

const gustMs = 1_000

/** Cuts a share of all connections, every second, in the middle of whatever goes over them. */
export function startStorm(
  proxies: readonly Pick<Proxy, 'cut' | 'connections'>[],
  share: number,
  seed: number,
): Storm {
  const random = randomOf(seed, 'storm')
  const waiting: (() => void)[] = []
  let found = 0
  let cuts = 0
  const gusts = setInterval(() => {
    for (const proxy of proxies) {
      found += proxy.connections()
      cuts += proxy.cut(() => random.chance(share))
    }
    for (const go of waiting.splice(0)) go()
  }, gustMs)
  return {
    gust: () => new Promise((resolve) => void waiting.push(resolve)),
    cuts: () => cuts,
    share: () => cuts / Math.max(1, found),
    end: () => clearInterval(gusts),
  }
}
