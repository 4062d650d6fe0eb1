import type { Change, Peer } from '@grapevine/peer'
import type { EventSource, ServerEvent } from '../event-stream.js'
import { toJson } from '../json.js'
import type { Inside } from '../route.js'
import { pacedSource } from './paced-source.js'
import type { Topic } from './paced-source.js'

type LiveParts = Pick<Inside, 'peer' | 'journal' | 'notices' | 'live'>

const everything = (): boolean => true
const listedMax = 50
const firstNotices = 20

/** All that a page shows of a peer. It remembers what it told, and nothing of what it has not. */
export function liveSource(parts: LiveParts, from: string | undefined): EventSource {
  const { journal, live } = parts
  const keys = keysTopic(parts, from)
  const stopLooking = live.figures.look()
  const topics = [
    keys,
    statusTopic(parts),
    membersTopic(parts),
    releasesTopic(parts),
    noticesTopic(parts),
    arrivalsTopic(parts),
    figuresTopic(parts),
    aliveTopic,
  ]
  return pacedSource(topics, live.pace, {
    isOver: () => journal.isOver(),
    close: stopLooking,
    id: keys.id,
  })
}

/** As `/v1/watch` tells them, of all prefixes. */
function keysTopic(
  { peer, journal }: LiveParts,
  from: string | undefined,
): Topic & { readonly id: () => string } {
  let told = from
  return {
    gapMs: 50,
    follow: (news) => journal.onMove(everything, news),
    id: () => told ?? journal.index(),
    take() {
      const missed = told === undefined ? undefined : journal.since(told, everything)
      const id = (told = journal.index())
      if (missed === undefined) return stateOf(peer, '', id)
      return missed.length === 0 ? undefined : { event: 'change', id, data: { changes: missed } }
    },
  }
}

/** What is shown under a prefix, as changes from nothing. */
export function stateOf(peer: Pick<Peer, 'entries'>, prefix: string, id: string): ServerEvent {
  const changes = peer.entries(prefix).map(({ key, value, version, release }): Change => ({
    key,
    value,
    previous: undefined,
    version,
    release,
  }))
  return { event: 'state', id, data: { changes } }
}

function statusTopic({ peer }: LiveParts): Topic {
  const differs = differing()
  return {
    gapMs: 1_000,
    everyMs: 1_000,
    take() {
      const data = peer.status()
      return differs('status', data) ? { event: 'status', data } : undefined
    },
  }
}

function membersTopic({ peer }: LiveParts): Topic {
  const differs = differing()
  let told: ReadonlySet<string> | undefined
  return {
    gapMs: 500,
    follow: onAny(peer, ['presence', 'linked', 'unlinked']),
    take() {
      const all = peer.peers()
      // That it hears itself is no news.
      const members = all.filter((member) =>
        differs(member.peer, member.isSelf ? { ...member, heardAt: 0 } : member),
      )
      const there = new Set<string>(all.map((member) => member.peer))
      const gone = [...(told ?? [])].filter((id) => !there.has(id))
      const isAll = told === undefined
      told = there
      if (!isAll && members.length + gone.length === 0) return undefined
      return { event: 'members', data: { isAll, members, gone } }
    },
  }
}

function releasesTopic({ peer, live }: LiveParts): Topic {
  const differs = differing()
  let isFirst = true
  return {
    gapMs: 200,
    // Who falls silent does so without a word.
    everyMs: 5_000,
    follow: onAny(peer, ['presence', 'change', 'received']),
    take() {
      const rows = peer.releases({ limit: listedMax }).map(live.rowOf)
      const releases = rows.filter((row) => differs(row.release.id, row))
      if (!isFirst && releases.length === 0) return undefined
      isFirst = false
      return { event: 'releases', data: { releases } }
    },
  }
}

function noticesTopic({ peer, notices }: LiveParts): Topic {
  let told: ReturnType<LiveParts['notices']>[number] | undefined
  let isFirst = true
  return {
    gapMs: 200,
    follow: onAny(peer, ['notice']),
    take() {
      const all = notices()
      const fresh = isFirst
        ? all.slice(-firstNotices)
        : all.slice(told === undefined ? 0 : all.lastIndexOf(told) + 1)
      told = all.at(-1)
      if (!isFirst && fresh.length === 0) return undefined
      isFirst = false
      return { event: 'notices', data: { notices: fresh } }
    },
  }
}

function arrivalsTopic({ peer, live }: LiveParts): Topic {
  let told = live.arrivals.count()
  return {
    gapMs: 100,
    follow: onAny(peer, ['received']),
    take() {
      const arrivals = live.arrivals.since(told)
      told = live.arrivals.count()
      return arrivals.length === 0 ? undefined : { event: 'arrivals', data: { arrivals } }
    },
  }
}

const figuresTopic = ({ live }: LiveParts): Topic => ({
  gapMs: 1_000,
  everyMs: 1_000,
  firstMs: 1_000,
  take: () => ({ event: 'figures', data: live.figures.read() }),
})

const aliveTopic: Topic = {
  gapMs: 5_000,
  everyMs: 5_000,
  firstMs: 5_000,
  take: () => ({ event: 'alive', data: {} }),
}

/** What is remembered of the rest: whoever is listed no more is told anew. */
const rememberedMax = 10_000

/** Says of a thing whether it is another than when it was asked last. */
function differing(): (name: string, thing: unknown) => boolean {
  const told = new Map<string, string>()
  return (name, thing) => {
    const text = toJson(thing)
    const isSame = told.get(name) === text
    told.delete(name)
    told.set(name, text)
    const [oldest] = told.keys()
    if (told.size > rememberedMax && oldest !== undefined) told.delete(oldest)
    return !isSame
  }
}

type EventName = Parameters<Peer['on']>[0]

const onAny =
  (peer: Pick<Peer, 'on'>, names: readonly EventName[]) =>
  (news: () => void): (() => void) => {
    const stops = names.map((name) => peer.on(name, news))
    return () => {
      for (const stop of stops) stop()
    }
  }
