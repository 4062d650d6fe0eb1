import { type Play, attempt, forgetStore, restore, write } from './play.js'
import { World, dayMs } from './world.js'

/** What can happen to a mesh. Numbers are taken modulo what there is to choose from. */
export const doings = [
  'put',
  'remove',
  'sync',
  'open',
  'deliver',
  'repeat',
  'drop',
  'crash',
  'pass',
  'month',
  'skew',
  'announce',
  'collect',
  'age',
  'gather',
  'winter',
  'isolate',
  'heal',
  'lose',
  'image',
  'restore',
  'revert',
  'clone',
  'seal',
  'cut',
  'close',
] as const

export type Doing = (typeof doings)[number]

export interface Step {
  readonly do: Doing
  readonly who: number
  readonly other: number
  readonly much: number
}

/** The first and the last lie in one bucket of the state hash. */
export const keysOfAll = ['a', 'b', 'mbi'] as const

/** How far a clock may be set wrong, forward or back. */
const skewsMs = [0, 1_000, 59_000, 61_000, 3_600_000, dayMs, 365 * dayMs, 3650 * dayMs]

const pick = <T>(from: readonly T[], index: number): T | undefined =>
  from.length === 0 ? undefined : from[index % from.length]

/** Keys as a set of bits, never none. */
const keysIn = (bits: number): readonly string[] => {
  const chosen = keysOfAll.filter((_, index) => ((bits >> index) & 1) === 1)
  return chosen.length > 0 ? chosen : [keysOfAll[0]]
}

export const namesOf = (world: World): readonly string[] => [...world.nodes.keys()].sort()

export function act(play: Play, step: Step): void {
  const { world } = play
  const names = namesOf(world)
  const who = pick(names, step.who)!
  const others = names.filter((name) => name !== who)
  const other = pick(others, step.other)!
  switch (step.do) {
    case 'put':
      return write(play, who, keysIn(step.much), [])
    case 'remove':
      return write(play, who, [], keysIn(step.much))
    case 'sync':
      return world.sync(who, other)
    case 'open':
      return void world.handle(who, { type: 'sync', with: world.node(other).peer })
    case 'deliver':
      return world.frames.length > 0 ? world.deliverOne(step.much % world.frames.length) : undefined
    case 'repeat': {
      const frame = pick(world.frames, step.much)
      if (frame !== undefined) world.frames.push(frame)
      return
    }
    case 'drop':
      return void (
        world.frames.length > 0 && world.frames.splice(step.much % world.frames.length, 1)
      )
    case 'crash':
      return world.crash(who)
    case 'pass':
    case 'month':
      world.now += step.do === 'pass' ? (step.much % 90) * 1_000 : 31 * dayMs
      return void world.handle(who, { type: 'tick' })
    case 'skew': {
      const size = pick(skewsMs, step.much)!
      world.node(who).skewMs = step.other % 2 === 0 ? size : -size
      return
    }
    case 'announce':
      return void world.handle(who, { type: 'announce' })
    case 'collect':
      return world.collect(who)
    case 'age':
      return aside(world, () => age(world, step))
    case 'gather':
      return aside(world, () => gather(world, names))
    case 'winter':
      return aside(world, () => winter(play, who, others, step))
    case 'isolate':
      return world.cut([who], others)
    case 'heal':
      return world.heal()
    case 'lose':
      forgetStore(play, who, new Map())
      return world.loseDisk(who)
    case 'image':
      return void play.images.set(who, new Map(world.node(who).disk))
    case 'restore':
    case 'revert':
      return restore(play, who, step.do === 'restore')
    case 'clone':
      return void (names.length < 5 && !names.includes(`${who}'`) && world.clone(who))
    case 'seal':
    case 'cut':
    case 'close':
      return state(world, who, step)
  }
}

/** What is on its way meanwhile stays there. */
function aside(world: World, carryOut: () => void): void {
  const onTheirWay = world.frames.splice(0)
  carryOut()
  world.deliver()
  world.frames.push(...onTheirWay)
}

/** Months pass: whoever can be heard says where it stands, admins may seal, some or all collect. */
function age(world: World, { who, other, much }: Step): void {
  const names = namesOf(world)
  const admins = names.filter((name) => world.rules.admins.has(world.node(name).peer))
  const collectors = much % 4 === 0 ? [pick(names, who)!] : names
  for (let month = 0; month <= much % 3; month++) {
    world.tick(31 * dayMs)
    world.announce()
    if (other % 2 === 0)
      for (const name of admins) state(world, name, { do: 'seal', who, other, much })
    world.deliver()
    for (const name of collectors) world.collect(name)
  }
}

/** All of these hold the same, know it of each other, and collect. */
function gather(world: World, names: readonly string[]): void {
  for (const a of names) for (const b of names) if (a < b) world.sync(a, b)
  world.announce()
  for (const name of names) world.collect(name)
}

/** One is away for months while the others write, remove and collect. */
function winter(play: Play, who: string, others: readonly string[], step: Step): void {
  const { world } = play
  world.cut([who], others)
  write(play, pick(others, step.other)!, [], keysIn(step.much))
  gather(world, others)
  write(play, pick(others, step.other + 1)!, keysIn(step.much >> 3), [])
  gather(world, others)
  age(world, { ...step, other: 0, much: 5 })
  world.heal()
}

function state(world: World, who: string, { do: kind, other, much }: Step): void {
  attempt(world, () => {
    if (kind === 'seal') return void world.handle(who, { type: 'issue', statement: { kind } })
    const clock = [...world.replica(who).clock()].sort(([a], [b]) => (a < b ? -1 : 1))
    const live = new Set([...world.nodes.values()].map(({ replica }) => replica.id()))
    const admins = new Set(
      [...world.nodes.values()]
        .filter(({ peer }) => world.rules.admins.has(peer))
        .map(({ replica }) => replica.id()),
    )
    if (kind === 'close') {
      const gone = pick(
        clock.filter(([replica]) => !live.has(replica)),
        other,
      )
      if (gone) world.handle(who, { type: 'issue', statement: { kind, replica: gone[0] } })
      return
    }
    const aim = pick(
      clock.filter(([replica]) => !admins.has(replica)),
      other,
    )
    if (aim === undefined) return
    const marks = [{ replica: aim[0], seq: Math.max(0, aim[1] - (much % 3)) }]
    world.handle(who, { type: 'issue', statement: { kind: 'cut', marks } })
  })
}
