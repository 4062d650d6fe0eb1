import { describe, expect, it } from 'vitest'
import { type Stage, openStage, readingsOf, word } from '../../test/hostile-stage.js'
import { deltaFrame, hexOf, partsOf } from './wire.js'
import { kindOf } from '../frames.js'
import { type Trick, tricks } from '../plan.js'
import { type Random, randomOf } from '../random.js'

const onlyAdmins = (_author: string, key: string): string | undefined =>
  key.startsWith('admins/') ? 'only admins may write this' : undefined

/** Everybody has written, some keys are in conflict, and now and then the logs have forgotten much. */
function openMesh(seed: number): Stage {
  const stage = openStage({ seed, revocable: seed % 3 === 0, writeFault: onlyAdmins })
  for (let index = 0; index < 4; index++) {
    stage.put(stage.alice, `k${index}`, index)
    stage.put(stage.bob, `k${index % 2}`, `of bob ${index}`)
    if (index > 0) stage.deliver()
  }
  stage.put(stage.mallory, 'k3', 'of mallory')
  stage.deliver()
  if (seed % 4 === 0) stage.forget()
  return stage
}

/** One trick three times, while life goes on. */
function suffer(stage: Stage, trick: Trick): void {
  for (let round = 0; round < 3; round++) {
    stage.play(trick)
    stage.put(stage.alice, `k${round}`, `again ${round}`)
    stage.handle(stage.mallory, { type: 'announce' })
    stage.handle(stage.alice, { type: 'sync', with: stage.mallory.peer })
    stage.deliver()
    stage.now += 2_000
  }
}

/** What honest peers make of it; each is met by some seed. */
const reactions: Record<(typeof tricks)[number], readonly RegExp[]> = {
  forge: [
    /refused: its signature does not hold/,
    /refused: the signature of a statement does not hold/,
    /refused: the signature of a presence does not hold/,
    /refused: the signature of a fork proof does not hold/,
    /refused: its issuer \w+ may not issue a cut/,
    /refused: its issuer \w+ may not issue a seal/,
    /refused: its issuer \w+ may not issue a close/,
    /refused: the two releases do not prove a fork/,
    /refused: it does not show all of its changes/,
    /refused: only admins may write this/,
  ],
  replay: [/^duplicate$/],
  equivocate: [
    /^forked$/,
    /^void$/,
    /^waiting$/,
    /notice: forked/,
    /notice: void/,
    /notice: statement/,
  ],
  'far-future': [/^early$/, /^forked$/, /^applied$/],
  'over-quota': [
    /^waiting$/,
    /refused: it is nested deeper than 32/,
    /refused: the changes are not a tree/,
    /refused: it is not canonical DAG-CBOR/,
    /refused: (want|evidence|delta|presence|snapshot) is \d+ bytes long/,
    /refused: it takes \d+ bytes, the limit is 1048576/,
    /refused: it has a member named "__proto__"/,
    /refused: a key cannot be used: it has a control character/,
    /refused: a key cannot be used: it has the segment "\.\."/,
    /refused: its issuer \w+ may not issue a close/,
  ],
  'lie-about-clock': [/^waiting$/, /^applied$/],
  'lie-about-state': [
    /notice: diverged/,
    /notice: unvouched/,
    /refused: the tip of \w+ is not proven/,
    /refused: the snapshot does not show the state that it claims/,
    /refused: a context in the snapshot exceeds its clock/,
  ],
  withhold: [/^applied$/],
  drip: [/^applied$/],
}

const seedsMax = 200

describe('a hostile peer', () => {
  it.each(tricks)(
    'meets, by %s, every reaction that it aims at, and honest peers agree',
    // Floods are work, also on a machine that has other work to do.
    { timeout: 60_000 },
    (trick) => {
      const missing = new Set(reactions[trick])
      for (let seed = 1; seed <= seedsMax && (missing.size > 0 || seed <= 30); seed++) {
        const stage = openMesh(seed)
        suffer(stage, trick)
        stage.settle()
        expect(word(stage.alice), `seed ${seed}`).toBe(word(stage.bob))
        expect(readingsOf(stage.alice), `seed ${seed}`).toEqual(readingsOf(stage.bob))
        for (const reaction of missing) {
          if (stage.told.some((told) => reaction.test(told))) missing.delete(reaction)
        }
      }
      expect([...missing]).toEqual([])
    },
  )

  it.each(tricks)('does the same again, by %s, where it is dealt the same chances', (trick) => {
    const frames = (): readonly string[] => {
      const seen: string[] = []
      const stage = openMesh(8)
      stage.onArrival = ({ from, bytes }) => void seen.push(`${from.name} ${hexOf(bytes)}`)
      suffer(stage, trick)
      return seen
    }

    expect(frames()).toEqual(frames())
  })

  it('plays nothing where it is alone', () => {
    const stage = openMesh(1)
    stage.isAlone = true
    let arrived = 0
    stage.onArrival = () => void arrived++
    for (const trick of tricks) stage.play(trick)

    expect(arrived).toBe(0)
  })
})

/** Seeds by what the trick made of them; the first of each kind is as good as any. */
function firstSeed(trick: Trick, isWanted: (stage: Stage) => boolean): Stage {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const stage = openMesh(seed)
    stage.hostile.play(trick)
    if (isWanted(stage)) return stage
  }
  throw new Error(`none of ${seedsMax} seeds does that`)
}

