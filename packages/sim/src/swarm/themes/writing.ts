import { between, some } from '../draw.js'
import type { Theme } from '../swarm-terms.js'

/** A conflict is there, and each side of a cut resolves it in its own way. */
const resolvedTwice: Theme = {
  name: 'resolved twice',
  needs: { people: 2 },
  tell(story) {
    const { random, honest, keys } = story
    const key = random.pick(keys)
    for (const who of some(random, honest, between(random, 2, 4))) story.put(who, [key])
    story.settle()
    const halves = story.halves()
    const end = story.split(halves)
    for (let count = between(random, 2, 6); count > 0; count--) {
      const who = random.pick(random.chance(0.5) ? halves.here : halves.there)
      if (random.chance(0.7)) story.put(who, [key])
      else story.remove(who, [key])
      story.wait(0, 600)
    }
    if (random.chance(0.5)) story.settle()
    end()
    story.settle()
    if (random.chance(0.5)) story.put(random.pick(honest), [key])
    story.settle()
  },
}

/** Writes that rest on what their writer shows, where others write at the same time. */
const conditional: Theme = {
  name: 'conditional writes',
  needs: { people: 2 },
  tell(story) {
    const { random, honest, keys } = story
    const end = random.chance(0.5) ? story.split(story.halves()) : undefined
    const key = random.pick(keys)
    for (let count = between(random, 4, 10); count > 0; count--) {
      const isAsked = random.chance(0.3)
      story.put(random.pick(honest), [key], {
        isConditional: random.chance(0.8),
        // By then the condition may not hold any more.
        ...(isAsked ? { retryAfterMs: between(random, 10, 900) } : {}),
      })
      if (random.chance(0.6)) story.wait(0, 400)
    }
    end?.()
    story.settle()
  },
}

/** Releases are undone while others write over some of their keys, on both sides of a cut. */
const rollbacks: Theme = {
  name: 'rollbacks',
  needs: { people: 2 },
  tell(story) {
    const { random, honest, keys } = story
    story.put(random.pick(honest), keys)
    story.settle()
    story.put(random.pick(honest), random.chance(0.7) ? keys : [keys[0]!])
    story.spread()
    const end = random.chance(0.6) ? story.split(story.halves()) : undefined
    for (let count = between(random, 2, 6); count > 0; count--) {
      const who = random.pick(honest)
      if (random.chance(0.5)) story.happen(who, { do: 'rollback', back: between(random, 0, 3) })
      else if (random.chance(0.3)) story.remove(who, [random.pick(keys)])
      else story.put(who, [random.pick(keys)])
      story.wait(0, 500)
    }
    end?.()
    story.settle()
  },
}

/** Values that are announced and fetched, from writers who may be gone by then. */
const largeValues: Theme = {
  name: 'large values',
  needs: { people: 2 },
  tell(story) {
    const { random, people, honest, keys } = story
    for (let count = between(random, 2, 4); count > 0; count--) {
      const who = random.pick(people)
      const valueBytes = random.chance(0.3) ? between(random, 120_000, 200_000) : 34_000
      story.put(who, [random.pick(keys)], { valueBytes })
      story.wait(0, 60)
      if (random.chance(0.3)) story.crash(who)
      else if (random.chance(0.4)) story.put(who, [random.pick(keys)])
      if (random.chance(0.3)) story.put(random.pick(honest), [random.pick(keys)])
      story.wait(100, 1_200)
    }
    story.settle()
  },
}

/** So many keys that some share a bucket of the state hash, and they come in another order each. */
const manyKeys: Theme = {
  name: 'many keys',
  needs: { people: 2 },
  tell(story) {
    const { random, honest, people } = story
    const count = between(random, 20, 60)
    const [one, other] = some(random, honest, 2)
    if (one === undefined || other === undefined) return
    const wide = (name: string): readonly string[] =>
      Array.from({ length: count }, (_, index) => `wide/${name}/${index}`)
    // The first two lie in one bucket for certain.
    story.put(one, ['a', ...wide('left')])
    story.put(other, ['mbi', ...wide('right')])
    story.settle()
    story.put(random.pick(people), [random.pick(wide('left')), random.pick(wide('right'))])
    story.remove(random.pick(honest), some(random, wide('left'), 10))
    story.settle()
  },
}

/** Nothing is pushed: sessions alone bring everything everywhere. */
const silence: Theme = {
  name: 'silence',
  needs: { people: 2 },
  bend: (mesh) => ({ overlay: { ...mesh.overlay, gossip: false } }),
  tell(story) {
    const { random, honest, keys } = story
    const absent = random.pick(honest)
    const end = random.chance(0.5) ? story.away(absent) : undefined
    for (let count = between(random, 3, 8); count > 0; count--) {
      const who = random.pick(honest)
      if (random.chance(0.75)) story.put(who, random.chance(0.3) ? keys : [random.pick(keys)])
      else story.remove(who, [random.pick(keys)])
      story.wait(0, 1_200)
    }
    end?.()
    story.settle()
  },
}

/** One works alone for long, while the others work on the same keys. */
const alone: Theme = {
  name: 'alone for long',
  needs: { people: 2 },
  tell(story) {
    const { random, honest, people, keys } = story
    const [absent] = people
    if (absent === undefined) return
    story.put(random.pick(honest), keys)
    story.spread()
    const end = story.away(absent)
    for (let count = between(random, 4, 10); count > 0; count--) {
      const who = random.chance(0.5) ? absent : random.pick(honest)
      if (random.chance(0.7)) story.put(who, [random.pick(keys)])
      else story.remove(who, [random.pick(keys)])
      if (random.chance(0.15)) story.crash(absent)
      story.wait(50, 1_000)
    }
    end()
    story.settle()
  },
}

/** Nobody hears everybody, but everything gets through by way of others. */
const roundabout: Theme = {
  name: 'roundabout',
  needs: { people: 3 },
  tell(story) {
    const { random, honest, keys } = story
    const shape = random.pick(['bridge', 'ring', 'asymmetric', 'regions'] as const)
    const who = random.pick(honest)
    const forMs = between(random, 3_000, 9_000)
    story.happen(who, { do: 'partition', shape, forMs, salt: random.below(1_000_000) })
    for (let left = forMs; left > 0; left -= 800) {
      const writer = random.pick(honest)
      if (random.chance(0.75)) story.put(writer, [random.pick(keys)])
      else story.remove(writer, [random.pick(keys)])
      story.wait(100, 900)
    }
    story.settle()
  },
}

/** The same value again writes nothing; sets of keys of which some are there already. */
const sameAgain: Theme = {
  name: 'same again',
  needs: { people: 2 },
  tell(story) {
    const { random, honest, keys } = story
    for (let count = between(random, 3, 6); count > 0; count--) {
      const who = random.pick(honest)
      story.put(who, [random.pick(keys)])
      story.spread()
      story.put(random.pick(honest), random.chance(0.5) ? keys : [random.pick(keys)], {
        isSame: true,
      })
      story.wait(10, 600)
    }
    story.settle()
  },
}

export const writingThemes: readonly Theme[] = [
  resolvedTwice,
  conditional,
  rollbacks,
  largeValues,
  manyKeys,
  silence,
  alone,
  roundabout,
  sameAgain,
]
