import { between, some, without } from '../draw.js'
import type { Trick } from '../../plan.js'
import type { Story } from '../story.js'
import type { Era, Theme } from '../swarm-terms.js'
import { forgetSome } from './time.js'

function play(story: Story, trickster: number, trick: Trick): void {
  story.happen(trickster, { do: 'trick', trick })
  story.wait(0, 300)
}

/** Says one thing to each half of a mesh that cannot compare. */
const twoTongues: Theme = {
  name: 'two tongues',
  era: 'forks',
  needs: { people: 2, hostile: 1 },
  tell(story) {
    const { random, honest, hostile, keys } = story
    const end = random.chance(0.7) ? story.split(story.halves()) : story.away(random.pick(honest))
    for (let count = between(random, 1, 3); count > 0; count--) {
      play(story, random.pick(hostile), 'equivocate')
      story.put(random.pick(honest), [random.pick(keys)])
      story.wait(50, 800)
    }
    if (random.chance(0.5)) story.settle()
    end()
    story.settle()
    story.put(random.pick(honest), [random.pick(keys)])
    story.settle()
  },
}

/** Somebody comes back after months, and the first to answer it is a liar. */
const liarAtTheDoor: Theme = {
  name: 'liar at the door',
  weight: 4,
  era: 'months',
  hasLiars: true,
  needs: { people: 3, hostile: 1 },
  tell(story) {
    const { random, people, honest, hostile, keys } = story
    const [absent, writer] = people
    const liar = hostile[0]
    if (absent === undefined || writer === undefined || liar === undefined) return
    story.put(random.pick([absent, writer]), keys)
    story.settle()
    const end = story.away(absent)
    const present = [...without(honest, absent), ...hostile]
    story.remove(writer, [keys[0]!])
    story.put(random.pick(without(honest, absent)), [keys[1]!])
    story.settle()
    story.month(present, { isSealed: true })
    story.month(present, { isSealed: true })
    if (random.chance(0.5)) story.put(absent, [random.pick(keys)])
    if (random.chance(0.5)) story.put(writer, ['fresh'])
    story.wait(20, 300)
    play(story, liar, 'lie-about-state')
    end()
    story.sync(absent, liar)
    story.wait(100, 400)
    story.sync(absent, liar)
    if (random.chance(0.4)) play(story, liar, 'lie-about-state')
    story.settle()
    story.settle()
  },
}

/** Everything that a member with a key of its own can do wrong, in a row. */
const mischief: Theme = {
  name: 'mischief',
  needs: { people: 2, hostile: 1 },
  tell(story) {
    const { random, honest, hostile, keys } = story
    const favourites = some(random, tricksOf('months'), between(random, 1, 3))
    for (let count = between(random, 3, 8); count > 0; count--) {
      play(story, random.pick(hostile), random.pick(favourites))
      if (random.chance(0.6)) story.put(random.pick(honest), [random.pick(keys)])
      if (random.chance(0.1)) story.crash(random.pick(honest))
      story.wait(0, 800)
    }
    story.settle()
  },
}

/** Stamps from the far future, on their way for so long that their time comes. */
const farFuture: Theme = {
  name: 'far future',
  era: 'months',
  needs: { people: 2, hostile: 1 },
  tell(story) {
    const { random, honest, hostile, keys } = story
    if (random.chance(0.4)) forgetSome(story)
    for (let count = between(random, 1, 3); count > 0; count--) {
      play(story, random.pick(hostile), 'far-future')
      story.put(random.pick(honest), [random.pick(keys)])
      story.spread()
    }
    if (random.chance(0.5)) story.happen(0, { do: 'skip', ms: random.pick([90_000, 3_700_000]) })
    if (random.chance(0.3)) story.month([...honest, ...hostile])
    story.put(random.pick(honest), [random.pick(keys)])
    story.settle()
  },
}

/** What may be played in any plan of an era; lies about the state are for a story of their own. */
export const tricksOf = (era: Era): readonly Trick[] =>
  era === 'forks' ? [...harmless, 'equivocate'] : harmless

const harmless: readonly Trick[] = [
  'forge',
  'replay',
  'far-future',
  'over-quota',
  'lie-about-clock',
  'withhold',
  'drip',
]

export const hostileThemes: readonly Theme[] = [twoTongues, liarAtTheDoor, mischief, farFuture]
