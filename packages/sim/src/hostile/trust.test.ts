import { describe, expect, it } from 'vitest'
import { type Stage, openStage, readingsOf, word } from '../../test/hostile-stage.js'
import { type TrustTrick, trustTricks } from '../plan.js'
import type { ClosedMesh, PlannedGrant } from '../plan.js'

const everything = (can: PlannedGrant['can']): PlannedGrant => ({ prefix: '', can })

/** Mallory may write little, write everything and invite, or nothing, seed by seed. */
const rights: readonly (readonly PlannedGrant[])[] = [
  [{ prefix: 'of', can: 'write' }],
  [everything('write'), everything('invite')],
  [],
]

const closedFor = (seed: number): ClosedMesh => ({
  badges: [
    { by: 'root', grants: [everything('admin')] },
    { by: { peer: 0 }, grants: [everything('write')] },
    { by: 'root', grants: rights[seed % rights.length]! },
  ],
  persons: [{ by: 'root', grants: [everything('write')] }],
})

function openMesh(seed: number): Stage {
  const stage = openStage({ seed, closed: closedFor(seed) })
  const links = stage.trust.badgeOf(stage.trust.keyOf({ person: 0 })!)
  for (let index = 0; index < 3; index++) {
    stage.put(stage.alice, `k${index}`, index)
    stage.put(stage.bob, `k${index % 2}`, `of bob ${index}`)
    const intent = stage.trust.intent(0, {
      atMs: stage.now,
      untilMs: stage.now + 600_000,
      requestId: null,
      put: new Map([
        [`p${index}`, index],
        [`q${index}`, index],
      ]),
      remove: [],
    })!
    stage.handle(stage.bob, { type: 'show-badge', links })
    stage.handle(stage.bob, { type: 'write', intent })
    stage.deliver()
  }
  return stage
}

function suffer(stage: Stage, trick: TrustTrick, seed: number): void {
  const isRevoked = seed % 4 === 0
  for (let round = 0; round < 4; round++) {
    stage.play(trick)
    stage.put(stage.alice, `k${round}`, `again ${round}`)
    stage.handle(stage.alice, { type: 'sync', with: stage.mallory.peer })
    stage.deliver()
    if (isRevoked && round === 1) {
      const subject = stage.mallory.peer
      stage.handle(stage.alice, { type: 'issue', statement: { kind: 'revoke', subject } })
      stage.deliver()
    }
    stage.now += 2_000
  }
}

/** What honest peers make of it; each is met by some seed. */
const reactions: Record<TrustTrick, readonly RegExp[]> = {
  overreach: [
    /refused: peer 2 may not write/,
    /refused: it stands on the badge of another peer/,
    /^void$/,
  ],
  'false-badge': [
    /refused: the badge of .*: it is not signed by the root of this mesh/,
    /refused: the badge of .*: .* cannot give (write|admin)/,
    /refused: the badge of .*: .* may let nobody in/,
    /refused: the badge of .*: its signature does not hold/,
    /refused: a badge has 1 to 5 links/,
    /^waiting$/,
  ],
  'poison-badge': [/refused: the badge of .*: its signature does not hold/, /^duplicate$/],
  'bend-intent': [/refused: its signature does not hold/, /^applied$/],
  'withhold-badges': [/^waiting$/, /^applied$/],
  overspend: [/refused: it does not say what it spent/],
  usurp: [
    /refused: its issuer \w+ is no admin of everything/,
    /refused: its issuer \w+ shows no badge of its own/,
    /refused: the signature of a statement does not hold/,
  ],
  'stray-flood': [],
}

const seedsMax = 200

describe('a hostile member of a closed mesh', () => {
  it.each(trustTricks)(
    'meets, by %s, every reaction that it aims at, and honest peers agree',
    { timeout: 60_000 },
    (trick) => {
      const missing = new Set(reactions[trick])
      for (let seed = 1; seed <= seedsMax && (missing.size > 0 || seed <= 30); seed++) {
        const stage = openMesh(seed)
        suffer(stage, trick, seed)
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

  it('fills no store with proofs that nobody needs', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const stage = openMesh(4 * seed)
      suffer(stage, 'stray-flood', 4 * seed)
      stage.settle()
      for (const { synced } of [stage.alice, stage.bob]) {
        expect([...synced.keys()].filter((name) => name.startsWith('stray/'))).toEqual([])
      }
    }
  })

  it('plays none of it in an open mesh', () => {
    for (const trick of trustTricks) {
      const stage = openStage({ seed: 1 })
      let frames = 0
      stage.onArrival = () => void frames++
      stage.play(trick)
      expect(frames, trick).toBe(0)
    }
  })
})
