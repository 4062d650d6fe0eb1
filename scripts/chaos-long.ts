/**
 * Meshes of real processes under long troubles: `npm run chaos [-- --seconds 60] [--only silent]`.
 * Everybody writes all the time. It ends with 1 if anything that was acknowledged is lost, or
 * anything is shown that should not be.
 */
import { parseArgs } from 'node:util'
import { endure } from '../test/mesh/endure.ts'
import type { Endured } from '../test/mesh/endure.ts'
import type { Mesh } from '../test/mesh/mesh.ts'
import { canUseNamespaces, namespaces } from '../test/mesh/namespaces.ts'
import { proxies } from '../test/mesh/proxies.ts'
import type { Proxies } from '../test/mesh/proxies.ts'
import { startStorm } from '../test/mesh/storm.ts'
import { passed, seconds } from '../test/mesh/until.ts'
import { randomOf, shuffled } from '../packages/sim/src/random.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
})
const lastsMs = Number(values.seconds) * 1_000
const seed = Number(values.seed)
const random = randomOf(seed, 'chaos')

type Scenario = () => Promise<Endured>
type Trouble = (ground: Proxies, mesh: Mesh) => Promise<void>

const onProxies =
  (count: number, trouble: Trouble, gossip = true): Scenario =>
  async () => {
    await using ground = await proxies(count)
    return await endure({ count, ground, gossip, seed, trouble })
  }

const cut =
  (groups: readonly (readonly number[])[], forMs: number) =>
  async (ground: Pick<Proxies, 'cut' | 'heal'>): Promise<void> => {
    await ground.cut(...groups)
    await passed(forMs)
    await ground.heal()
  }

const halves = [
  [0, 1],
  [2, 3],
]
const oneAlone = [[0], [1, 2, 3]]
const pieces = [[0], [1], [2], [3]]

async function silently(groups: typeof halves): Promise<Endured> {
  await using ground = canUseNamespaces ? await namespaces(4) : await proxies(4, 'silent')
  return await endure({ count: 4, ground, seed, trouble: cut(groups, lastsMs) })
}

/** Away and back, again and again. */
const flapping: Trouble = async (ground) => {
  const end = performance.now() + lastsMs
  while (performance.now() < end)
    await cut(halves, 1_000 + random.below(4_000))(ground).then(() => passed(1_000))
}

/** One line after the other falls silent; they come back in another order. */
const swizzled: Trouble = async ({ proxies: lines }) => {
  const stepMs = lastsMs / (2 * lines.length)
  for (const state of ['silent', 'clear'] as const) {
    for (const line of shuffled(random, lines)) {
      line.weather({ state })
      await passed(stepMs)
    }
  }
}

const slow: Trouble = async ({ proxies: lines }) => {
  for (const line of lines) line.weather({ delayMs: 200, bytesPerSecond: 8_000 })
  await passed(lastsMs)
  for (const line of lines) line.weather({ delayMs: 0, bytesPerSecond: Infinity })
}

const stormy: Trouble = async ({ proxies: lines }) => {
  const storm = startStorm(lines, 0.3, seed)
  await passed(lastsMs)
  storm.end()
}

/** Connections end wherever a frame happens to be. */
const choppy: Trouble = async ({ proxies: lines }) => {
  const cutAfterBytes = (): number => 500 + random.below(20_000)
  for (const line of lines) line.weather({ cutAfterBytes })
  const storm = startStorm(lines, 0.1, seed)
  await passed(lastsMs)
  storm.end()
  for (const line of lines) line.weather({ cutAfterBytes: () => Infinity })
}

const pausing: Trouble = async (_, { peers }) => {
  for (const peer of peers) await peer.pause(lastsMs / 1_000 / peers.length)
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'halves, told at once': onProxies(4, cut(halves, lastsMs)),
  'halves, told at once, three times as long': onProxies(4, cut(halves, 3 * lastsMs)),
  'halves, silent': () => silently(halves),
  'one alone, silent': () => silently(oneAlone),
  'four pieces, without gossip': onProxies(4, cut(pieces, lastsMs), false),
  'away and back all the time': onProxies(4, flapping),
  'lines fall silent one by one': onProxies(4, swizzled),
  '200 ms and 64 kbit/s on each line': onProxies(4, slow),
  'ten peers, 30 % of connections cut each second': onProxies(10, stormy),
  'the same, without gossip': onProxies(10, stormy, false),
  'connections that last a few kilobytes': onProxies(4, choppy),
  'each stands still in its turn': onProxies(4, pausing),
}

const columns = ['', 'lasted', 'healed in', 'acknowledged', 'lost', 'risen', 'at once, listed']
const widths = [48, 9, 11, 14, 6, 7, 16]
const row = (cells: readonly (string | number)[]): string =>
  cells
    .map((cell, column) =>
      column === 0 ? `${cell}`.padEnd(widths[0]!) : `${cell}`.padStart(widths[column]!),
    )
    .join('')

console.log(
  `Silence is made by ${canUseNamespaces ? 'network namespaces' : 'proxies'}.\n${row(columns)}`,
)
for (const [name, scenario] of Object.entries(scenarios)) {
  if (!name.includes(values.only)) continue
  try {
    const { lastedMs, healMs, judgement } = await scenario()
    const { acknowledged, lost, phantom, risen, listed } = judgement
    console.log(
      row([
        name,
        seconds(lastedMs),
        seconds(healMs),
        acknowledged,
        lost.length,
        risen.length,
        listed,
      ]),
    )
    if (lost.length + phantom.length + risen.length > 0) process.exitCode = 1
  } catch (error) {
    console.log(row([name, error instanceof Error ? `FAILED: ${error.message}` : String(error)]))
    process.exitCode = 1
  }
}
