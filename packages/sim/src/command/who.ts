import { BadInput } from './bad-input.js'
import { moments, some } from '../swarm/draw.js'
import { shuffled } from '../random.js'
import type { FaultWish } from './faults.js'
import { nameOf } from '../world/names.js'
import type { Random } from '../random.js'
import { grouped, rate, share } from './units.js'

/** Whom a fault can meet, and when. */
export interface Mesh {
  readonly peers: number
  readonly hostile: number
  readonly safetyMs: number
}

/** From when to when; all of the run where nothing was said. */
export interface Window {
  readonly fromMs: number
  readonly toMs: number
  /** The last moment at which anything can still be done in it. */
  readonly lastMs: number
}

export function windowOf({ fromMs = 0, untilMs, where }: FaultWish, { safetyMs }: Mesh): Window {
  if (fromMs >= safetyMs || (untilMs ?? 0) > safetyMs) {
    throw new BadInput(
      `${where}: the run is over at ${safetyMs / 1000}s, choose an earlier time or a longer --for`,
    )
  }
  if (untilMs !== undefined && untilMs <= fromMs) {
    throw new BadInput(`${where}: it ends before it begins, swap the two times`)
  }
  const toMs = untilMs ?? safetyMs
  return { fromMs, toMs, lastMs: Math.min(toMs, safetyMs - 1) }
}

/** The honest peer of this name. */
export function named(text: string, { peers, hostile }: Mesh): number | undefined {
  for (let index = 0; index < peers - hostile; index++) {
    if (nameOf(index, peers, hostile) === text) return index
  }
  return undefined
}

/** Honest peers, none of them twice. */
export function someone(
  text: string,
  where: string,
  mesh: Mesh,
  random: Random,
): readonly number[] {
  const one = named(text, mesh)
  if (one !== undefined) return [one]
  const honest = Array.from({ length: mesh.peers - mesh.hostile }, (_, index) => index)
  return some(random, honest, howMany(text, where, honest.length, 'honest peers'))
}

/** A count, or a share of all. */
export function howMany(text: string, where: string, all: number, what: string): number {
  if (text.endsWith('%')) return Math.ceil(share(text, where) * all)
  if (!/^\d+$/.test(text)) {
    throw new BadInput(
      `${where}: nobody is called ${text}, write a name (alice), a number (3) or a share (10%)`,
    )
  }
  if (Number(text) <= all) return Number(text)
  throw new BadInput(`${where}: there are only ${all} ${what}, write ${all} or fewer`)
}

const timesMax = 100_000

/** Whom (`3`, `10%`, `alice`) or how often (`6/min`), and at which moments. */
export function occasionsOf(
  wish: FaultWish,
  mesh: Mesh,
  random: Random,
): readonly { readonly who: number; readonly at: number }[] {
  const { value = '1', where, fromMs, untilMs } = wish
  const window = windowOf(wish, mesh)
  if (value.includes('/')) {
    const times = Math.round((rate(value, where) * (window.toMs - window.fromMs)) / 1000)
    if (times > timesMax) {
      throw new BadInput(
        `${where}: ${grouped(times)} times are too many, stay below ${grouped(timesMax)}`,
      )
    }
    const honest = mesh.peers - mesh.hostile
    return moments(random, times, window.fromMs, window.lastMs).map((at) => ({
      who: random.below(honest),
      at,
    }))
  }
  const chosen = shuffled(random, someone(value, where, mesh, random))
  const isAtOnce = fromMs !== undefined && untilMs === undefined
  if (isAtOnce) return chosen.map((who) => ({ who, at: fromMs }))
  const times = moments(random, chosen.length, window.fromMs, window.lastMs)
  return chosen.map((who, index) => ({ who, at: times[index]! }))
}