describe('a peer that sends all that it can', () => {
  /** Leaves to chance only what is not rare. */
  const likely = (seed: number): Random => {
    const random = randomOf(seed, 'mallory')
    const chance = (share: number): boolean => share < 0.01 || random.chance(share)
    return Object.assign((): number => random(), { ...random, chance })
  }

  it(
    'fills the parking of one victim, which then gets by sessions what it lacks',
    { timeout: 60_000 },
    () => {
      for (let seed = 1; seed <= 20; seed++) {
        const stage = openStage({ seed, random: likely(seed) })
        stage.play('over-quota')
        if (!stage.told.includes('notice: parking-full')) continue
        stage.put(stage.alice, 'k', 'after it')
        stage.settle()
        expect(stage.bob.replica.get('k')).toBe('after it')
        expect(word(stage.alice)).toBe(word(stage.bob))
        return
      }
      expect.unreachable('no parking was ever full')
    },
  )
})

describe('a peer that equivocates', () => {
  it('has its chain cut where it forks, on everybody', () => {
    const stage = firstSeed('equivocate', (played) => {
      played.deliver()
      played.settle()
      return played.alice.replica.status().forked.length > 0
    })
    const [forked] = stage.alice.replica.status().forked

    expect(stage.bob.replica.status().forked).toEqual([forked])
    expect(stage.bob.replica.status().limits).toEqual(stage.alice.replica.status().limits)
    expect(stage.alice.replica.status().limits.has(forked!)).toBe(true)
  })
})

describe('a release from the future', () => {
  it('is shown nowhere before its time, and everywhere after it', () => {
    const waits = (stage: Stage): boolean => {
      stage.deliver()
      const { early } = stage.alice.replica.status()
      return early.length === 1 && early[0]!.stamp.ms < stage.now + 70_000
    }
    const stage = firstSeed('far-future', waits)
    const [early] = stage.alice.replica.status().early
    expect(stage.alice.replica.release(early!)).toBeUndefined()

    stage.settle()

    expect(stage.alice.replica.release(early!)?.release.id).toBe(early!.id)
    expect(stage.bob.replica.release(early!)?.release.id).toBe(early!.id)
  })
})

describe('a peer that lies about its clock', () => {
  it('is asked for what it claims to hold, and is believed in what it lacks', () => {
    const asked = new Set<string | undefined>()
    for (let seed = 1; seed <= 120; seed++) {
      const stage = openMesh(seed)
      stage.onArrival = ({ to, bytes }) => void (to.isHonest || asked.add(kindOf(bytes)))
      stage.play('lie-about-clock')
    }

    expect([...asked]).toEqual(expect.arrayContaining(['want', 'delta', 'evidence', 'clock']))
  })

  it('makes others believe that it holds more than anybody wrote', () => {
    const stage = firstSeed('lie-about-clock', (played) => {
      played.deliver()
      const claimed = played.alice.replica.presences().get(played.mallory.peer)?.clock ?? []
      return [...claimed].some(([id, seq]) => seq > (played.alice.replica.clock().get(id) ?? 0))
    })

    expect(stage.alice.replica.presences().get(stage.mallory.peer)).toBeDefined()
  })
})

describe('a peer that withholds', () => {
  const summary = Uint8Array.of(0x85, 2)

  it('lets nothing out, or nothing in, for some time, and then goes on as before', () => {
    const isSilent = ({ hostile, alice }: Stage): boolean =>
      hostile.leaves(alice, summary).length === 0
    const silent = firstSeed('withhold', isSilent)
    silent.now += 61_000
    expect(isSilent(silent)).toBe(false)

    const isDeaf = ({ hostile, alice, mallory }: Stage): boolean =>
      hostile.hears({ from: alice, to: mallory, bytes: summary, isGossip: false, hops: 1 })
    const deaf = firstSeed('withhold', isDeaf)
    deaf.now += 61_000
    expect(isDeaf(deaf)).toBe(false)
  })

  it('does so towards one victim only, or towards all', () => {
    const isTo = (stage: Stage, name: 'alice' | 'bob'): boolean =>
      stage.hostile.leaves(stage[name], summary).length === 0
    const narrow = firstSeed('withhold', (stage) => isTo(stage, 'alice') && !isTo(stage, 'bob'))
    expect(narrow.hostile.leaves(undefined, summary)).toHaveLength(1)

    const isToAll = ({ hostile }: Stage): boolean => hostile.leaves(undefined, summary).length === 0
    const wide = firstSeed('withhold', isToAll)
    expect(isTo(wide, 'alice')).toBe(true)
    expect(isTo(wide, 'bob')).toBe(true)
  })
})

describe('a peer that drips', () => {
  it('gives one release at a time, each later than the one before', () => {
    const stage = firstSeed('drip', () => true)
    const all = [...stage.mallory.synced].filter(([name]) => name.startsWith('release/'))
    const releases = all.map(([, bytes]) => bytes)
    const isSlow = (played: Stage): boolean =>
      played.hostile.leaves(played.alice, deltaFrame(releases.slice(0, 1)))[0]!.afterMs > 0
    const slow = firstSeed('drip', isSlow)

    const pieces = slow.hostile.leaves(slow.alice, deltaFrame(releases.slice(0, 4)))

    expect(pieces).toHaveLength(4)
    expect(pieces.map(({ bytes }) => (partsOf(bytes)[0] as readonly unknown[]).length)).toEqual([
      1, 1, 1, 1,
    ])
    const late = pieces.map(({ afterMs }) => afterMs)
    expect(late).toEqual([...new Set(late)].sort((a, b) => a - b))
  })
})
