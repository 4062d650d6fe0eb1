import { setTimeout as pause } from 'node:timers/promises'
import type { Peer } from '@grapevine/peer'
import {
  decode,
  deltaFrame,
  frameOf,
  releaseFrame,
} from '../../../packages/sim/src/hostile/wire.ts'
import { addressOf } from '../../../test/trust/closed-mesh.ts'
import { newChain, put, writeMany } from '../../../test/trust/forger.ts'
import { openStage } from '../../../test/trust/stage.ts'
import type { Stage } from '../../../test/trust/stage.ts'
import { median, memoryInUse, quantile } from '../../measure.ts'
import type { Figure } from '../../measure.ts'
import { lastSeen } from '../peer/waiting.ts'

const peers = 5
const rounds = 3
const perRound = 100
/** Between two releases, so that none of them meets what the last one has set off. */
const restMs = 25
const knockMs = 50
const quantiles = [
  ['p50', 0.5, undefined],
  ['p99', 0.99, { of: 'ratio', atMost: 2 }],
] as const

/** What somebody with a badge does all the time, as fast as it is let; a process of its own does it. */
interface Attack {
  readonly what: string
  /** Once, until it has said all or was thrown out. */
  once(stage: Stage, line: number): Promise<unknown>
}

const badReleases = (stage: Stage): Promise<readonly Uint8Array[]> =>
  stage.mesh.insider().then((reader) =>
    writeMany(
      reader,
      newChain(reader),
      Array.from({ length: 500 }, (_, index) => put(`flood/${index}`, index)),
    ).map(({ bytes }) => releaseFrame(bytes)),
  )

const attacks: readonly ((stage: Stage) => Promise<Attack>)[] = [
  async (stage) => {
    const bad = await badReleases(stage)
    return {
      what: 'writes without the right to',
      once: ({ villain }, line) =>
        Promise.all([villain.gossip(line, bad, 20), villain.send(line, bad, 20)]),
    }
  },
  async (stage) => {
    const old = await releasesHeard(stage)
    const again = old.map((bytes) => deltaFrame([bytes, old[0]!]))
    return {
      what: 'says again what was said',
      once: ({ villain }, line) =>
        Promise.all([villain.send(line, again, 20), villain.gossip(line, again)]),
    }
  },
  async () => ({
    what: 'asks for everything again and again',
    once: ({ villain }, line) =>
      villain.send(
        line,
        [frameOf('clock', null, null, []), frameOf('snapshot-want', null, 0)],
        500,
      ),
  }),
  async () => ({
    what: 'floods with the words of gossip itself',
    async once({ villain }, line) {
      for (const how of ['ihave', 'iwant', 'idontwant', 'graft', 'prune', 'garbage'] as const) {
        await villain.abuse(line, how, 100)
      }
    },
  }),
]

/** How fast honest peers are while somebody hostile does what he can, and what memory that takes. */
export async function* hostile(): AsyncGenerator<Figure> {
  await using stage = await openStage(peers)
  await sampled(stage.mesh.peers)
  const calm = await series(stage.mesh.peers)
  for (const make of attacks) {
    const attack = await make(stage)
    const before = memoryInUse()
    const over = new AbortController()
    const attacking = goOn(stage, attack, over.signal)
    const attacked = await series(stage.mesh.peers)
    over.abort()
    const { links } = await attacking
    for (const [name, share, goal] of quantiles) {
      const of = (tookMs: readonly number[]): number => quantile(tookMs, share)
      yield {
        what: `set until the last of ${peers} shows it, ${name}, while a member ${attack.what} (${links} links; floor: in peace)`,
        unit: 'ms',
        rounds: attacked.map(of),
        floor: median(calm.map(of)),
        ...(goal && { goal }),
      }
    }
    yield {
      what: `memory that ${peers} peers hold more after it, in one process`,
      unit: 'MB',
      rounds: [Math.max(0.1, (memoryInUse() - before) / 1e6)],
      goal: { of: 'median', atMost: 64 },
    }
  }
}

/** It comes again whenever it was thrown out, as long as it is let in at all. */
async function goOn(
  stage: Stage,
  attack: Attack,
  signal: AbortSignal,
): Promise<{ readonly links: number }> {
  const { mesh, villain } = stage
  const address = addressOf(mesh.admin)
  const { identity, badge } = await mesh.insider()
  const node = await villain.appear({ seed: identity.seed, keys: [mesh.networkKey] })
  let links = 0
  let line: number | undefined
  // What is still to be said would take its time: it is read slowly.
  signal.addEventListener('abort', () => {
    if (line !== undefined) void villain.hangUp(line)
  })
  while (!signal.aborted) {
    try {
      if (line === undefined || !(await villain.isOpen(line))) {
        line = await villain.link(node, address, { meshId: mesh.meshId, badge, gossips: true })
        links += 1
      }
      await attack.once(stage, line)
    } catch {
      line = undefined
      // It is not let in any more; it knocks all the same.
      await pause(knockMs)
    }
  }
  return { links }
}

async function series(among: readonly Peer[]): Promise<readonly (readonly number[])[]> {
  const all: (readonly number[])[] = []
  for (let round = 0; round < rounds; round++) all.push(await sampled(among))
  return all
}

/** How long some releases took, one after the other. */
async function sampled([writer, ...others]: readonly Peer[]): Promise<readonly number[]> {
  const tookMs: number[] = []
  for (let done = 0; done < perRound; done++) {
    const seen = lastSeen(others, 'honest/')
    const began = performance.now()
    await writer!.set(`honest/${done % 10}`, `${began}`)
    tookMs.push((await seen) - began)
    await pause(restMs)
  }
  return tookMs
}

/** What an honest member wrote, as it was heard by gossip. */
async function releasesHeard({ mesh, villain, ear }: Stage): Promise<readonly Uint8Array[]> {
  const [, bob] = mesh.peers as [Peer, Peer]
  const line = await ear(bob)
  const releases: Uint8Array[] = []
  while (releases.length < 100) {
    await bob.set(`old/${releases.length}`, releases.length)
    for (const bytes of (await villain.heard(line)).gossip) {
      const [kind, whole] = decode(bytes) as readonly [number, Uint8Array]
      if (kind === 0) releases.push(whole)
    }
  }
  await villain.hangUp(line)
  return releases
}
