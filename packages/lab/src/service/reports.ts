import type { Binding, Peer, Status } from '@grapevine/peer'
import { paced } from '../paced.js'
import type { LabArrival } from '../wire.js'
import type { Counts, Report, Told } from './told.js'

const reportEveryMs = 200
const arrivalsEveryMs = 40
const countEveryMs = 1_000

/** Tells the lab where this peer stands: only what changed, and no more often than anybody can see. */
export function startReports(
  peer: Peer,
  binding: Binding<unknown>,
  tell: (told: Told) => void,
): void {
  const hasRefused = watchRefusals(binding)
  const tellNews = onlyNews(tell)
  const report = paced(reportEveryMs, () => {
    tellNews({ told: 'report', report: reportOf(peer, peer.status(), hasRefused()) })
  })
  startArrivals(peer, tell, report.ask)
  peer.on('linked', report.ask)
  peer.on('unlinked', report.ask)
  peer.on('synced', report.ask)
  binding.on('invalid', report.ask)
  report.ask()
  void peer.listening().then(report.ask, () => {})

  const tellCounts = onlyNews(tell)
  const count = (): void => tellCounts({ told: 'counts', counts: countsOf(peer.status()) })
  setInterval(count, countEveryMs).unref()
}

/** The same is told once. */
function onlyNews(tell: (told: Told) => void): (told: Told) => void {
  let last = ''
  return (told) => {
    const text = JSON.stringify(told)
    if (text !== last) tell(told)
    last = text
  }
}

/** Whether the service does not take what the mesh shows. That it heard nobody for a while is another thing. */
function watchRefusals(binding: Binding<unknown>): () => boolean {
  let isRefused = false
  binding.on('invalid', () => {
    isRefused = true
  })
  return () => (isRefused &&= binding.meta.stale)
}

const reportOf = (peer: Peer, status: Status, isRefused: boolean): Report => ({
  links: peer
    .peers()
    .filter(({ link }) => link !== undefined)
    .map((member) => member.peer),
  addresses: status.addresses,
  keys: status.keys,
  conflicts: status.conflicts,
  refused: isRefused ? 1 : 0,
  clock: status.clock,
})

/** What comes in from others, and what is written here. */
function startArrivals(peer: Peer, tell: (told: Told) => void, onArrival: () => void): void {
  let arrivals: LabArrival[] = []
  const flush = paced(arrivalsEveryMs, () => {
    const told = arrivals
    arrivals = []
    tell({ told: 'arrivals', arrivals: told })
  })
  const note = (arrival: Omit<LabArrival, 'peer' | 'at'>): void => {
    arrivals.push({ peer: peer.id, at: Date.now(), ...arrival })
    flush.ask()
    onArrival()
  }
  let written = ''
  peer.on('received', ({ release, from }) => note({ release: release.name, from }))
  peer.on('change', ({ changes }) => {
    onArrival()
    for (const { release } of changes) {
      // A value that stopped counting brings back one that was written long ago.
      if (release?.relay !== peer.id || release.name === written) continue
      if (Date.now() - release.at > recentMs) continue
      written = release.name
      note({ release: release.name })
    }
  })
}

const recentMs = 5_000

const countsOf = ({ counters, commits }: Status): Counts => ({
  syncBytes: counters['bytesOut'] ?? 0,
  gossipBytes: counters['gossipBytesIn'] ?? 0,
  copies: counters['gossipCopiesIn'] ?? 0,
  messages: counters['gossipMessagesIn'] ?? 0,
  commits: commits.within,
})
