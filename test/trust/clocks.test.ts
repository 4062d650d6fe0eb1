import type { OpenNetwork } from '@grapevine/peer'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { areEqual, hold } from '../mesh/mesh.ts'
import { report } from '../mesh/report.ts'
import { all, seconds, until } from '../mesh/until.ts'
import type { Pending } from '../mesh/until.ts'
import { foundRealMesh } from './real-mesh.ts'
import type { RealMesh, RealMeshOptions, RealPeer } from './real-mesh.ts'
import { areAlone, show } from './told.ts'
import { dayMs, hourMs, minuteMs, wrongClock, yearMs } from './wrong-clock.ts'

vi.setConfig({ testTimeout: 60_000 })
afterEach(() => {
  vi.restoreAllMocks()
})

const soonMs = 20_000
const aheadMsMax = minuteMs
const three = ['alice', 'bob', 'carol'] as const
const can = { bob: { 'shop/**': 'write' }, carol: { 'shop/**': 'write' } } as const

interface Three extends AsyncDisposable {
  readonly mesh: RealMesh
  readonly alice: RealPeer
  readonly bob: RealPeer
  readonly carol: RealPeer
}

async function foundThree(options: RealMeshOptions = {}): Promise<Three> {
  const mesh = await foundRealMesh(three, { can, ...options })
  const [alice, bob, carol] = three.map(mesh.at) as [RealPeer, RealPeer, RealPeer]
  return { mesh, alice, bob, carol, [Symbol.asyncDispose]: mesh[Symbol.asyncDispose] }
}

/** Whether all of these hold back so many releases as being ahead of time. */
const holdBack =
  (peers: readonly RealPeer[], count: number): Pending =>
  () => {
    const other = peers.find(({ peer }) => peer.status().early.length !== count)
    return other && `${other.name} holds back ${other.peer.status().early.length} releases`
  }

