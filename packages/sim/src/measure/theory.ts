import type { Plan } from '../plan.js'

/*
 * What the literature says these figures should be: sections 1a, 2a, 2b and 4 of the protocol notes.
 * Stated beside what was measured, never instead of it.
 */

/** Rounds until random push has reached everybody: in each, whoever knows tells one other. */
export const pushRounds = (peers: number): number =>
  peers < 2 ? 0 : Math.log2(peers) + Math.log(peers)

/** Every other peer must be told once, however clever one is. */
export const leastTransmissions = (peers: number): number => Math.max(0, peers - 1)

/** Mean number of links on the shortest way, where each peer forwards to `degree` others. */
export function meshHops(peers: number, degree: number): number | undefined {
  if (peers < 2) return undefined
  if (degree >= peers - 1) return 1
  return degree <= 2 ? undefined : Math.max(1, Math.log(peers) / Math.log(degree - 1))
}

/** Copies for each peer when all forward to all their neighbours: each edge carries it both ways. */
export const plainCopies = (peers: number, degree: number): number | undefined =>
  peers < 2 ? undefined : (peers * degree - (peers - 1)) / (peers - 1)

/** The way to the last peer of a mesh, from the mean way. */
export const lastHops = (hops: number): number => (hops <= 1 ? hops : hops + 1.5)

const summaryBytes = 110

/** Each peer opens one session in this time and answers one: four summaries with their framing. */
export const idleBytesPerSecond = (sessionMs: number): number | undefined =>
  sessionMs === 0 ? undefined : (4 * summaryBytes * 1000) / sessionMs

/** From the end of a partition until sessions with random partners have told everybody. */
export function healingMs(sessionMs: number, peers: number): number | undefined {
  if (sessionMs === 0 || peers < 2) return undefined
  // For two or three peers the double logarithm is below zero; a session has to take place anyway.
  return sessionMs * (Math.max(0, Math.log2(Math.log2(peers))) + 2)
}

/** How long a link that carries gossip takes on average, when nothing is wrong with it. */
export function meanLatencyMs({ weather, overlay }: Plan): number {
  const { regions, regionDelayMs, topology, degree } = overlay
  // Where places keep to themselves, two links of each peer lead anywhere.
  const anywhere = topology === 'regions' ? Math.min(1, 2 / degree) : 1
  const otherPlace = regions < 2 ? 0 : (anywhere * (regions - 1)) / regions
  return weather.delayMinMs + weather.delayMeanMs + otherPlace * regionDelayMs
}

function delaysOf({ weather, overlay: { regions, regionDelayMs } }: Plan): {
  readonly linkMs: number
  readonly acrossMs: { readonly mean: number; readonly last: number }
} {
  const linkMs = weather.delayMinMs + weather.delayMeanMs
  if (regions < 2) return { linkMs, acrossMs: { mean: 0, last: 0 } }
  return {
    linkMs,
    acrossMs: { mean: (regionDelayMs * (regions - 1)) / regions, last: regionDelayMs },
  }
}

/** The formulas with the numbers of one plan; undefined where there is none. */
export interface Theory {
  readonly rounds: number
  readonly transmissions: number
  readonly hops: number | undefined
  readonly hopsFormula: string | undefined
  /** On a link within one place, and what the mean peer waits in addition because it is elsewhere. */
  readonly linkMs: number
  readonly acrossMs: number
  /** To the mean peer and to the last one, if nothing is lost: hops at the mean delay. */
  readonly meanMs: number | undefined
  readonly lastMs: number | undefined
  readonly copies: number | undefined
  readonly idleBytesPerSecond: number | undefined
  readonly healMs: number | undefined
}

export function theoryOf(plan: Plan): Theory {
  const { overlay, habits } = plan
  const peers = plan.peers - plan.hostile
  const way = overlay.gossip ? wayOf(plan, peers) : undefined
  const hops = way?.hops
  const degree = Math.min(degreeOf(plan), peers - 1)
  const { linkMs, acrossMs } = delaysOf(plan)
  // The fast ways win: whoever is elsewhere is reached over one long link, and short ones.
  const msOf = (links: number, across: number): number =>
    links * linkMs + (links - 1) * overlay.holdMs + across
  return {
    rounds: pushRounds(peers),
    transmissions: leastTransmissions(peers),
    hops,
    hopsFormula: way?.formula,
    linkMs,
    acrossMs: acrossMs.mean,
    meanMs: hops === undefined ? undefined : msOf(hops, acrossMs.mean),
    lastMs: hops === undefined ? undefined : msOf(lastHops(hops), acrossMs.last),
    copies: overlay.gossip ? plainCopies(peers, degree) : undefined,
    idleBytesPerSecond: idleBytesPerSecond(habits.sessionMs),
    healMs: healingMs(habits.sessionMs, peers),
  }
}

function degreeOf({ overlay, peers }: Plan): number {
  if (overlay.topology === 'ring') return 2
  return overlay.topology === 'line' || overlay.topology === 'star'
    ? (2 * (peers - 1)) / peers
    : overlay.degree
}

/** The mean way to another peer, and the formula that gives it. */
interface Way {
  readonly hops: number
  readonly formula: string
}

function wayOf({ overlay }: Plan, peers: number): Way | undefined {
  const { topology, links, degree, floodPublish } = overlay
  if (peers < 2) return undefined
  // The distances of two peers at random, averaged.
  if (topology === 'ring') return { hops: Math.max(1, peers / 4), formula: 'N / 4' }
  if (topology === 'line') return { hops: (peers + 1) / 3, formula: '(N + 1) / 3' }
  if (topology === 'star') return { hops: 2 - 2 / peers, formula: '2 − 2 / N' }
  const told = floodPublish ? Math.min(links, peers - 1) : 1
  if (told >= peers - 1) return { hops: 1, formula: 'all linked' }
  // A writer that floods has told so many at once; the mesh does the rest.
  const rest = meshHops(peers / told, degree)
  if (rest === undefined) return undefined
  const logarithm = `log${subscript(degree - 1)}`
  if (told === 1) return { hops: rest, formula: rest === 1 ? 'all linked' : `${logarithm} N` }
  return {
    hops: 1 + rest,
    formula: rest === 1 ? 'flood, then one' : `1 + ${logarithm} (N / ${told})`,
  }
}

const subscript = (value: number): string =>
  String(value).replace(/\d/g, (digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]!)
