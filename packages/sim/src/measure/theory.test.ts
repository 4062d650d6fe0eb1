import { describe, expect, it } from 'vitest'
import { calm } from '../../test/told.js'
import {
  healingMs,
  idleBytesPerSecond,
  lastHops,
  leastTransmissions,
  meanLatencyMs,
  meshHops,
  plainCopies,
  pushRounds,
  theoryOf,
} from './theory.js'

/** As printed in section 2a of the protocol notes: mean hops by peers and degree. */
const printedHops = [
  [100, [3.5, 2.7, 2.4, 2]],
  [1000, [5.6, 4.2, 3.6, 3.1]],
  [5000, [7.1, 5.2, 4.4, 3.7]],
  [10_000, [7.7, 5.6, 4.8, 4]],
] as const

describe('theory', () => {
  it('gives the hops in a mesh that are printed, as closely as its formula can', () => {
    for (const [peers, row] of printedHops) {
      for (const [column, degree] of [4, 6, 8, 12].entries()) {
        const ratio = meshHops(peers, degree)! / row[column]!
        // The logarithm is a little long for a degree of four, and right from six on.
        expect(Math.abs(ratio - 1), `${peers} peers, degree ${degree}`).toBeLessThan(
          degree === 4 ? 0.22 : 0.08,
        )
      }
    }
  })

  it('reaches the last peer one and a half hops after the mean one, as closely as is printed', () => {
    expect(lastHops(meshHops(1000, 6)!)).toBeCloseTo(6, 0)
    expect(lastHops(meshHops(10_000, 8)!)).toBeCloseTo(6, 0)
    expect(lastHops(1)).toBe(1)
  })

  it('needs one hop where everybody hears the writer', () => {
    expect(meshHops(8, 7)).toBe(1)
    const { overlay } = calm
    const full = { ...overlay, links: 7, degree: 3, floodPublish: true }
    expect(theoryOf({ ...calm, peers: 8, overlay: full }).hops).toBe(1)
  })

  it('counts from all that a flooding writer told at once', () => {
    const flood = { ...calm.overlay, links: 10, degree: 6, floodPublish: true }
    expect(theoryOf({ ...calm, peers: 250, overlay: flood })).toMatchObject({
      hops: 3,
      hopsFormula: '1 + log₅ (N / 10)',
    })
    const near = { ...flood, links: 50 }
    expect(theoryOf({ ...calm, peers: 250, overlay: near }).hopsFormula).toBe('flood, then one')
  })

  it('walks along lines and circles', () => {
    const hops = (topology: 'ring' | 'line' | 'star'): number | undefined =>
      theoryOf({ ...calm, peers: 20, overlay: { ...calm.overlay, topology } }).hops
    expect([hops('ring'), hops('line'), hops('star')]).toEqual([5, 7, 1.9])
  })

  it('tells everybody in log2 N + ln N rounds of random push', () => {
    expect(pushRounds(1024)).toBeCloseTo(10 + Math.log(1024))
    expect(pushRounds(1)).toBe(0)
  })

  it('sends an update N - 1 times at least', () => {
    expect(leastTransmissions(1000)).toBe(999)
    expect(leastTransmissions(0)).toBe(0)
  })

  it('sends d - 1 copies to each peer of a plain mesh: 6.04 were measured at a degree of 7', () => {
    expect(plainCopies(10_000, 6)).toBeCloseTo(5, 1)
    expect(plainCopies(200, 7)! / 6.04).toBeCloseTo(1, 1)
  })

  it('idles at 88 bytes per second with a session every 5 s', () => {
    expect(idleBytesPerSecond(5000)).toBe(88)
    expect(idleBytesPerSecond(0)).toBeUndefined()
  })

  it('heals within T (log2 log2 N + 2)', () => {
    expect(healingMs(1000, 16)).toBe(4000)
    expect(healingMs(5000, 256)).toBe(25_000)
    expect(healingMs(1000, 2), 'never faster than two sessions').toBe(2000)
    expect(healingMs(0, 16), 'never without sessions').toBeUndefined()
  })

  it('takes the mean delay of a link with a longer one to other places', () => {
    const overlay = { ...calm.overlay, regions: 4, regionDelayMs: 40 }
    expect(meanLatencyMs({ ...calm, overlay })).toBe(10 + 20 + 30)
    // Of six links, two lead anywhere, and three quarters of those to another place.
    const apart = { ...overlay, degree: 6, topology: 'regions' as const }
    expect(meanLatencyMs({ ...calm, overlay: apart })).toBe(10 + 20 + 10)
  })

  it('takes short links, and one long one to whoever is elsewhere', () => {
    const overlay = { ...calm.overlay, degree: 6, regions: 4, regionDelayMs: 40 }
    const { hops, meanMs, lastMs } = theoryOf({ ...calm, peers: 1000, overlay })
    expect(meanMs).toBeCloseTo(hops! * 30 + 30)
    expect(lastMs).toBeCloseTo((hops! + 1.5) * 30 + 40)
  })

  it('says nothing about gossip that is off', () => {
    const overlay = { ...calm.overlay, gossip: false }
    const { hops, copies, lastMs } = theoryOf({ ...calm, overlay })
    expect([hops, copies, lastMs]).toEqual([undefined, undefined, undefined])
  })
})
