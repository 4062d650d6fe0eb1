import { between, some, without } from '../draw.js'
import type { Story } from '../story.js'
import type { Theme } from '../swarm-terms.js'
import { dayMs } from '../story.js'

/** What somebody wrote is overwritten and removed by others; then an admin takes it back. */
const cuts: Theme = {
  name: 'cuts',
  needs: { people: 2, admins: 1, isRevocable: true },
  tell(story) {
    const { random, admins, people, honest, keys } = story
    const [thief, other] = people
    const admin = random.pick(admins)
    if (thief === undefined || other === undefined) return
    story.put(random.pick(honest), keys)
    story.spread()
    const end = random.chance(0.4) ? story.away(random.pick([thief, other])) : undefined
    for (let count = between(random, 1, 4); count > 0; count--) {
      if (random.chance(0.7)) story.put(thief, [random.pick(keys)])
      else story.remove(thief, [random.pick(keys)])
      if (random.chance(0.6)) story.spread()
      if (random.chance(0.4)) story.put(random.pick(honest), [random.pick(keys)])
    }
    if (random.chance(0.5)) story.spread()
    story.happen(admin, { do: 'cut', whom: thief, back: between(random, 1, 5) })
    if (random.chance(0.5)) story.spread()
    if (random.chance(0.5)) story.crash(random.pick(honest))
    story.put(random.pick([thief, other]), [random.pick(keys)])
    end?.()
    story.settle()
    if (random.chance(0.3)) story.newcomer(thief, other)
    if (random.chance(0.3)) {
      story.happen(random.pick(admins), { do: 'cut', whom: thief, back: between(random, 0, 3) })
    }
    story.settle()
  },
}

/** The admin overwrites what it cuts in the same moment: the others wait for what nobody has now. */
const cutWhatOthersWaitFor: Theme = {
  name: 'cut what others wait for',
  weight: 2,
  needs: { people: 2, admins: 1, isRevocable: true },
  tell(story) {
    const { random, admins, people, honest, keys } = story
    const [thief] = people
    const admin = random.pick(admins)
    if (thief === undefined) return
    const end = story.split(story.halves(admin, thief))
    story.put(thief, keys)
    if (random.chance(0.5)) story.put(thief, [random.pick(keys)])
    story.sync(admin, thief)
    story.spread()
    const endThief = story.away(thief)
    end()
    story.put(admin, random.chance(0.5) ? keys : [random.pick(keys)])
    story.wait(0, 3)
    story.happen(admin, { do: 'cut', whom: thief, back: between(random, 1, 5) })
    if (random.chance(0.5)) story.put(random.pick(honest), [random.pick(keys)])
    story.settle()
    endThief()
    story.settle()
  },
}

/** What is void has been let go of already by some who had heard nothing of the cut. */
const cutAfterCollecting: Theme = {
  name: 'cut after collecting',
  era: 'months',
  needs: { people: 2, admins: 1, isRevocable: true },
  tell(story) {
    const { random, admins, people, honest, keys } = story
    const [thief, other] = people
    const admin = random.pick(admins)
    if (thief === undefined || other === undefined) return
    story.put(random.pick([thief, other]), keys)
    story.settle()
    const end = random.chance(0.7) ? story.away(admin) : undefined
    if (random.chance(0.6)) story.remove(thief, [random.pick(keys)])
    else story.put(thief, [random.pick(keys)])
    story.spread()
    const present = end === undefined ? honest : without(honest, admin)
    if (random.chance(0.5)) story.month(present, { isSealed: random.chance(0.3) })
    else for (const who of present) story.happen(who, { do: 'announce' })
    story.spread()
    for (const who of present) story.happen(who, { do: 'collect' })
    // Back far enough, but the admin may know less than what it cuts.
    story.happen(admin, { do: 'cut', whom: thief, back: between(random, 0, 2) })
    end?.()
    story.settle()
    story.settle()
  },
}

/** Some admins have sealed, and one of them cuts below it. */
const seals: Theme = {
  name: 'seals',
  weight: 2,
  era: 'months',
  needs: { people: 2, admins: 1, isRevocable: true },
  tell(story) {
    const { random, admins, people, honest, keys } = story
    const [thief, other] = people
    if (thief === undefined || other === undefined) return
    for (let count = between(random, 1, 3); count > 0; count--) story.put(thief, [keys[0]!])
    story.settle()
    story.happen(thief, { do: 'skip', ms: 32 * dayMs })
    if (random.chance(0.5)) story.put(thief, [random.pick(keys)])
    story.happen(thief, { do: 'announce' })
    story.spread()
    const sealers = some(random, admins, between(random, 1, admins.length))
    for (const admin of sealers) story.happen(admin, { do: 'seal' })
    if (random.chance(0.8)) story.spread()
    for (const who of honest) if (random.chance(0.8)) story.happen(who, { do: 'collect' })
    if (random.chance(0.5)) story.put(thief, [random.pick(keys)])
    if (random.chance(0.5)) story.put(other, [random.pick(keys)])
    if (random.chance(0.7)) story.spread()
    const back = between(random, 1, 5)
    story.happen(random.pick(admins), { do: 'cut', whom: thief, back })
    story.settle()
    if (random.chance(0.3)) story.crash(random.pick(honest))
    if (random.chance(0.5)) story.month(honest)
    if (random.chance(0.3)) story.newcomer(thief, other)
    story.settle()
  },
}

