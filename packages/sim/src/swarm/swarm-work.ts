import { between, moments, some, spread, weighted } from './draw.js'
import type { Deed, PlannedEvent } from '../plan.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'
import { type Mesh, crowdMin } from './swarm-mesh.js'
import type { Terms } from './swarm-terms.js'

/** The first two lie in one bucket of the state hash; others share their beginning, or are a right. */
const keyPool = [
  'a',
  'mbi',
  'shop/checkout/max-items',
  'shop/checkout/limit',
  'shop/checkout/limit/eu',
  'shop',
  'granted/a',
  'granted/b',
  'admins/quota',
  'k',
] as const

/** The few keys that everybody writes. */
export function hotKeysOf(seed: number): readonly string[] {
  const random = randomOf(seed, 'keys')
  const hot = some(random, keyPool, between(random, 2, 4))
  return random.chance(0.3) ? [...new Set([...hot, 'a', 'mbi'])] : hot
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** What honest peers do all the time, whatever else goes on. */
export function workOf(terms: Terms, mesh: Mesh, { fromMs, toMs }: Span): readonly PlannedEvent[] {
  const random = randomOf(terms.seed, 'work')
  const hot = hotKeysOf(terms.seed)
  const honest = mesh.peers - mesh.hostile
  // A theme has something to say; who talks over it all the time hides it.
  const gapMs = terms.theme === undefined ? spread(random, 150, 1_500) : spread(random, 400, 6_000)
  const most = mesh.peers >= crowdMin ? 15 : 60
  const count = Math.min(most, Math.ceil((toMs - fromMs) / gapMs))
  const events: PlannedEvent[] = []
  for (const at of moments(random, count, fromMs, toMs)) {
    const who = random.below(honest)
    const deed = deedOf(hot, mesh, random)
    events.push({ at, who, ...deed })
    if (deed.do !== 'write') continue
    // Somebody else has the same idea at the same time.
    if (random.chance(0.2)) {
      const late = random.chance(0.5) ? 0 : random.below(40)
      events.push({ at: at + late, who: random.below(honest), ...deed })
    }
    // Of a release with several keys one is written again.
    const keys = [...deed.put, ...deed.remove]
    if (keys.length > 1 && random.chance(0.5)) {
      const again = { ...plain, [random.pick(['put', 'remove'] as const)]: [random.pick(keys)] }
      events.push({ at: at + spread(random, 10, 3_000), who: random.below(honest), ...again })
    }
  }
  return events
}

const plain = { do: 'write', put: [], remove: [], valueBytes: 0 } as const

function deedOf(hot: readonly string[], mesh: Mesh, random: Random): Deed {
  const kind = weighted(random, {
    put: 58,
    remove: 16,
    both: 4,
    wide: mesh.peers >= crowdMin ? 0 : 2,
    conditional: 6,
    retry: 5,
    same: 2,
    rollback: 5,
    refuse: 2,
  })
  const keys = keysOf(hot, random)
  switch (kind) {
    case 'put':
      return { ...plain, put: keys, valueBytes: valueBytesOf(mesh, random) }
    case 'remove':
      return { ...plain, remove: keys }
    case 'both':
      return { ...plain, put: keys.slice(1), remove: keys.slice(0, 1) }
    case 'wide':
      return { ...plain, put: wideKeys(random) }
    case 'conditional':
      return { ...plain, put: keys, isConditional: true }
    case 'retry':
      return { ...plain, put: keys, retryAfterMs: spread(random, 5, 8_000) }
    case 'same':
      return { ...plain, put: keys, isSame: true }
    case 'rollback':
      return { do: 'rollback', back: random.below(4) }
    case 'refuse':
      return { do: 'refuse', key: random.pick(hot) }
  }
}

function keysOf(hot: readonly string[], random: Random): readonly string[] {
  const count = weighted(random, { 1: 65, 2: 25, 3: 10 })
  const fromAll = random.chance(0.15)
  return some(random, fromAll ? [...new Set([...hot, ...keyPool])] : hot, Number(count))
}

const wideKeys = (random: Random): readonly string[] => {
  const first = random.below(200)
  return Array.from({ length: between(random, 10, 30) }, (_, index) => `wide/${first + index}`)
}

/** Numbers mostly; above 32 KiB a release is announced and fetched. */
function valueBytesOf(mesh: Mesh, random: Random): number {
  const isNarrow = mesh.weather.bytesPerSecond > 0 || mesh.peers >= crowdMin
  const size = weighted(random, {
    number: 70,
    small: 20,
    page: 7,
    announced: isNarrow ? 0 : 2,
    large: isNarrow ? 0 : 0.5,
  })
  switch (size) {
    case 'number':
      return 0
    case 'small':
      return between(random, 10, 400)
    case 'page':
      return between(random, 1_000, 8_000)
    case 'announced':
      return between(random, 33_000, 60_000)
    case 'large':
      return between(random, 150_000, 200_000)
  }
}
