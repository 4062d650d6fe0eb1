import type * as Core from '@grapevine/core'
import { createChecker } from './check/checker.js'
import type { Checker } from './check/checker.js'
import { cryptoOf } from './world/crypto.js'
import type { Signatures } from './world/crypto.js'
import { createDoer } from './world/deeds.js'
import type { Library, Observer } from './observer.js'
import type { Plan } from './plan.js'
import { createProbes } from './watch/probes.js'
import { createTrace } from './watch/trace.js'
import { Violation } from './check/violation.js'
import { createWorld } from './world/world.js'
import type { World } from './world/world.js'

/** incorrect: a promise broke. stuck: what had healed did not converge. crashed: code threw. */
export type OutcomeVerdict = 'passed' | 'incorrect' | 'stuck' | 'crashed'

export interface Outcome {
  readonly verdict: OutcomeVerdict
  /** What a person wants to know; undefined: all went well. */
  readonly reason: string | undefined
  /** Things that happened in the queue. */
  readonly events: number
  readonly virtualMs: number
  readonly traceHash: string
  /** How often something rare happened. */
  readonly probes: ReadonlyMap<string, number>
  /** Single checks that were made. */
  readonly checks: number
}

/** How often it is looked whether all have converged. */
const lookMs = 250

/** Plays a plan: safety under all its faults, then everything heals and must converge. */
export function run(library: Library, plan: Plan, watch: readonly Observer[] = []): Outcome {
  const trace = createTrace()
  const probes = createProbes()
  let checker: Checker | undefined
  let world: World | undefined

  const end = (verdict: OutcomeVerdict, reason?: string): Outcome => ({
    verdict,
    reason,
    events: world?.queue.count() ?? 0,
    virtualMs: world?.queue.now() ?? 0,
    traceHash: trace.hash(),
    probes: probes.hits(),
    checks: checker?.checks ?? 0,
  })

  try {
    const begun = createWorld(library, plan, (rules, signatures) => {
      checker = checkerFor(library, plan, rules, signatures)
      return [trace, checker, probes, ...watch]
    })
    world = begun
    playSafety(begun, checker!)
    const lacking = playLiveness(begun, checker!)
    // Who only waits for a second member's word waits by design, and has said so.
    const isStuck = lacking.length > 0 && !checker!.isStalled
    return isStuck ? end('stuck', lacking.join('\n')) : end('passed')
  } catch (error) {
    if (error instanceof Violation) return end('incorrect', error.message)
    return end('crashed', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

const checkerFor = (
  library: Library,
  plan: Plan,
  rules: Core.MeshRules,
  signatures: Signatures,
): Checker =>
  createChecker({
    library,
    plan,
    meshId: rules.id,
    hash: signatures.hash,
    writeFault: rules.writeFault,
    trust:
      rules.closed === true
        ? { root: [...rules.admins][0]!, verify: signatures.verify }
        : undefined,
    reopen: ({ peer, synced }) =>
      library.openReplica({
        mesh: rules,
        crypto: cryptoOf(signatures, peer, plan.seed, 0),
        peer,
        records: new Map(synced),
      }).replica,
  })

function playSafety(world: World, checker: Checker): void {
  const { plan, queue, peers } = world
  const doer = createDoer(world)
  for (const event of plan.events) {
    // What is planned for later comes too late.
    if (event.at <= plan.safetyMs) queue.at(event.at, () => doer.act(event))
  }
  while (queue.step(plan.safetyMs));
  heal(world, doer.latestMs())
  checker.checkAll(peers)
}

/** Faults end. Who left stays away, and hostile peers are gone; everybody else is up and in reach. */
function heal(world: World, latestMs: number): void {
  const { calendar, network, peers, queue } = world
  network.heal()
  for (const peer of peers) {
    peer.clock.mend()
    peer.disk.mend()
    if (peer.isHonest) continue
    peer.stop('lost')
    peer.hasLeft = true
  }
  // What a fast clock has stamped is early elsewhere until that time has come.
  const [first] = peers
  if (first !== undefined) calendar.skippedMs += Math.max(0, latestMs - first.wall())
  for (const peer of peers) {
    peer.resume()
    if (!peer.isUp && !peer.hasLeft) peer.start('restarted')
  }
  world.tell('healed', queue.now())
}

/** Until nothing is pending, or the time for that is over; what is pending then. */
function playLiveness(world: World, checker: Checker): readonly string[] {
  const { plan, queue, peers } = world
  const until = queue.now() + plan.livenessMs
  let pending = checker.pending(peers)
  while (pending.length > 0 && queue.now() < until) {
    const look = Math.min(until, queue.now() + lookMs)
    while (queue.step(look));
    pending = checker.pending(peers)
  }
  checker.checkAll(peers)
  return pending
}