/** The limit of a lost id is set low by its owner, and rises again with a seal that came too late. */
const lifted: Theme = {
  name: 'lifted limits',
  weight: 2,
  era: 'months',
  needs: { people: 3, admins: 1, isRevocable: true },
  bend: (mesh, random) => ({
    admins: 1,
    habits: { ...mesh.habits, sessionMs: between(random, 4_000, 7_000) },
    overlay: { ...mesh.overlay, gossip: true },
  }),
  tell(story) {
    const { random, people, honest, keys } = story
    const admin = 0
    const [owner, witness, reader] = people
    if (owner === undefined || witness === undefined || reader === undefined) return
    const [key] = keys as [string]
    for (let count = between(random, 1, 3); count > 0; count--) story.put(owner, [key])
    story.settle()
    const endWitness = story.away(witness)
    for (let count = between(random, 1, 3); count > 0; count--) {
      story.put(owner, [key])
      story.wait(5, 30)
    }
    story.wait(100, 400)
    story.put(reader, [key])
    story.wait(100, 400)
    story.happen(owner, { do: 'skip', ms: 32 * dayMs })
    story.happen(owner, { do: 'announce' })
    story.wait(100, 400)
    const endAdmin = story.away(admin)
    story.happen(admin, { do: 'seal' })
    const endReaders = without(honest, owner, witness, admin).map((one) => story.apart(owner, one))
    story.happen(owner, { do: 'lose-disk' })
    endWitness()
    story.sync(owner, witness)
    story.wait(100, 300)
    story.happen(owner, { do: 'close' })
    for (const end of endReaders) end()
    story.sync(reader, owner)
    story.wait(100, 400)
    endAdmin()
    story.sync(reader, admin)
    story.settle()
  },
}

/** A copy hid for a month while an admin sealed what the other branch had written. */
const sealedFork: Theme = {
  name: 'sealed fork',
  weight: 2,
  era: 'forks',
  needs: { people: 2, admins: 1, isRevocable: true },
  bend: (mesh) => ({ admins: 1, habits: { ...mesh.habits, collectMs: 0 } }),
  tell(story) {
    const { random, keys } = story
    const who = story.copyable()
    if (who === undefined) return
    const [key] = keys as [string]
    story.put(who, [random.pick(keys)])
    story.settle()
    const copy = story.clone(who)
    const [hidden, seen] = random.chance(0.5) ? [who, copy] : [copy, who]
    const end = story.away(hidden)
    for (let count = between(random, 1, 3); count > 1; count--) story.put(seen, [random.pick(keys)])
    story.put(seen, [key])
    story.settle()
    for (let count = between(random, 1, 4); count > 0; count--) {
      story.put(hidden, [random.chance(0.8) ? key : random.pick(keys)])
      story.wait(0, 50)
    }
    story.happen(0, { do: 'skip', ms: 32 * dayMs })
    story.happen(0, { do: 'announce' })
    story.spread()
    story.happen(0, { do: 'seal' })
    story.spread()
    end()
    story.settle()
    story.settle()
  },
}

/** A replica id ends with a hole in it; it is closed by its owner, or by an admin. */
const closes: Theme = {
  name: 'closes',
  needs: { people: 3, admins: 1, isRevocable: true },
  tell(story) {
    const { random, people, admins, keys } = story
    const [owner, reader, other] = people
    if (owner === undefined || reader === undefined || other === undefined) return
    story.put(owner, [random.pick(keys)])
    story.settle()
    const end = story.away(owner)
    story.put(owner, [random.pick(keys)])
    if (random.chance(0.5)) story.put(owner, [random.pick(keys)])
    end()
    hearHalf(story, owner, reader)
    story.happen(owner, { do: 'lose-disk' })
    if (random.chance(0.5)) story.put(owner, [random.pick(keys)])
    if (random.chance(0.8)) story.settle()
    story.happen(random.pick([owner, random.pick(admins)]), { do: 'close' })
    if (random.chance(0.5)) story.put(reader, [random.pick(keys)])
    story.settle()
    story.happen(random.pick([owner, random.pick(admins)]), { do: 'close' })
    story.settle()
  },
}

/** One more release, of which only one peer hears, before what came before it has arrived. */
function hearHalf(story: Story, owner: number, reader: number): void {
  const { random, honest, keys } = story
  const ends = without(honest, owner, reader).map((one) => story.apart(owner, one))
  story.put(owner, [random.pick(keys)])
  story.wait(5, 60)
  for (const end of ends) end()
}

export const revocationThemes: readonly Theme[] = [
  cuts,
  cutWhatOthersWaitFor,
  cutAfterCollecting,
  seals,
  lifted,
  sealedFork,
  closes,
]
