import { between, some, without } from '../draw.js'
import { type Story, dayMs } from '../story.js'
import type { Theme } from '../swarm-terms.js'
import { forgetSome } from './time.js'

/** One is away while the others remove, let go and forget; then it is back with its old data. */
const winter: Theme = {
  name: 'winter',
  weight: 2,
  era: 'months',
  needs: { people: 3 },
  tell(story) {
    const { random, people, honest, keys } = story
    const [absent, writer, other] = people
    if (absent === undefined || writer === undefined || other === undefined) return
    const [key, second] = keys as [string, string]
    story.put(random.pick([absent, writer]), random.chance(0.5) ? [key] : [key, second])
    story.settle()
    const end = story.away(absent)
    const present = without(honest, absent)
    if (random.chance(0.4)) story.put(absent, [random.pick(keys)])
    story.remove(random.pick([writer, other]), [key])
    story.spread()
    if (random.chance(0.3)) story.put(other, [second])
    for (let months = between(random, 1, 3); months > 0; months--) {
      story.month(present)
      if (random.chance(0.3)) story.put(random.pick(present), [random.pick(keys)])
    }
    if (random.chance(0.3)) story.newcomer(absent, writer, other)
    if (random.chance(0.6)) story.put(other, [key])
    if (random.chance(0.3)) story.remove(other, [key])
    if (random.chance(0.7)) story.spread()
    end()
    // At once, before any session has told it what happened.
    if (random.chance(0.5)) story.put(random.pick([other, writer]), [key])
    if (random.chance(0.3)) story.put(absent, [key])
    if (random.chance(0.3)) story.sync(absent, random.pick([other, writer]))
    story.settle()
    story.settle()
  },
}

/** Of a release with two keys one is removed and forgotten; then somebody takes a snapshot. */
const twoKeys: Theme = {
  name: 'two keys',
  weight: 2,
  era: 'months',
  needs: { people: 3 },
  tell(story) {
    const { random, people, honest, keys } = story
    const [writer, other] = people
    if (writer === undefined || other === undefined) return
    const [gone] = keys as [string]
    story.put(writer, keys)
    if (random.chance(0.5)) story.settle()
    const remover = random.pick([writer, writer, other])
    if (random.chance(0.8)) story.remove(remover, [gone])
    else story.put(remover, [gone])
    story.put(random.pick([writer, other]), [`${gone}/after`])
    story.settle()
    story.month(honest, { isSealed: true })
    story.month(honest, { isSealed: true })
    const empty = story.newcomer(writer, other)
    if (random.chance(0.7)) story.sync(empty, random.pick([writer, other]))
    story.spread()
    if (random.chance(0.5)) story.put(empty, [random.pick(keys)])
    story.settle()
  },
}

/** Whoever joins by a snapshot writes what had been removed, and the absent hears of that first. */
const contexts: Theme = {
  name: 'contexts by snapshot',
  weight: 2,
  era: 'months',
  needs: { people: 4 },
  tell(story) {
    const { random, people, honest, keys } = story
    const [absent, writer, helper] = people
    if (absent === undefined || writer === undefined || helper === undefined) return
    const [key, second] = keys as [string, string]
    story.put(random.pick([writer, absent]), [key])
    story.settle()
    const end = story.away(absent)
    const present = without(honest, absent)
    story.remove(random.pick([writer, helper]), [key])
    story.put(random.pick([writer, helper]), [second])
    story.settle()
    story.month(present, { isSealed: true })
    story.month(present, { isSealed: true })
    const empty = story.newcomer(absent, writer, helper)
    story.sync(empty, random.pick([writer, helper]))
    story.spread()
    story.wait(200, 1_500)
    story.put(empty, [key])
    if (random.chance(0.3)) story.remove(empty, [key])
    end()
    if (random.chance(0.5)) story.put(empty, [key])
    if (random.chance(0.4)) story.sync(absent, empty)
    story.settle()
  },
}

/** Two halves of the mesh have each let go of something of which the other has heard nothing. */
const settledApart: Theme = {
  name: 'settled apart',
  weight: 3,
  era: 'months',
  needs: { people: 3 },
  // Rare sessions, so that only gossip tells in time; and few peers, so that no other way is open.
  bend: (mesh, random) => ({
    peers: mesh.admins + 3,
    hostile: 0,
    habits: { ...mesh.habits, sessionMs: between(random, 4_000, 8_000), collectMs: 0 },
    overlay: { ...mesh.overlay, links: mesh.admins + 2, gossip: true },
  }),
  tell(story) {
    const { random, people, honest, keys } = story
    const [left, right] = people
    if (left === undefined || right === undefined) return
    const [key, second] = keys as [string, string]
    story.put(left, [key])
    story.put(right, ['kept'])
    story.settle()
    const endRight = story.away(right)
    story.remove(left, [key])
    story.spread()
    story.month(without(honest, right), { isSealed: true })
    if (random.chance(0.5)) story.month(without(honest, right), { isSealed: true })
    endRight()
    const endLeft = story.away(left)
    story.put(right, [second])
    story.wait(60, 200)
    story.remove(right, [second])
    story.wait(60, 200)
    story.month(without(honest, left), { isSealed: true })
    story.month(without(honest, left), { isSealed: true })
    endLeft()
    story.sync(left, right)
    if (random.chance(0.5)) story.sync(right, left)
    story.settle()
  },
}

