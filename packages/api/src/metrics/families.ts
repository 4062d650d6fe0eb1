import type { Snapshot } from './snapshot.js'

/** One metric: its help is read by whoever is woken at night. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  /** The name of the one label, where `read` answers more than one value. */
  readonly label?: string
  readonly read: (snapshot: Snapshot) => number | Readonly<Record<string, number>>
}

const gauge = (name: string, help: string, read: Family['read'], label?: string): Family => ({
  name,
  help,
  type: 'gauge',
  read,
  ...(label !== undefined && { label }),
})

const counter = (name: string, help: string, ...counters: readonly string[]): Family => ({
  name,
  help,
  type: 'counter',
  read: ({ status }) => sum(counters.map((each) => status.counters[each] ?? 0)),
})

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

const seconds = (ms: number): number => ms / 1000

const mesh: readonly Family[] = [
  gauge(
    'grapevine_members',
    'Members of the mesh that this peer knows, itself included.',
    ({ status }) => status.members,
  ),
  gauge(
    'grapevine_links',
    'Members connected with this peer now. 0 with more than one member: it is cut off, and reads may be old.',
    ({ status }) => status.links,
  ),
  gauge(
    'grapevine_peers_silent',
    'Members not heard in the last 30 s: stopped, or on the other side of a cut. Both sides go on; alert on it.',
    ({ status }) => Math.max(0, status.members - status.inSight),
  ),
  gauge(
    'grapevine_members_behind',
    'Members that, when last heard, lacked a release that this peer holds.',
    ({ members }) => members.filter(({ behind }) => behind !== undefined && behind > 0).length,
  ),
  gauge(
    'grapevine_synced_timestamp_seconds',
    'When a session with another member last ended with everything equal, in Unix time; 0: not since this process began.',
    ({ status }) => seconds(status.syncedAt ?? 0),
  ),
  gauge(
    'grapevine_badge_expiry_timestamp_seconds',
    'When the badge of this peer ends, in Unix time; then no other member lets it in. 0: the mesh is open.',
    ({ status }) => seconds(status.badgeUntil ?? 0),
  ),
]

const releases: readonly Family[] = [
  gauge('grapevine_keys', 'Keys that show a value.', ({ status }) => status.keys),
  gauge(
    'grapevine_conflicts',
    'Keys with values that were written at the same time by peers that had not seen each other: `grapevine conflicts` lists them.',
    ({ status }) => status.conflicts,
  ),
  gauge(
    'grapevine_convergence_lag_seconds',
    'How long the oldest of the recent releases has been here that some member in sight still lacks; 0: all have all.',
    ({ spread }) => seconds(spread.lagMs),
  ),
  gauge(
    'grapevine_recent_releases',
    'Releases that the receipts are counted over: the last 16 since this process began.',
    ({ spread }) => spread.releases,
  ),
  gauge(
    'grapevine_recent_receipts',
    'Receipts of the recent releases, all members and releases added up: who holds them (reached), does not want them (refused), is on the way (pending), is not heard (silent).',
    ({ spread }) => spread.receipts,
    'receipt',
  ),
  gauge(
    'grapevine_refused_releases',
    'Recent releases that a service refused, since its schema does not take the value: `grapevine receipts` says which and why.',
    ({ spread }) => spread.refused,
  ),
  gauge(
    'grapevine_waiting_releases',
    'Releases that came before what they build on. More than a few for long: somebody holds back what others need.',
    ({ status }) => status.waiting.length,
  ),
  gauge(
    'grapevine_holes',
    'Missing releases that others wait for.',
    ({ status }) =>
      new Set(status.waiting.map(({ missing }) => `${missing.replica} ${missing.seq}`)).size,
  ),
  gauge(
    'grapevine_early_releases',
    'Releases stamped more than a minute ahead: some clock is wrong, ours or theirs. `grapevine doctor` says whose.',
    ({ status }) => status.early.length,
  ),
  gauge(
    'grapevine_parked_bytes',
    'Memory held by releases that wait or are early; beyond 64 MiB they are dropped and fetched again.',
    ({ status }) => status.parkedBytes,
  ),
  gauge(
    'grapevine_forked_replicas',
    'Replica ids under which two different histories were signed: a key was copied, or stolen.',
    ({ status }) => status.forked.length,
  ),
]

const traffic: readonly Family[] = [
  counter(
    'grapevine_sync_received_bytes_total',
    'Bytes received over the streams between members.',
    'bytesIn',
  ),
  counter(
    'grapevine_sync_sent_bytes_total',
    'Bytes sent over the streams between members.',
    'bytesOut',
  ),
  counter(
    'grapevine_gossip_received_bytes_total',
    'Bytes received by gossip, every copy of a message counted.',
    'gossipBytesIn',
  ),
  counter(
    'grapevine_gossip_published_total',
    'Messages that this peer gave to gossip.',
    'gossipPublished',
  ),
  counter(
    'grapevine_dials_total',
    'Attempts to connect with another member. Rising for ever: somebody is not where he says he is.',
    'dials',
  ),
  counter('grapevine_dials_failed_total', 'Attempts to connect that failed.', 'dialsFailed'),
  counter('grapevine_links_made_total', 'Connections with members that came about.', 'linksMade'),
  counter(
    'grapevine_links_lost_total',
    'Connections with members that ended, for whatever reason.',
    'linksLost',
  ),
  counter(
    'grapevine_frames_dropped_total',
    'Messages given up since a link or gossip took no more; sessions make up for them.',
    'framesDropped',
    'gossipDropped',
  ),
  counter(
    'grapevine_strangers_refused_total',
    'Connections refused at the doors: no network key, no badge that holds.',
    'knocksRefused',
    'connectionsRefused',
  ),
  counter('grapevine_strikes_total', 'Messages that no honest member sends.', 'strikes'),
  counter(
    'grapevine_bans_total',
    'Times that somebody was shut out for a while for such messages.',
    'bans',
  ),
]

const vitals: readonly Family[] = [
  gauge(
    'grapevine_store_open',
    '1: writes are taken. 0: the disk has failed; readers go on, writers wait, `grapevine status` says why.',
    ({ status }) => (status.store === 'open' ? 1 : 0),
  ),
  counter(
    'grapevine_listener_failures_total',
    'Code of the service that failed when this peer called it.',
    'listenerFailures',
  ),
  gauge(
    'grapevine_event_loop_lag_seconds',
    'How late timers of this process fire, since the last scrape. High: something in it computes for too long.',
    ({ loop }) => ({
      median: seconds(loop.medianMs),
      p99: seconds(loop.p99Ms),
      max: seconds(loop.maxMs),
    }),
    'statistic',
  ),
  gauge(
    'grapevine_process_resident_bytes',
    'Memory that the system has given to this process.',
    ({ memory }) => memory.rss,
  ),
  gauge(
    'grapevine_process_heap_bytes',
    'Memory that objects of this process take.',
    ({ memory }) => memory.heapUsed,
  ),
]

export const families: readonly Family[] = [...mesh, ...releases, ...traffic, ...vitals]
