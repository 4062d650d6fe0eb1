import { groupOf } from './ground.ts'
import type { Ground } from './ground.ts'
import { freePorts } from './loopback.ts'
import { startProxy } from './proxy.ts'
import type { Proxy } from './proxy.ts'

/** A proxy for each directed pair, so that it is known who dials whom. */
export interface Proxies extends Ground {
  readonly proxies: readonly Proxy[]
  /** How often each pair that was cut has dialed in vain, both directions together. */
  dialsInVain(): readonly number[]
}

interface Line {
  readonly from: number
  readonly to: number
  readonly proxy: Proxy
}

/** A cut is told at once to whoever tries (`down`), or to nobody (`silent`). */
export async function proxies(
  count: number,
  cutsAre: 'down' | 'silent' = 'down',
): Promise<Proxies> {
  const ports = await freePorts(count)
  const lines = await Promise.all(ports.flatMap((_, from) => linesFrom(from, ports)))
  let groups: readonly (readonly number[])[] = []
  const isCut = ({ from, to }: Line): boolean => groupOf(groups, from) !== groupOf(groups, to)
  return {
    proxies: lines.map(({ proxy }) => proxy),
    place: (index) => ({
      listen: [`127.0.0.1:${ports[index]}`],
      peers: ports.filter((_, other) => other !== index).map((port) => `127.0.0.1:${port}`),
      detours: new Map(
        lines.flatMap(({ from, to, proxy }) => (from === index ? [[ports[to]!, proxy.port]] : [])),
      ),
    }),
    async cut(...into) {
      groups = into
      for (const { proxy } of lines.filter(isCut)) proxy.weather({ state: cutsAre })
    },
    async heal() {
      for (const { proxy } of lines) proxy.weather({ state: 'clear' })
    },
    dialsInVain: () => dialsInVain(lines.filter(isCut)),
    async [Symbol.asyncDispose]() {
      await Promise.all(lines.map(({ proxy }) => proxy.close()))
    },
  }
}

const linesFrom = (from: number, ports: readonly number[]): readonly Promise<Line>[] =>
  ports.flatMap((port, to) =>
    from === to ? [] : [startProxy(port).then((proxy) => ({ from, to, proxy }))],
  )

function dialsInVain(lines: readonly Line[]): readonly number[] {
  const pairs = new Map<string, number>()
  for (const { from, to, proxy } of lines) {
    const pair = [from, to].toSorted((a, b) => a - b).join()
    pairs.set(pair, (pairs.get(pair) ?? 0) + proxy.refused())
  }
  return [...pairs.values()]
}
