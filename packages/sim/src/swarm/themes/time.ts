import { between, some } from '../draw.js'
import { type Story, dayMs } from '../story.js'
import type { Theme } from '../swarm-terms.js'

/** Several write the same key at the same instant: only the replica id can decide. */
const equalStamps: Theme = {
  name: 'equal stamps',
  needs: { people: 2 },
  bend: (mesh, random) => ({
    habits: { ...mesh.habits, clockStepMs: random.pick([1, 100, 1_000, 4_000]) },
  }),
  tell(story) {
    const { random, honest, keys } = story
    for (let round = between(random, 2, 5); round > 0; round--) {
      const key = random.pick(keys)
      for (const who of some(random, honest, between(random, 2, 4))) story.put(who, [key])
      if (random.chance(0.5)) story.settle()
      else story.spread()
    }
    story.settle()
  },
}

const jumpsMs = [55_000, 61_000, 90_000, 600_000, 3_600_000, dayMs, 40 * dayMs, 3_650 * dayMs]

/** A clock runs far ahead, writes, and comes back; others overwrite, or cannot. */
const farClocks: Theme = {
  name: 'far clocks',
  era: 'months',
  needs: { people: 2 },
  tell(story) {
    const { random, people, honest, keys } = story
    const fast = some(random, people, between(random, 1, 2))
    const [first] = fast
    if (first === undefined) return
    const offsetMs = random.pick(jumpsMs)
    story.put(random.pick(honest), [keys[0]!])
    story.spread()
    for (const who of fast) story.happen(who, { do: 'clock', offsetMs })
    for (let count = between(random, 1, 3); count > 0; count--) {
      story.put(random.pick(fast), [random.pick(keys)])
      story.spread()
    }
    story.put(random.pick(honest), [random.pick(keys)])
    story.settle()
    if (random.chance(0.3)) story.crash(first)
    const back = random.pick([0, 0, -offsetMs, -61_000, -10_000])
    for (const who of fast) story.happen(who, { do: 'clock', offsetMs: back })
    story.put(first, [random.pick(keys)])
    story.put(random.pick(honest), [random.pick(keys)])
    story.settle()
    // What was too early becomes due.
    if (random.chance(0.4))
      story.happen(first, { do: 'skip', ms: random.pick([120_000, offsetMs]) })
    story.settle()
  },
}

/** What stays alive in the air for months, as a duplicate or behind a pause, arrives after all. */
const lateDuplicates: Theme = {
  name: 'late duplicates',
  era: 'months',
  needs: { people: 2 },
  bend: (mesh, random) => ({
    weather: {
      ...mesh.weather,
      duplicateShare: random.pick([0.2, 0.4]),
      duplicateLaterMs: between(random, 1_000, 8_000),
    },
  }),
  tell(story) {
    const { random, people, honest, keys } = story
    story.put(random.pick(people), keys)
    story.put(random.pick(honest), [keys[0]!])
    story.spread()
    story.remove(random.pick(people), [random.pick(keys)])
    story.spread()
    for (let months = between(random, 1, 3); months > 0; months--) {
      story.month(honest)
      if (random.chance(0.5)) story.put(random.pick(people), [random.pick(keys)])
      story.settle()
    }
  },
}

/** Somebody who is ahead of its time hands a whole state to a newcomer. */
const snapshotFromTheFuture: Theme = {
  name: 'snapshot from the future',
  weight: 2,
  era: 'months',
  needs: { people: 3 },
  tell(story) {
    const { random, people, honest, keys } = story
    const [fast] = people
    if (fast === undefined) return
    forgetSome(story)
    story.happen(fast, { do: 'clock', offsetMs: random.pick(jumpsMs.slice(1)) })
    story.put(fast, [random.pick(keys)])
    if (random.chance(0.5)) story.spread()
    const empty = story.newcomer(fast)
    story.sync(empty, fast)
    story.spread()
    story.put(empty, [random.pick(keys)])
    story.settle()
    story.happen(fast, { do: 'clock', offsetMs: 0 })
    story.put(random.pick(honest), [random.pick(keys)])
    story.settle()
  },
}

/** Something is written, replaced, and leaves all logs: from here on it takes a snapshot. */
export function forgetSome(story: Story): void {
  const { random, people, honest, keys } = story
  const writer = random.pick(people)
  story.put(writer, keys)
  story.spread()
  if (random.chance(0.5)) story.put(random.pick(people), [keys[0]!])
  else story.remove(random.pick(people), [keys[0]!])
  story.put(writer, [keys[1]!])
  story.settle()
  story.month(honest, { isSealed: true })
  story.month(honest, { isSealed: true })
}

/** A right ends while what was written under it is still on its way. */
const endedGrant: Theme = {
  name: 'ended grant',
  era: 'months',
  needs: { people: 2 },
  tell(story) {
    const { random, people, honest, keys } = story
    const [writer, absent] = people
    if (writer === undefined || absent === undefined) return
    const granted = ['granted/a', 'granted/b']
    const end = story.away(absent)
    story.put(writer, [random.pick(granted), random.pick(keys)])
    story.put(random.pick(honest), [random.pick(granted)])
    story.put(absent, [random.pick(granted)])
    story.spread()
    story.happen(writer, { do: 'skip', ms: random.pick([2 * 3_600_000, 32 * dayMs]) })
    if (random.chance(0.5)) story.put(writer, [random.pick(granted)])
    end()
    if (random.chance(0.3)) story.newcomer(writer, absent)
    story.settle()
    if (random.chance(0.3)) story.month(honest)
  },
}

export const timeThemes: readonly Theme[] = [
  equalStamps,
  farClocks,
  lateDuplicates,
  snapshotFromTheFuture,
  endedGrant,
]
