import { between, some, without } from '../draw.js'
import { trustTricks } from '../../plan.js'
import type { Holder } from '../../plan.js'
import type { Story } from '../story.js'
import type { Theme } from '../swarm-terms.js'

/** A person wants something of some of the keys, through some peer. */
function want(story: Story, through: number, person: number): void {
  const { random, keys } = story
  const isRemove = random.chance(0.2)
  const wanted = random.chance(0.5) ? keys : [random.pick(keys)]
  story.happen(through, {
    do: 'intent',
    person,
    put: isRemove ? [] : wanted,
    remove: isRemove ? wanted : [],
    goodMs: 3_600_000,
  })
}

const personOf = ({ random, mesh }: Story): number => random.below(mesh.closed?.persons.length ?? 1)

/** Each badge that this story rests on, new and wide, so that something is there to be taken away. */
function letIn(story: Story, whom: Holder, by: Holder): void {
  const grants = [{ prefix: '', can: 'write' as const }]
  if (whom === 'root') return
  if ('peer' in whom) return story.happen(whom.peer, { do: 'badge', by, grants })
  story.happen(story.admins[0] ?? 0, { do: 'badge', person: whom.person, by, grants })
}

/** In one half somebody is revoked, and writes on in the other, under a new incarnation as well. */
const revokedWriter: Theme = {
  name: 'revoked writer',
  weight: 40,
  needs: { people: 3, admins: 1, isRevocable: true },
  tell(story) {
    const { random, admins, people, honest, keys } = story
    const admin = random.pick(admins)
    const [first] = people
    if (first === undefined) return
    const isPerson = random.chance(0.45)
    const person = personOf(story)
    const { here, there } = story.halves(...admins)
    const thief = there.find((one) => people.includes(one)) ?? first
    const whom: Holder = isPerson ? { person } : { peer: thief }
    if (random.chance(0.7)) letIn(story, whom, random.chance(0.5) ? 'root' : { peer: admin })
    story.put(random.pick(honest), keys)
    const act = (through: number): void => {
      if (isPerson) want(story, through, person)
      else if (random.chance(0.8)) story.put(thief, [random.pick(keys)])
      else story.remove(thief, [random.pick(keys)])
    }
    story.spread()
    act(random.pick(here))
    if (random.chance(0.6)) story.settle()
    const end = story.split({ here, there })
    for (let count = between(random, 1, 3); count > 0; count--) {
      act(random.pick(there))
      if (random.chance(0.5)) story.spread()
      if (random.chance(0.5)) story.put(random.pick(there), [random.pick(keys)])
    }
    const isRoot = random.chance(0.4)
    const isKept = random.chance(0.2)
    story.happen(isRoot ? 0 : admin, {
      do: 'revoke',
      whom,
      ...(isRoot && { as: 'root' as const }),
      ...(isKept && { isKept }),
    })
    if (random.chance(0.5)) story.put(random.pick(here), [random.pick(keys)])
    if (random.chance(0.6)) story.happen(thief, { do: 'reincarnate' })
    for (let count = between(random, 1, 3); count > 0; count--) act(random.pick(there))
    if (random.chance(0.6)) story.put(random.pick(there), [random.pick(keys)])
    if (random.chance(0.3)) story.crash(random.pick(honest))
    end()
    story.settle()
    act(random.pick(there))
    if (random.chance(0.3)) letIn(story, whom, 'root')
    if (random.chance(0.3)) story.newcomer(thief)
    story.put(random.pick(honest), [random.pick(keys)])
    story.settle()
  },
}

/** Two admins revoke each other, each in its half, with whom they let in; both halves write on. */
const mutualRevocation: Theme = {
  name: 'mutual revocation',
  weight: 40,
  needs: { people: 2, admins: 2, isRevocable: true },
  tell(story) {
    const { random, admins, people, keys } = story
    const [one, other] = random.chance(0.5) ? admins : admins.toReversed()
    const [guest, second] = people
    if (one === undefined || other === undefined || guest === undefined) return
    const person = personOf(story)
    letIn(story, { peer: guest }, { peer: one })
    letIn(story, { person }, { peer: random.pick([one, other]) })
    if (second !== undefined) letIn(story, { peer: second }, { peer: other })
    story.put(guest, keys)
    want(story, random.pick(people), person)
    story.settle()
    const isOneHere = story.halves(one)
    const here = without(isOneHere.here, other)
    const there = [...without(isOneHere.there, one, ...here), other]
    const end = story.split({ here, there: [...new Set(there)] })
    const act = (): void => {
      story.put(random.pick([guest, one, other, second ?? guest]), [random.pick(keys)])
      if (random.chance(0.5)) want(story, random.pick([guest, one, other]), person)
      story.wait(10, 400)
    }
    act()
    const revoke = (by: number, whom: Holder): void =>
      story.happen(by, { do: 'revoke', whom, ...(random.chance(0.3) && { isKept: true }) })
    revoke(one, { peer: other })
    act()
    if (random.chance(0.4)) revoke(one, { person })
    revoke(other, { peer: one })
    if (random.chance(0.4)) revoke(other, { peer: guest })
    act()
    act()
    if (random.chance(0.4)) end()
    if (random.chance(0.3)) story.crash(random.pick([one, other]))
    story.settle()
    if (random.chance(0.4)) {
      const whom = { peer: random.pick([one, other]) }
      story.happen(0, { do: 'revoke', whom, as: 'root' })
    }
    act()
    end()
    story.settle()
    story.put(random.pick(people), [random.pick(keys)])
    story.settle()
  },
}

