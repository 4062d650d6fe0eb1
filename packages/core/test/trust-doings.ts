import { admin, linksOf, write as mayWrite } from './badges.js'
import { type Play, attempt, begin, forgetStore, write } from './play.js'
import { sayGone } from './trust-steps.js'
import { type Library, peerOf } from './stub-crypto.js'
import { World, dayMs } from './world.js'

/** What can happen to a closed mesh, beside what happens to every mesh. */
export const trustDoings = [
  'put',
  'remove',
  'intent',
  'revoke',
  'rebadge',
  'reincarnate',
  'sync',
  'deliver',
  'drop',
  'snapshot',
  'crash',
  'lose',
  'isolate',
  'heal',
  'pass',
  'seal',
] as const

export interface TrustStep {
  readonly do: (typeof trustDoings)[number]
  readonly who: number
  readonly other: number
  readonly much: number
}

export const peers = ['alice', 'bob', 'carol', 'dave'] as const
const people = ['pat', 'quinn'] as const
/** Who may say that somebody goes: the root, two that it appointed, and one whom alice did. */
const revokers = ['alice', 'bob', 'carol', 'root'] as const
const keysOfAll = ['a', 'b', 'mbi'] as const

const pick = <T>(from: readonly T[], index: number): T => from[index % from.length]!

/** alice and bob stand next to the root; carol came in by alice, and dave and quinn by carol. */
export function beginClosed(lib: Library): Play {
  const started = begin(
    new World(lib, {
      names: peers,
      closed: { alice: [admin('')], bob: [admin('')], carol: [], dave: [] },
    }),
  )
  const { world } = started
  const badges = world.badges!
  world.badge('carol', badges.give('alice', 'carol', [admin('')]))
  world.badge('dave', badges.give('carol', 'dave', [mayWrite('')]))
  badges.give('root', 'pat', [mayWrite('')])
  badges.give('carol', 'quinn', [mayWrite('')])
  return started
}

export function actInTrust(play: Play, { do: kind, who, other, much }: TrustStep): void {
  const { world } = play
  const name = pick(peers, who)
  const others = peers.filter((one) => one !== name)
  const key = pick(keysOfAll, much)
  switch (kind) {
    case 'put':
      return write(play, name, [key], [])
    case 'remove':
      return write(play, name, [], [key])
    case 'intent':
      return intend(play, name, pick(people, other), key)
    case 'revoke':
      // What it voids may be written again, and its stamp is free.
      play.stamps.clear()
      return revoke(world, name, other, much)
    case 'rebadge':
      return rebadge(world, pick(revokers, other), name)
    case 'reincarnate':
      return void world.handle(name, { type: 'reincarnate', why: 'it was restored' })
    case 'sync':
      return world.sync(name, pick(others, other))
    case 'deliver':
      return world.frames.length > 0 ? world.deliverOne(much % world.frames.length) : undefined
    case 'drop':
      return void world.frames.splice(much % (world.frames.length + 1), 1)
    case 'snapshot': {
      const from = pick(others, other)
      if (world.cuts.has(`${name} ${from}`)) return
      return sayGone(from, name).run({ world } as Parameters<ReturnType<typeof sayGone>['run']>[0])
    }
    case 'crash':
      return world.crash(name)
    case 'lose':
      forgetStore(play, name, new Map())
      return world.loseDisk(name)
    case 'isolate':
      return world.cut([name], others)
    case 'heal':
      return world.heal()
    case 'pass':
      world.now += much % 4 === 0 ? 31 * dayMs : much * 1_000
      return void world.handle(name, { type: 'tick' })
    case 'seal':
      return seal(world, name)
  }
}

/** Every put value is another one, so that a value names its write. */
function intend(play: Play, relay: string, author: string, key: string): void {
  const { world } = play
  const badges = world.badges!
  attempt(world, () => {
    world.handle(relay, { type: 'show-badge', links: linksOf(badges.of(author)) })
    const put = { [key]: `${author} ${(play.values += 1)}` }
    world.write(relay, { intent: badges.intent(author, put) })
  })
}

function revoke(world: World, at: string, other: number, much: number): void {
  const badges = world.badges!
  const by = pick(revokers, other)
  const subject = pick([...people, ...peers], much)
  const kept = much % 3 === 0 ? [badges.of('dave').at(-1)!.id] : []
  attempt(world, () => {
    world.handle(at, {
      type: 'issue',
      statement: { kind: 'revoke', subject: peerOf(subject), kept },
      by: badges.signer(by),
    })
  })
}

function rebadge(world: World, issuer: string, name: string): void {
  if (issuer === name) return
  const grants = name === 'dave' ? [mayWrite('')] : [admin('')]
  attempt(world, () => world.badge(name, world.badges!.give(issuer, name, grants)))
}

function seal(world: World, at: string): void {
  attempt(world, () => {
    world.handle(at, {
      type: 'issue',
      statement: { kind: 'seal' },
      by: world.badges!.signer('root'),
    })
  })
}
