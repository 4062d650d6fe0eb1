import { randomBytes } from 'node:crypto'
import type { PeerId } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import { rulesOf } from './genesis.js'
import { keepHabits } from './habits.js'
import type { Habits } from './habits.js'
import { cryptoOf, identityOf } from './identity.js'
import { createInterpreter } from './interpreter.js'
import type { Interpreter } from './interpreter.js'
import { manualClock } from '../manual-clock.js'
import type { ManualClock } from '../manual-clock.js'
import { createMembers } from './members.js'
import type { Link } from '../network/network.js'
import { memoryStore } from '../store/memory-store.js'

const [low, high] = ['0'.repeat(64) as PeerId, 'f'.repeat(64) as PeerId]

interface Scene {
  readonly habits: Habits
  readonly interpreter: Interpreter
  readonly clock: ManualClock
  readonly links: Set<PeerId>
  /** With whom sessions were opened, and how often this peer announced itself. */
  readonly opened: PeerId[]
  announced: number
}

/** One peer with its habits; whom it is linked with does not answer. */
async function scene(announced = (_habits: Habits): void => {}): Promise<Scene> {
  const clock = manualClock()
  const identity = identityOf(randomBytes(32))
  const links = new Set<PeerId>()
  const opened: PeerId[] = []
  const nothing = (): void => undefined
  const store = memoryStore()
  const interpreter = createInterpreter({
    store,
    records: await store.load(),
    openStore: async () => memoryStore(),
    mesh: rulesOf({ name: 'shop', admins: [] }),
    crypto: cryptoOf(identity),
    peer: identity.peer,
    clock,
    outlets: {
      changed: nothing,
      gossip: nothing,
      send: (to) => opened.push(to),
      pull: nothing,
      judged: nothing,
      synced: nothing,
      moved: nothing,
      heardPresence: nothing,
      revoked: nothing,
      notice: nothing,
      reopened: nothing,
      failed: nothing,
    },
  })
  const members = createMembers({
    self: identity.peer,
    records: new Map(),
    now: clock.now,
    heard: () => interpreter.replica.presences(),
    note: nothing,
    onChange: nothing,
  })
  await new Promise((stored) => setImmediate(stored))
  const self = { announced: 0 }
  const link = (peer: PeerId): Link => ({
    peer,
    introduction: { name: '', instance: '', software: '' },
    address: '',
    isInbound: false,
    sinceMs: 0,
  })
  const habits = keepHabits({
    clock,
    random: () => 0.5,
    interpreter,
    members,
    links: () => [...links].map(link),
    look: nothing,
    announce() {
      self.announced += 1
      announced(habits)
    },
  })
  return Object.assign(self, { habits, interpreter, clock, links, opened })
}

describe('habits', () => {
  it('open a session at once with whoever comes: one of the two does', async () => {
    const { habits, links, opened } = await scene()
    for (const peer of [low, high]) {
      links.add(peer)
      habits.linked(peer)
    }
    expect(opened).toEqual([high])
  })

  it('open a session every second with whoever may stand elsewhere, but one at a time', async () => {
    const { habits, clock, links, opened } = await scene()
    links.add(high)
    clock.advance(1_000)
    expect(opened).toEqual([high])
    clock.advance(5_000)
    expect(opened).toHaveLength(1)
    habits.synced(high)
    clock.advance(1_000)
    expect(opened).toHaveLength(2)
  })

  it('do not wait for ever for a session that does not end, nor for one whose link was lost', async () => {
    const { habits, clock, links, opened } = await scene()
    links.add(high)
    clock.advance(1_000)
    clock.advance(11_000)
    expect(opened).toHaveLength(2)
    habits.unlinked(high)
    clock.advance(1_000)
    expect(opened).toHaveLength(3)
  })

  it('open no session with nobody', async () => {
    const { clock, opened } = await scene()
    clock.advance(60_000)
    expect(opened).toEqual([])
  })

  it('say where this peer stands every ten seconds, and soon after it moved, but not each time', async () => {
    const here = await scene()
    here.clock.advance(9_000)
    expect(here.announced).toBe(0)
    for (let moves = 0; moves < 100; moves++) here.habits.moved()
    here.clock.advance(30)
    expect(here.announced).toBe(1)
    here.habits.moved()
    here.clock.advance(50)
    expect(here.announced).toBe(1)
    here.clock.advance(100)
    expect(here.announced).toBe(2)
    here.clock.advance(9_000)
    expect(here.announced).toBe(3)
  })

  it('end when they are stopped', async () => {
    const here = await scene()
    here.links.add(high)
    here.habits.moved()
    here.habits.stop()
    here.habits.moved()
    here.clock.advance(60_000)
    expect([here.announced, here.opened]).toEqual([0, []])
  })

  it('can be stopped by what they set off', async () => {
    const here = await scene((habits) => habits.stop())
    here.clock.advance(60_000)
    expect(here.announced).toBe(1)
  })

  it('compare with whoever seems to be equal only now and then', async () => {
    const [here, there] = [await scene(), await scene()]
    const peer = there.interpreter.replica.peer
    const members = new Set([here.interpreter.replica.peer, peer])
    for (const { interpreter } of [here, there]) interpreter.handle({ type: 'members', members })
    const said = there.interpreter.replica.handle({ type: 'announce' }, there.clock.now())
    for (const effect of said) {
      if (effect.type === 'gossip') await here.interpreter.heard(peer, effect.bytes)
    }
    here.links.add(peer)
    here.clock.advance(1_000)
    here.habits.synced(peer)
    here.clock.advance(9_000)
    expect(here.opened).toHaveLength(1)
    here.clock.advance(3_000)
    expect(here.opened).toHaveLength(2)
  })
})
