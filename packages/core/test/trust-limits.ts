import { expect } from 'vitest'
import * as lib from '../src/index.js'
import { decodeMessage, encodeMessage } from '../src/message.js'
import { admin, linksOf, write as mayWrite } from './badges.js'
import { releaseFrame } from './forge.js'
import { alone, give, sized, verdictOf } from './mallory.js'
import { openStage } from './scenario.js'
import { type Lie, lieIn } from './trust-steps.js'
import { World } from './world.js'
import { peerOf } from './stub-crypto.js'

const { limits } = lib

/** Alone in a closed mesh, with bob for an outsider who may write. */
const world = (): World =>
  new World(lib, { names: ['alice'], closed: { alice: [admin('')] }, gossip: false })

const badges = (of: World): NonNullable<World['badges']> => of.badges!

const show = (at: World, name: string): unknown =>
  at.handle('alice', { type: 'show-badge', links: linksOf(badges(at).of(name)) })

/** What alice says to a release that bob signed by hand. */
function hear(at: World, lie: Omit<Lie, 'by'>): string {
  const stage = { ...openStage(lib, { names: [] }), world: at }
  const bytes = releaseFrame(lieIn(stage, { by: 'bob', ...lie }))
  return verdictOf(at.handle('alice', { type: 'received', from: peerOf('bob'), bytes }))
}

