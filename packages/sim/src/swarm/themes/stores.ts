import { between, spread } from '../draw.js'
import { type Story, deathOf } from '../story.js'
import type { Theme } from '../swarm-terms.js'

/** Died in the middle of writing, with a disk that was not done. */
const lostPower: Theme = {
  name: 'lost power',
  needs: { people: 2 },
  bend: (_mesh, random) => ({ disk: { syncMs: spread(random, 5, 200) } }),
  tell(story) {
    const { random, honest, keys, mesh } = story
    for (let round = between(random, 3, 7); round > 0; round--) {
      const who = random.pick(honest)
      for (let count = between(random, 1, 3); count > 0; count--) {
        story.put(who, random.chance(0.5) ? keys : [random.pick(keys)])
        if (random.chance(0.5)) story.wait(0, mesh.disk.syncMs)
      }
      story.wait(0, mesh.disk.syncMs * 2)
      const dying = random.chance(0.2) ? honest : [who]
      for (const one of dying) story.crash(one)
      story.wait(20, 800)
      story.put(random.pick(honest), [random.pick(keys)])
      story.wait(20, 800)
    }
    story.settle()
  },
}

/** An image comes back, and whoever lives on it goes on writing; told of it, or not. */
function restored(isTold: boolean): Theme {
  return {
    name: isTold ? 'restored and told' : 'restored untold',
    era: isTold ? 'months' : 'forks',
    needs: { people: 2 },
    tell(story) {
      const { random, people, honest, keys } = story
      const who = isTold ? people[0] : story.copyable()
      if (who === undefined) return
      story.put(who, [random.pick(keys)])
      if (random.chance(0.7)) story.spread()
      story.happen(who, { do: 'image' })
      const end = random.chance(0.3) ? story.away(who) : undefined
      for (let count = between(random, 1, 3); count > 0; count--) {
        story.put(who, random.chance(0.3) ? keys : [random.pick(keys)])
        story.wait(0, 300)
      }
      if (random.chance(0.5)) story.put(random.pick(honest), [random.pick(keys)])
      if (random.chance(0.7)) story.settle()
      if (isTold && random.chance(0.4)) {
        story.month(honest)
        story.month(honest)
      }
      const endLate = end === undefined && random.chance(0.4) ? story.away(who) : undefined
      story.happen(who, { do: 'restore', isTold })
      writeAfter(story, who)
      end?.()
      endLate?.()
      story.settle()
      story.put(who, [random.pick(keys)])
      story.settle()
    },
  }
}

/** Sometimes before it has heard a word, sometimes just after. */
function writeAfter(story: Story, who: number): void {
  const { random, keys } = story
  if (random.chance(0.3)) story.wait(10, 1_000)
  for (let count = between(random, 1, 3); count > 0; count--) {
    story.put(who, [random.pick(keys)])
    if (random.chance(0.5)) story.wait(0, 200)
  }
  if (random.chance(0.2)) story.crash(who)
}

/** A living store is copied, and both copies write on. */
const cloned: Theme = {
  name: 'cloned',
  era: 'forks',
  needs: { people: 2 },
  tell(story) {
    const { random, honest, keys } = story
    const who = story.copyable()
    if (who === undefined) return
    story.put(who, [random.pick(keys)])
    story.spread()
    const copy = story.clone(who)
    story.wait(10, 100)
    const end = random.chance(0.8) ? story.away(random.pick([who, copy])) : undefined
    for (let count = between(random, 2, 5); count > 0; count--) {
      story.put(random.pick([who, copy]), random.chance(0.3) ? keys : [random.pick(keys)])
      story.wait(0, 300)
    }
    if (random.chance(0.5)) story.put(random.pick(honest), [random.pick(keys)])
    if (random.chance(0.5)) story.settle()
    end?.()
    if (random.chance(0.3)) story.crash(random.pick([who, copy]))
    story.settle()
    story.put(random.pick([who, copy]), [random.pick(keys)])
    story.settle()
  },
}

/** An empty disk under an old identity, which writes at once. */
const lostDisk: Theme = {
  name: 'lost disk',
  needs: { people: 2 },
  tell(story) {
    const { random, people, honest, keys } = story
    const [who, other] = people
    if (who === undefined || other === undefined) return
    story.put(who, [random.pick(keys)])
    if (random.chance(0.7)) story.spread()
    const end = random.chance(0.5) ? story.away(who) : undefined
    for (let count = between(random, 0, 2); count > 0; count--) story.put(who, [random.pick(keys)])
    if (random.chance(0.5)) story.wait(0, 400)
    if (random.chance(0.3)) story.happen(who, { do: 'crash', ...deathOf(random) })
    story.happen(who, { do: 'lose-disk' })
    for (let count = between(random, 1, 3); count > 0; count--) {
      if (random.chance(0.3)) story.wait(0, 200)
      story.put(who, [random.pick(keys)])
    }
    end?.()
    story.put(random.pick(honest), [random.pick(keys)])
    story.settle()
    if (random.chance(0.5)) story.happen(random.pick([who, ...story.admins]), { do: 'close' })
    story.settle()
  },
}

/** The same request is made again, after a crash or a while, and must not be carried out twice. */
const retries: Theme = {
  name: 'retries',
  needs: { people: 2 },
  tell(story) {
    const { random, people, honest, keys } = story
    for (let round = between(random, 2, 5); round > 0; round--) {
      const who = random.pick(people)
      story.put(who, [random.pick(keys)], { retryAfterMs: spread(random, 10, 6_000) })
      story.wait(0, 300)
      if (random.chance(0.4)) story.crash(who)
      if (random.chance(0.4)) story.put(random.pick(honest), [random.pick(keys)])
      story.wait(100, 1_500)
    }
    story.settle()
  },
}

/** A disk that says no, again and again. */
const failingDisk: Theme = {
  name: 'failing disk',
  needs: { people: 2 },
  bend: (_mesh, random) => ({ disk: { syncMs: spread(random, 1, 50) } }),
  tell(story) {
    const { random, people, honest, keys } = story
    for (let round = between(random, 2, 5); round > 0; round--) {
      const who = random.pick(people)
      const afterOps = between(random, 1, 8)
      story.happen(who, { do: 'disk-fails', afterOps, ops: between(random, 1, 4) })
      for (let count = between(random, 1, 4); count > 0; count--) {
        story.put(random.pick([who, random.pick(honest)]), [random.pick(keys)])
        story.wait(0, 300)
      }
      story.wait(300, 1_500)
    }
    story.settle()
  },
}

export const storeThemes: readonly Theme[] = [
  lostPower,
  restored(true),
  restored(false),
  cloned,
  lostDisk,
  retries,
  failingDisk,
]
