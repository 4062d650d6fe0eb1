import { MeshError } from '@grapevine/core'
import type { Switchboard } from '../lines/switchboard.js'
import type { LabLine, LabState, LineWish } from '../wire.js'

/** What lies between the peers: a cut, and lines with weather of their own. */
export interface Conditions {
  /** Peers of different groups do not reach each other. Whoever is named in none is in one more group. */
  cut(this: void, groups: LabState['groups']): void
  change(this: void, wish: LineWish): void
  /** Exactly these have weather of their own. */
  setLines(this: void, lines: readonly Air[]): void
  /** The cut and all weather are over. */
  heal(this: void): void
  groups(this: void): LabState['groups']
  lines(this: void): readonly LabLine[]
  /** Whether there is a way between them. */
  isOpen(this: void, one: number, other: number): boolean
}

/** Of one line; it goes as fast as it can where no speed is said. */
export type Air = LabLine & { readonly jitterMs?: number }

export function createConditions(
  count: number,
  setWeather: Switchboard['weather'],
  onChange: () => void,
): Conditions {
  const airs = new Map<string, Air>()
  let groups: LabState['groups'] = []

  const airOf = (one: number, other: number): Air =>
    airs.get(pairOf(one, other)) ?? calmBetween(one, other)
  const isCut = (one: number, other: number): boolean =>
    groups.length > 0 && groupOf(groups, one) !== groupOf(groups, other)

  function apply(one: number, other: number): void {
    const { state, delayMs, jitterMs = 0, lossShare, bytesPerSecond = Infinity } = airOf(one, other)
    const weather = { delayMs, jitterMs, lossShare, bytesPerSecond }
    setWeather(one, other, { ...weather, state: isCut(one, other) ? 'down' : state })
  }
  function applyAll(): void {
    for (let one = 1; one <= count; one++) {
      for (let other = one + 1; other <= count; other++) apply(one, other)
    }
    onChange()
  }

  return {
    cut(wished) {
      groups = groupsOf(wished, count)
      applyAll()
    },
    change({ from, to, ...wish }) {
      for (const one of from) {
        for (const other of to) {
          if (one === other) continue
          airs.set(pairOf(one, other), { ...airOf(one, other), ...airIn(wish) })
          apply(one, other)
        }
      }
      onChange()
    },
    setLines(lines) {
      airs.clear()
      for (const line of lines) airs.set(pairOf(line.from, line.to), line)
      applyAll()
    },
    heal() {
      groups = []
      airs.clear()
      applyAll()
    },
    groups: () => groups,
    lines: () => [...airs.values()].filter(isWorthTelling).map(lineIn),
    isOpen: (one, other) => !isCut(one, other) && airOf(one, other).state === 'clear',
  }
}

const calmBetween = (one: number, other: number): Air => ({
  from: Math.min(one, other),
  to: Math.max(one, other),
  state: 'clear',
  delayMs: 0,
  lossShare: 0,
})

const lineIn = ({ from, to, state, delayMs, lossShare, bytesPerSecond }: Air): LabLine => ({
  from,
  to,
  state,
  delayMs,
  lossShare,
  ...(bytesPerSecond !== undefined && { bytesPerSecond }),
})

const isWorthTelling = ({ state, delayMs, lossShare, bytesPerSecond }: Air): boolean =>
  state !== 'clear' || delayMs > 0 || lossShare > 0 || bytesPerSecond !== undefined

const pairOf = (one: number, other: number): string =>
  `${Math.min(one, other)} ${Math.max(one, other)}`

const groupOf = (groups: LabState['groups'], number: number): number =>
  groups.findIndex((group) => group.includes(number))

function groupsOf(wished: LabState['groups'], count: number): LabState['groups'] {
  const named = wished.flat()
  const twice = named.find((number, at) => named.indexOf(number) !== at)
  if (twice !== undefined) {
    throw new MeshError('REQUEST_INVALID', `peer ${twice} is in two groups: name it once`)
  }
  const all = Array.from({ length: count }, (_, index) => index + 1)
  const rest = all.filter((number) => !named.includes(number))
  const groups = [...wished, rest].filter(({ length }) => length > 0)
  if (groups.length > 1) return groups
  throw new MeshError(
    'REQUEST_INVALID',
    'a cut has two sides: name a part of the peers, such as 1-4',
  )
}

/** What is said of a line; no bytes a second at all means: as fast as it goes. */
const airIn = ({ bytesPerSecond, ...wish }: Omit<LineWish, 'from' | 'to'>): Partial<Air> => ({
  ...(Object.fromEntries(
    Object.entries(wish).filter(([, value]) => value !== undefined),
  ) as Partial<Air>),
  ...(bytesPerSecond !== undefined && { bytesPerSecond: bytesPerSecond || undefined }),
})