/** Rights end in the middle of it all, and come back as others. */
const passingBadges: Theme = {
  name: 'passing badges',
  weight: 12,
  needs: { people: 2, admins: 1, isRevocable: true },
  tell(story) {
    const { random, people, honest, admins, keys } = story
    const [writer] = people
    if (writer === undefined) return
    const person = personOf(story)
    const by: Holder = random.chance(0.5) ? 'root' : { peer: random.pick(admins) }
    for (let count = between(random, 2, 4); count > 0; count--) {
      const grants = random.pick([
        [{ prefix: '', can: 'write' as const }],
        [{ prefix: 'story', can: 'write' as const }],
        [],
      ])
      const endsMs = between(random, 1_000, 30_000)
      story.happen(writer, { do: 'badge', by, grants, ...(random.chance(0.6) && { endsMs }) })
      if (random.chance(0.5)) {
        story.happen(writer, {
          do: 'badge',
          person,
          by,
          grants,
          ...(random.chance(0.6) && { endsMs }),
        })
      }
      if (random.chance(0.3)) {
        story.happen(writer, { do: 'clock', offsetMs: random.pick([-60_000, -1_000, 0, 30_000]) })
      }
      const end = random.chance(0.4) ? story.away(writer) : undefined
      story.put(writer, [random.pick(keys)])
      want(story, random.pick(honest), person)
      if (random.chance(0.4)) story.crash(writer)
      story.wait(200, 4_000)
      story.put(writer, [random.pick(keys)])
      end?.()
      story.settle()
    }
  },
}

/** Somebody hostile is made an admin, and revokes as it likes; then the root hears of it. */
const badAdmin: Theme = {
  name: 'bad admin',
  weight: 20,
  needs: { people: 2, hostile: 1, admins: 1, isRevocable: true },
  tell(story) {
    const { random, people, honest, hostile, keys } = story
    const [bad] = hostile
    if (bad === undefined) return
    story.happen(bad, { do: 'badge', by: 'root', grants: [{ prefix: '', can: 'admin' }] })
    story.put(random.pick(people), keys)
    want(story, random.pick(honest), personOf(story))
    story.settle()
    const end = random.chance(0.6) ? story.split(story.halves(0)) : undefined
    const lie = (): void => {
      const trick = random.chance(0.6) ? 'usurp' : random.pick(trustTricks)
      story.happen(bad, { do: 'trick', trick })
      story.wait(10, 500)
      story.put(random.pick(honest), [random.pick(keys)])
    }
    for (let count = between(random, 0, 2); count > 0; count--) lie()
    story.happen(0, { do: 'revoke', whom: { peer: bad }, as: 'root' })
    for (let count = between(random, 1, 4); count > 0; count--) lie()
    end?.()
    story.settle()
    lie()
    story.settle()
  },
}

/** Everything that a member can do with badges, intents and revocations that it should not, in a row. */
const falsePapers: Theme = {
  name: 'false papers',
  weight: 25,
  needs: { people: 2, hostile: 1, admins: 1, isRevocable: true },
  tell(story) {
    const { random, honest, hostile, admins, keys } = story
    // Whose badges are to be abused must have shown them.
    story.put(random.pick(admins), keys)
    want(story, random.pick(honest), personOf(story))
    story.spread()
    const favourites = some(random, trustTricks, between(random, 1, 3))
    for (let count = between(random, 4, 10); count > 0; count--) {
      const trick = random.pick(favourites)
      story.happen(random.pick(hostile), { do: 'trick', trick })
      story.wait(0, 400)
      if (random.chance(0.4)) story.put(random.pick(honest), [random.pick(keys)])
      if (random.chance(0.3)) want(story, random.pick(honest), personOf(story))
      if (random.chance(0.1)) story.crash(random.pick(honest))
    }
    if (random.chance(0.3)) story.newcomer()
    story.settle()
  },
}

/** Months went by: newcomers are shown what counts, and what may come to count again. */
const overruledLate: Theme = {
  name: 'overruled late',
  weight: 20,
  era: 'months',
  needs: { people: 3, admins: 2, isRevocable: true },
  tell(story) {
    const { random, people, honest, keys } = story
    const [thief, other] = people
    if (thief === undefined || other === undefined) return
    const person = personOf(story)
    for (const whom of [{ person }, { peer: thief }, { peer: other }]) letIn(story, whom, 'root')
    story.put(other, keys)
    story.put(thief, keys)
    story.settle()
    if (random.chance(0.8)) story.month(honest, { isSealed: true })
    if (random.chance(0.8)) story.month(honest, { isSealed: true })
    // Where the root speaks nothing is heard of what the other admin says.
    const end = story.away(0)
    const present = without(honest, 0)
    const endAdmin = random.chance(0.4) ? story.away(1) : undefined
    want(story, other, person)
    story.put(thief, [random.pick(keys)])
    if (random.chance(0.5)) story.put(other, [random.pick(keys)])
    story.settle()
    story.happen(1, { do: 'revoke', whom: { person } })
    if (random.chance(0.6)) story.happen(1, { do: 'revoke', whom: { peer: thief } })
    endAdmin?.()
    if (random.chance(0.5)) story.happen(thief, { do: 'reincarnate' })
    want(story, thief, person)
    story.put(thief, [random.pick(keys)])
    if (random.chance(0.5)) story.put(other, [random.pick(keys)])
    story.settle()
    if (random.chance(0.3)) story.month(present)
    if (random.chance(0.8)) story.newcomer(thief, other)
    story.settle()
    if (random.chance(0.6)) {
      story.happen(0, { do: 'revoke', whom: { peer: 1 }, as: 'root' })
    }
    end()
    story.settle()
    if (random.chance(0.4)) story.month(honest)
    story.put(random.pick(honest), [random.pick(keys)])
    story.settle()
  },
}

export const trustThemes: readonly Theme[] = [
  revokedWriter,
  mutualRevocation,
  passingBadges,
  badAdmin,
  falsePapers,
  overruledLate,
]
