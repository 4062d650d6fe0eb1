import type * as Core from '@grapevine/core'
import type { Figures } from './figures.js'
import { conflictsOf } from './conflicts.js'
import { createFaultLog } from './faults.js'
import { createHoldings } from './holdings.js'
import { createJoinLog } from './joins.js'
import { createLackingBook } from './lacking.js'
import { createLedger, recordPrefix } from './ledger.js'
import type { Ledger } from './ledger.js'
import { createPartitionLog } from './partitions.js'
import { meanOf } from './quantiles.js'
import { createRoster } from './roster.js'
import { copiesOf, spreadOf } from './spread.js'
import { createBuckets, createSeries, timelineOf } from './timeline.js'
import { createHopCounts, createTraffic } from './traffic.js'
import { isLive } from './update.js'
import type { Loss, Node, Observer } from '../observer.js'
import type { Plan, PlannedEvent } from '../plan.js'
import { meanLatencyMs } from './theory.js'

export type Measure = Observer & { figures(this: void): Figures }

/** Watches a run and counts; ask for the figures when it has ended. */
export function createMeasure(plan: Plan): Measure {
  const books = openBooks(plan)
  const { roster, buckets, ledger, traffic } = books
  let now = 0
  let healedMs: number | null = null

  const at = (time: number): void => {
    now = time
    buckets.advance(time)
  }

  return {
    planned(event, time) {
      at(time)
      notePlanned(books, event, time)
    },
    opened(node, how, time) {
      at(time)
      books.nodes.set(node.index, node)
      if (!node.isHonest) return
      roster.up(node, time)
      const isOtherDisk = how === 'lost' || how === 'restored'
      if (isOtherDisk) books.joins.left(node.index)
      ledger.compare(node, time, isOtherDisk ? 'disk' : undefined)
      const isEmpty = how === 'lost' || (how === 'first' && time > 0)
      if (isEmpty) books.joins.opened(node.index, node.name, ledger.lackedBy(node.index), time)
    },
    stopped(node, time) {
      at(time)
      if (node.isHonest) roster.down(node, time)
    },
    handled(node, _input, effects, time) {
      at(time)
      if (!node.isHonest) return
      const written = readEffects(ledger, node, effects, time)
      if (written === 0) return
      books.writes.add(written)
      books.partitions.written(node.index, written, time)
    },
    acknowledged(node, release, time) {
      at(time)
      if (node.isHonest) ledger.acknowledged(release)
    },
    sent({ from, bytes }, time) {
      at(time)
      if (from.isHonest) traffic.sent(bytes)
    },
    arrived({ to, bytes, hops }, time) {
      at(time)
      if (!to.isHonest) return
      traffic.arrived(bytes)
      books.joins.received(to.index, bytes.length)
      ledger.arrived(to.index, bytes, hops)
    },
    lost(_frame, why, time) {
      at(time)
      books.lostFrames[why] += 1
    },
    healed(time) {
      at(time)
      healedMs = time
      for (const book of [books.faults, books.partitions, roster]) book.healed(time)
    },
    figures: () => ({ ...figuresOf(plan, books, now), healedMs }),
  }
}

type Books = ReturnType<typeof openBooks>

function openBooks(plan: Plan) {
  // Each clone is one peer more than was planned.
  const clones = plan.events.filter((event) => event.do === 'clone').length
  const roster = createRoster(plan.peers + clones)
  const buckets = createBuckets(plan.safetyMs)
  const lacking = createLackingBook(roster, buckets)
  const joins = createJoinLog()
  const hops = createHopCounts()
  const holdings = createHoldings(lacking, joins)
  const lostFrames: Record<Loss, number> = { loss: 0, cut: 0, down: 0, full: 0 }
  return {
    nodes: new Map<number, Node>(),
    roster,
    buckets,
    lacking,
    joins,
    hops,
    holdings,
    lostFrames,
    ledger: createLedger(roster, holdings, hops),
    writes: createSeries(buckets),
    traffic: createTraffic(buckets),
    faults: createFaultLog(plan),
    partitions: createPartitionLog(plan),
  }
}

function notePlanned(books: Books, event: PlannedEvent, time: number): void {
  const { faults, joins, ledger, partitions, roster } = books
  faults.planned(event, time)
  switch (event.do) {
    case 'partition':
      return partitions.planned(event, time)
    case 'away':
    case 'pause':
      return roster.absent(event.who, time, time + event.forMs)
    case 'leave':
      joins.left(event.who)
      return ledger.forget(event.who, time)
    default:
      return
  }
}

/** What one turn of a replica says about who holds what; how many releases it wrote. */
function readEffects(
  ledger: Ledger,
  node: Node,
  effects: readonly Core.Effect[],
  time: number,
): number {
  let written = 0
  let isVoided = false
  let hasJumped = false
  for (const effect of effects) {
    if (effect.type === 'persist') {
      for (const [name, bytes] of effect.records) {
        // A tip is recorded where the clock moves past releases that are in no log here.
        if (name.startsWith('tip/')) hasJumped = true
        if (bytes === null || !name.startsWith(recordPrefix)) continue
        if (ledger.stored(node, name, bytes.length, time)) written += 1
      }
    } else if (effect.type === 'gossip') ledger.told(effect.bytes)
    else if (effect.type === 'notice' && effect.notice === 'void') isVoided = true
  }
  if (isVoided) ledger.compare(node, time, 'limit')
  else if (hasJumped) ledger.compare(node, time)
  return written
}

function figuresOf(plan: Plan, books: Books, now: number): Omit<Figures, 'healedMs'> {
  const { roster, buckets, ledger, traffic, hops, lostFrames } = books
  const live = ledger.updates().filter(isLive)
  const { spread, curve, missing } = spreadOf(live, roster.isUp, meanLatencyMs(plan))
  return {
    peers: roster.count(),
    endMs: now,
    updates: ledger.counts(),
    spread,
    curve,
    hops: hops.figures(),
    copies: copiesOf(live),
    delivery: { ...books.holdings.deliveries(), missing },
    bytes: traffic.figures({
      receivers: live.reduce((sum, { audience }) => sum + audience, 0),
      releaseBytes: meanOf(live.map(({ bytes }) => bytes)),
      upMs: roster.upMs(now),
    }),
    lostFrames,
    partitions: books.partitions.figures(live, roster),
    joins: books.joins.figures(),
    conflicts: conflictsOf([...books.nodes.values()]),
    timeline: timelineOf(buckets, { writes: books.writes, ...traffic }),
    lacking: books.lacking.figures(now),
    faults: books.faults.figures(),
  }
}