/** What a badge may hold, what is remembered of badges, and what a replica id may spend. */
export const trustBoundaries = {
  badgeBytesMax() {
    const labels = (bytes: number): ReadonlyMap<string, string> =>
      new Map([['age', 'x'.repeat(bytes)]])
    const grants = (bytes: number): lib.Grant[] => [
      ...Array.from({ length: 15 }, () => mayWrite('x'.repeat(limits.keyBytesMax))),
      mayWrite('x'.repeat(bytes)),
    ]
    const make = (bytes: number): lib.BadgeChain =>
      badges(world()).give('root', 'bob', grants(bytes), { labels: labels(100) })
    const probe = lib.badgeOf(make(100)).bytes.length
    const room = 100 + limits.badgeBytesMax - probe
    expect(lib.badgeOf(make(room)).bytes).toHaveLength(limits.badgeBytesMax)
    expect(() => make(room + 1)).toThrow(/8193 bytes long, the limit is 8192/)
  },

  badgeGrantsMax() {
    const make = (count: number): lib.BadgeChain =>
      badges(world()).give(
        'root',
        'bob',
        Array.from({ length: count }, (_, index) => mayWrite(`p${index}`)),
      )
    expect(lib.badgeOf(make(limits.badgeGrantsMax)).grants).toHaveLength(limits.badgeGrantsMax)
    expect(() => make(limits.badgeGrantsMax + 1)).toThrow(/at most 32 grants/)
  },

  badgeLinksMax() {
    const at = world()
    for (let depth = 1; depth <= limits.badgeLinksMax + 1; depth++) {
      badges(at).give(depth === 1 ? 'root' : `m${depth - 1}`, `m${depth}`, [admin('')])
    }
    expect(show(at, `m${limits.badgeLinksMax}`)).toBeDefined()
    expect(() => show(at, `m${limits.badgeLinksMax + 1}`)).toThrow(/1 to 5 links, not 6/)
  },

  intentEarlyMsMax() {
    const at = world()
    const want = (atMs: number): unknown =>
      at.write('alice', { intent: badges(at).intent('bob', { k: atMs }, { atMs }) })
    badges(at).give('root', 'bob', [mayWrite('')])
    show(at, 'bob')
    expect(want(at.now + limits.intentEarlyMsMax)).toBeDefined()
    expect(() => want(at.now + limits.intentEarlyMsMax + 1)).toThrow(/within the time/)
  },

  budgetBytesMax() {
    const at = world()
    const large = new Uint8Array(1024 * 1024 - 8)
    const write = (): unknown => at.write('alice', { put: new Map([['k', large]]), force: true })
    for (let count = 1; count < limits.budgetBytesMax / (1024 * 1024); count++) write()
    expect(write).toThrow(expect.objectContaining({ code: 'BUDGET_EXCEEDED' }))
    at.now += 60_000
    expect(write()).toBeDefined()
    badges(at).give('root', 'bob', [mayWrite('')])
    show(at, 'bob')
    const lie = { seq: 1, key: 'k', put: 1 }
    const over = limits.budgetBytesMax + 1
    expect(hear(at, { ...lie, spentBytes: over })).toMatch(/does not say what it spent/)
    expect(hear(at, lie)).toBe('applied')
  },

  budgetBytesPerSecond() {
    const at = world()
    const write = (bytes: number): lib.Release =>
      at.write('alice', { put: new Map([['k', new Uint8Array(bytes)]]), force: true })!
    const first = write(100_000).spentBytes
    at.now += 1000
    const cost = write(10).spentBytes - (first - limits.budgetBytesPerSecond)
    expect(cost).toBeGreaterThan(limits.releaseCostBytes)
    expect(cost).toBeLessThan(limits.releaseCostBytes + 100)
    at.now += 3_600_000
    // What was not spent is not saved up.
    expect(write(10).spentBytes).toBe(cost)
  },

  releaseCostBytes() {
    const at = world()
    badges(at).give('root', 'bob', [mayWrite('')])
    show(at, 'bob')
    // The change takes five bytes: a list of a key of one letter, an empty list and a small number.
    const spentBytes = limits.releaseCostBytes + 5
    const lie = { seq: 1, key: 'k', put: 1 }
    expect(hear(at, { ...lie, spentBytes: spentBytes - 1 })).toMatch(/does not say what it spent/)
    expect(hear(at, { ...lie, spentBytes })).toBe('applied')
  },

  badgesShownMax() {
    const at = world()
    const giveMany = (count: number): void => {
      for (let index = 0; index < count; index++) {
        badges(at).give('root', `m${index}`, [])
        show(at, `m${index}`)
      }
    }
    const isKnown = (name: string): boolean =>
      at.replica('alice').badge(lib.badgeOf(badges(at).of(name)).id) !== undefined
    giveMany(limits.badgesShownMax - 1)
    expect(isKnown('m0')).toBe(true)
    badges(at).give('root', 'one', [])
    badges(at).give('root', 'two', [])
    show(at, 'one')
    show(at, 'two')
    expect(isKnown('m0')).toBe(false)
    expect(isKnown('two')).toBe(true)
    // However many are shown, a peer knows its own.
    expect(at.put('alice', { k: 1 })).toBeDefined()
  },

  badgesAskedMax() {
    const at = world()
    const ids = Array.from({ length: limits.badgesAskedMax + 1 }, (_, index) => {
      const chain = badges(at).give('root', `m${index}`, [])
      show(at, `m${index}`)
      return lib.badgeOf(chain).id
    })
    const bytes = encodeMessage({ type: 'badges-want', ids })
    const effects = at.handle('alice', { type: 'received', from: peerOf('bob'), bytes })
    const shown = effects.flatMap((effect) => {
      const message = effect.type === 'send' ? decodeMessage(effect.bytes) : undefined
      return message?.type === 'badges' ? message.chains : []
    })
    expect(shown).toHaveLength(limits.badgesAskedMax)
  },

  dayMs() {
    const at = world()
    at.now -= at.now % limits.dayMs
    at.put('alice', { k: 1 })
    const daysNoted = (): number =>
      [...at.node('alice').disk.keys()].filter((name) => name.startsWith('day/')).length
    const first = at.now
    at.tick(0)
    expect(daysNoted()).toBe(1)
    at.tick(limits.dayMs - 1)
    expect(daysNoted()).toBe(1)
    at.tick(1)
    expect(at.now).toBe(first + limits.dayMs)
    expect(daysNoted()).toBe(2)
  },

  voidedBytesMax() {
    const at = alone()
    const whole = limits.voidedBytesMax / limits.releaseBytesMax
    const marks = Array.from({ length: whole + 1 }, (_, index) => {
      const incarnation = new Uint8Array(8).fill(index)
      const effects = give(at, sized(at, limits.releaseBytesMax, { incarnation }))
      const applied = effects.find((effect) => effect.type === 'verdict')
      return { replica: applied!.release!.replica, seq: 0 }
    })
    const voided = (): number =>
      [...at.node('alice').disk.keys()].filter((name) => name.startsWith('void/')).length
    const cut = (some: typeof marks): unknown =>
      at.handle('alice', { type: 'issue', statement: { kind: 'cut', marks: some } })
    cut(marks.slice(0, whole))
    expect(voided()).toBe(whole)
    cut(marks.slice(whole))
    expect(voided()).toBe(whole)
  },
}