/** Fewer than half of the members are in sight of each other, and months go by. */
const minority: Theme = {
  name: 'minority',
  weight: 2,
  era: 'months',
  needs: { people: 3 },
  tell(story) {
    const { random, people, honest, keys } = story
    const [one] = people
    if (one === undefined) return
    // Of an even number the half is no majority either.
    const { here, there } = story.halves(one)
    const [few, many] = random.chance(0.5) ? [[one], without(honest, one)] : [here, there]
    story.put(random.pick(honest), keys)
    story.settle()
    const end = few.length === 1 ? story.away(one) : story.split({ here: few, there: many })
    story.remove(random.pick(few), [keys[0]!])
    if (random.chance(0.5)) story.put(random.pick(few), [keys[1]!])
    if (random.chance(0.5)) story.put(random.pick(many), [random.pick(keys)])
    story.settle()
    story.month(few, { isSealed: false })
    story.month(few, { isSealed: false })
    if (random.chance(0.5)) story.put(random.pick(few), [keys[0]!])
    end()
    story.settle()
    story.settle()
  },
}

/** A member is heard again before it has heard anything: what it lacks must not be let go of. */
const heardTooSoon: Theme = {
  name: 'heard too soon',
  weight: 2,
  era: 'months',
  needs: { people: 3 },
  bend: (mesh, random) => ({
    habits: { ...mesh.habits, sessionMs: between(random, 2_500, 5_000) },
  }),
  tell(story) {
    const { random, admins, people, honest, keys } = story
    const [behind, writer] = people
    if (behind === undefined || writer === undefined) return
    const [key] = keys as [string]
    story.put(random.pick([behind, writer]), [key])
    story.settle()
    const end = story.away(behind)
    story.put(writer, [key])
    story.remove(random.pick(without(honest, behind)), [key])
    story.settle()
    story.happen(writer, { do: 'skip', ms: 32 * dayMs })
    end()
    story.happen(behind, { do: 'announce' })
    story.spread()
    for (const who of admins) story.happen(who, { do: 'seal' })
    story.wait(20, 200)
    for (const who of without(honest, behind)) story.happen(who, { do: 'collect' })
    const endAgain = story.away(behind)
    story.month(without(honest, behind))
    if (random.chance(0.5)) story.put(behind, [key])
    endAgain()
    story.settle()
  },
}

/** Both sides of a conflict are older than a month, and histories are trimmed. */
const oldConflicts: Theme = {
  name: 'old conflicts',
  era: 'months',
  needs: { people: 2 },
  tell(story) {
    const { random, people, honest, keys } = story
    const writers = some(random, people, between(random, 2, 3))
    for (const who of writers) {
      story.put(who, random.chance(0.5) ? keys : [keys[0]!])
      if (random.chance(0.5)) story.wait(0, 30)
    }
    story.settle()
    story.month(honest, { collectors: some(random, honest, between(random, 1, honest.length)) })
    if (random.chance(0.5)) story.put(random.pick(writers), [keys[0]!])
    story.settle()
    story.month(honest)
    if (random.chance(0.5)) story.newcomer(...writers)
    story.settle()
  },
}

/** A snapshot of several pages is on its way while its sender goes on writing. */
const busySnapshot: Theme = {
  name: 'busy snapshot',
  weight: 2,
  era: 'months',
  needs: { people: 2 },
  tell(story) {
    const { random, people, honest } = story
    const [sender] = people
    if (sender === undefined) return
    const wide = Array.from({ length: between(random, 4, 8) }, (_, index) => `page/${index}`)
    for (const key of wide)
      story.put(sender, [key], { valueBytes: between(random, 12_000, 24_000) })
    story.settle()
    for (const key of some(random, wide, 3)) {
      story.put(random.pick(people), [key], { valueBytes: between(random, 12_000, 24_000) })
    }
    forgetSome(story)
    const empty = story.newcomer(sender)
    story.sync(empty, sender)
    writeMeanwhile(story, sender, wide)
    story.settle()
    story.put(random.pick(honest), [random.pick(wide)])
    story.settle()
  },
}

function writeMeanwhile(story: Story, sender: number, keys: readonly string[]): void {
  const { random } = story
  for (let count = between(random, 4, 12); count > 0; count--) {
    story.wait(2, 60)
    if (random.chance(0.8)) story.put(sender, [random.pick([...keys, 'meanwhile'])])
    else story.remove(sender, [random.pick(keys)])
  }
  if (random.chance(0.3)) story.crash(sender)
}

export const lettingGoThemes: readonly Theme[] = [
  winter,
  twoKeys,
  contexts,
  settledApart,
  minority,
  heardTooSoon,
  oldConflicts,
  busySnapshot,
]
