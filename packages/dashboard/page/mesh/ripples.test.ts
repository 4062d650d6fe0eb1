import type { PeerId } from '@grapevine/peer'
import { describe, expect, it } from 'vitest'
import type { Arrival } from '../desk.js'
import { createRipples, hues, ringMs, shownAfter } from './ripples.js'

const arrival = (peer: string, at: number, from?: string, release = 'r·1'): Arrival => ({
  peer: peer as PeerId,
  from: from as PeerId | undefined,
  release,
  at,
})

describe('a ripple', () => {
  it('of 60 ms is shown over most of a second, in its order', () => {
    const ripples = createRipples()
    ripples.hear(
      [
        arrival('d', 1_060, 'c'),
        arrival('a', 1_000),
        arrival('c', 1_030, 'b'),
        arrival('b', 1_008, 'a'),
      ],
      5_000,
    )
    const flights = ripples.flights(5_000)
    expect(flights.map(({ to }) => to)).toEqual(['a', 'b', 'c', 'd'])
    const lands = flights.map(({ landsMs }) => landsMs - 5_000)
    expect(lands.toSorted((a, b) => a - b)).toEqual(lands)
    expect(lands.at(-1)).toBeGreaterThan(700)
    expect(lands.at(-1)).toBeLessThan(1_200)
  })

  it('has no dot leave a peer before it could be seen to get there, if there is time', () => {
    const ripples = createRipples()
    ripples.hear([arrival('a', 0), arrival('b', 20, 'a'), arrival('c', 60, 'b')], 0)
    const flights = ripples.flights(0)
    expect(flights.every(({ leavesMs, landsMs }) => leavesMs < landsMs)).toBe(true)
    const [first, second] = flights
    expect(second!.leavesMs).toBeGreaterThanOrEqual(first!.landsMs)
  })

  it('goes on where its arrivals come in parts, and shows what is late at once', () => {
    const ripples = createRipples()
    ripples.hear([arrival('a', 0)], 0)
    ripples.hear([arrival('b', 5, 'a')], 3_000)
    const late = ripples.flights(3_000).find(({ to }) => to === 'b')!
    expect(late.leavesMs).toBeGreaterThanOrEqual(3_000)
    expect(late.ripple).toMatchObject({ firstAt: 0, lastAt: 5 })
    expect(ripples.recent()).toHaveLength(1)
  })

  it('shows an arrival once, and is over after its last ring', () => {
    const ripples = createRipples()
    ripples.hear([arrival('a', 0), arrival('a', 0)], 0)
    ripples.hear([arrival('a', 1)], 10)
    expect(ripples.flights(0)).toHaveLength(1)
    const { landsMs } = ripples.flights(0)[0]!
    expect(ripples.flights(landsMs + ringMs - 1)).toHaveLength(1)
    expect(ripples.flights(landsMs + ringMs)).toHaveLength(0)
  })

  it('has a colour of its own among those that run at the same time', () => {
    const ripples = createRipples()
    for (let at = 0; at < hues; at += 1) ripples.hear([arrival('a', at, undefined, `r·${at}`)], at)
    expect(new Set(ripples.recent().map(({ hue }) => hue)).size).toBe(hues)
    expect(ripples.recent()[0]!.release).toBe(`r·${hues - 1}`)
  })

  it('costs no more than can be seen, however many come', () => {
    const ripples = createRipples()
    for (let round = 0; round < 100; round += 1) {
      const all = Array.from({ length: 200 }, (_, at) => arrival(`p${at}`, at, 'p0', `r·${round}`))
      ripples.hear(all, round)
    }
    expect(ripples.flights(100).length).toBeLessThanOrEqual(800)
    expect(ripples.recent().length).toBeLessThanOrEqual(24)
  })
})

it('stretched time keeps its order and never runs ahead', () => {
  let before = -1
  for (let ms = 0; ms < 5_000; ms += 7) {
    const shown = shownAfter(ms)
    expect(shown).toBeGreaterThan(before)
    expect(shown).toBeGreaterThanOrEqual(ms)
    before = shown
  }
})