describe('a clock that is wrong', () => {
  it('K1 by a day or ten years ahead holds up nobody else, and leaves no key that others cannot change', async () => {
    const clocks = { alice: wrongClock(), bob: wrongClock(), carol: wrongClock() }
    await using group = await foundThree({ clocks })
    const { alice, bob, carol } = group
    clocks.bob.jump(10 * yearMs)
    await expect(bob.peer.set('shop/a', 'in ten years')).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
    clocks.bob.correct()
    await bob.peer.set('shop/a', 'at once again')
    await until(
      all(areAlone([alice, bob, carol]), show([alice, carol], 'shop/a', 'at once again')),
      soonMs,
    )

    clocks.bob.jump(dayMs)
    await bob.peer.set('shop/a', 'tomorrow')
    await until(holdBack([alice, carol], 1), soonMs)
    await alice.peer.set('shop/a', 'today')
    await until(show([alice, carol], 'shop/a', 'today'), soonMs)
    clocks.bob.correct()
    // What it has signed for tomorrow stands: until then it says by how much it is behind.
    await expect(bob.peer.set('shop/b', 'today')).rejects.toMatchObject({
      code: 'CLOCK_BEHIND',
      message: expect.stringMatching(/8\d{4} s behind/) as string,
    })
    for (const clock of Object.values(clocks)) clock.jump(dayMs + minuteMs)
    await until(holdBack([alice, carol], 0), soonMs)
    const { name } = await bob.peer.set('shop/b', 'tomorrow')
    await alice.peer.set('shop/a', 'the day after')
    await until(hold([alice, carol], [name]), soonMs)
    await until(all(areEqual([alice, bob, carol]), show([bob], 'shop/a', 'the day after')), soonMs)
  })

  it('K2 by an hour or since 1970 behind never takes its peer back: it reads on, and writes above all it wrote', async () => {
    const clock = wrongClock()
    await using group = await foundThree({ clocks: { bob: clock } })
    const { mesh, alice, carol } = group
    let last = await group.bob.peer.set('shop/a', 'right')
    await group.bob.peer.set('shop/gone', 0)
    await group.bob.peer.remove('shop/gone')
    for (const behindMs of [hourMs, 10 * yearMs, Date.now()]) {
      await mesh.close('bob')
      clock.jump(-behindMs)
      const bob = await mesh.open('bob')
      expect(bob.peer.entries().map(({ release }) => release.name)).toEqual([last.name])
      await expect(bob.peer.set('shop/a', 'in the past')).rejects.toMatchObject({
        code: 'CLOCK_BEHIND',
      })
      clock.correct()
      // Somewhat behind is no trouble.
      clock.jump(-aheadMsMax / 2)
      const value = `behind by ${behindMs}`
      const next = await bob.peer.set('shop/a', value)
      expect(next.stamp.ms).toBeGreaterThanOrEqual(last.stamp.ms)
      await until(show([alice, carol], 'shop/a', value), soonMs)
      clock.correct()
      last = next
    }
    await until(areEqual(mesh.peers), soonMs)
    for (const { peer } of mesh.peers) expect(peer.has('shop/gone')).toBe(false)
  })

  it('K3 that stands still, or swings by 30 s, parts nobody, and leads no stamp far from the time', async () => {
    const clocks = { bob: wrongClock(), carol: wrongClock() }
    await using group = await foundThree({ clocks })
    const peers = [group.alice, group.bob, group.carol]
    clocks.carol.freeze()
    clocks.bob.jump(-aheadMsMax / 2)
    const stamps: number[] = []
    for (let round = 0; round < 10; round++) {
      clocks.bob.jump(round % 2 === 0 ? aheadMsMax : -aheadMsMax)
      const written = await Promise.all(
        peers.map(async ({ name, peer }) => peer.set(`shop/${round % 3}`, `${name} ${round}`)),
      )
      stamps.push(...written.map(({ stamp }) => stamp.ms))
      await until(
        hold(
          peers,
          written.map(({ name }) => name),
        ),
        soonMs,
      )
    }
    await until(areEqual(peers), soonMs)
    expect(Math.max(...stamps) - Date.now()).toBeLessThan(aheadMsMax)
    for (const { peer } of peers) expect(peer.status()).toMatchObject({ early: [], links: 2 })
  })

  it('K4 by minutes, after which gossip takes old messages for new, changes nothing and forwards nothing', async () => {
    const replayer = tapForReplay()
    await using mesh = await foundRealMesh(three, { can, tap: replayer.tap })
    const [alice, bob, carol] = three.map(mesh.at) as [RealPeer, RealPeer, RealPeer]
    await until(areAlone([alice, bob, carol]), soonMs)
    replayer.arm()
    await alice.peer.set('shop/a', 1)
    await until(show([bob, carol], 'shop/a', 1), soonMs)
    replayer.judged.clear()
    let changes = 0
    for (const { peer } of [bob, carol]) peer.on('change', () => void (changes += 1))
    const date = jumpingDate()
    await until(() => {
      date.jump(10 * minuteMs)
      replayer.again()
      const times = [...replayer.judged.values()].map(({ length }) => length)
      return times.length === 2 && Math.min(...times) > 1
        ? undefined
        : 'gossip still knows that message'
    }, soonMs)
    expect(new Set([...replayer.judged.values()].flat())).toEqual(new Set(['ignore']))
    expect(changes).toBe(0)
  })

  it('K5 by an hour behind keeps no line from coming back, and no write from anybody', async () => {
    await using group = await foundThree({ hasLines: true })
    const { mesh, alice, bob, carol } = group
    const peers = [alice, bob, carol]
    jumpingDate().jump(-hourMs)
    await mesh.cut(...three.map((name) => [name]))
    await until(() => peers.find(({ peer }) => peer.status().links > 0)?.name, soonMs)
    await mesh.heal()
    const linkedMs = await until(areAlone(peers), 30_000)
    const written = await alice.peer.set('shop/a', 'after')
    const heldMs = await until(hold(peers, [written.name]), soonMs)
    expect(linkedMs + heldMs).toBeLessThan(30_000)
    report('a clock set back by an hour, lines cut', { 'back after': seconds(linkedMs + heldMs) })
  })

  it('K6 judges the end of a badge by the stamps of what was written with it, alike at everybody', async () => {
    const clocks = { bob: wrongClock(), carol: wrongClock(), dave: wrongClock() }
    await using mesh = await foundRealMesh(['alice', 'carol', 'dave'], { clocks, hasLines: true })
    const alice = mesh.at('alice')
    const { token } = await alice.peer.invite({ can: can.bob, badgeFor: '1h' })
    const bob = await mesh.open('bob', { join: token })
    await until(areAlone(mesh.peers), soonMs)
    clocks.carol.jump(-aheadMsMax / 2)
    await mesh.cut(['alice', 'carol', 'bob'], ['dave'])
    const last = await bob.peer.set('shop/a', 'in time')
    await until(hold([alice, mesh.at('carol')], [last.name]), soonMs)
    clocks.bob.jump(2 * hourMs)
    await expect(bob.peer.set('shop/a', 'too late')).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    await mesh.close('bob')
    // To dave it comes long after the badge has ended.
    clocks.dave.jump(dayMs)
    await mesh.heal()
    const rest = mesh.peers
    await until(all(hold(rest, [last.name]), areEqual(rest)), soonMs)
    expect(mesh.at('dave').peer.get('shop/a')).toBe('in time')
  })
})

/** The clock of this whole process, that libraries go by. */
function jumpingDate(): { jump(byMs: number): void } {
  let ahead = 0
  const { now } = Date
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead)
  return { jump: (byMs) => void (ahead += byMs) }
}

/** Sends again what alice published first since it was armed; says how the others judged it each time that gossip brought it. */
function tapForReplay() {
  const judged = new Map<string, string[]>()
  let first: Uint8Array | undefined
  let isArmed = false
  let publish: (bytes: Uint8Array) => void = () => {}
  const sender =
    (open: OpenNetwork): OpenNetwork =>
    (options) => {
      const network = open(options)
      publish = (bytes) => network.publish(bytes)
      return {
        ...network,
        publish(bytes) {
          if (isArmed) first ??= bytes
          network.publish(bytes)
        },
      }
    }
  const hearer =
    (name: string, open: OpenNetwork): OpenNetwork =>
    (options) => {
      const { hooks } = options
      const heard: typeof hooks.heard = async (from, bytes) => {
        const judgement = await hooks.heard(from, bytes)
        const isIt = first !== undefined && Buffer.compare(bytes, first) === 0
        if (isIt) judged.set(name, [...(judged.get(name) ?? []), judgement])
        return judgement
      }
      return open({ ...options, hooks: { ...hooks, heard } })
    }
  return {
    judged,
    arm: () => void (isArmed = true),
    again: () => publish(first!),
    tap: (name: string, open: OpenNetwork) =>
      name === 'alice' ? sender(open) : hearer(name, open),
  }
}
