import type { ReleaseRow } from '@grapevine/api/page'
import type { Page, ServerEvent } from '@grapevine/api'
import type { Change, Member, Peer, PeerId, ReleaseInfo } from '@grapevine/peer'
import { testPeer } from '@grapevine/peer/testing'
import type { LabPeer, LabState } from '../page/lab-wire.js'
import { openFeed } from './feed.js'
import type { Feed } from './feed.js'

export interface CrowdOptions {
  readonly page: Page
  readonly kind: 'peer' | 'lab'
  readonly peers: number
  readonly keys: number
}

/** A mesh of many, as far as a page can tell: nobody in it but one peer, and that one holds nothing. */
export interface Crowd extends AsyncDisposable {
  readonly feed: Feed
  /** One release comes: ten keys change, and it travels from peer to peer. */
  step(): void
  state(): LabState
  setState(state: LabState): void
}

export async function openCrowd(options: CrowdOptions): Promise<Crowd> {
  const peer = await testPeer({ name: 'storefront', values: { 'shop/own': 1 }, onNotice() {} })
  const members = membersLike(peer, options.peers)
  const ids = members.map(({ peer: id }) => id)
  let state = labOf(members)
  let count = 0
  const rows: ReleaseRow[] = []
  for (let at = 0; at < 50; at += 1) rows.unshift(rowOf(peer, (count += 1), options.peers))
  const feed = await openFeed({
    ...options,
    peer,
    first: () => firstEvents(peer, { members, rows, keys: options.keys }),
    firstOfLab: () => [{ event: 'lab', data: state }],
  })

  function step(): void {
    const row = rowOf(peer, (count += 1), options.peers)
    rows.unshift(row)
    rows.splice(50)
    const changes = Array.from({ length: 10 }, (_, at) =>
      changeOf(row.release, (count * 10 + at) % options.keys, `value ${count}`),
    )
    feed.tell({ event: 'change', id: String(count), data: { changes } })
    feed.tell({ event: 'releases', data: { releases: [row] } })
    const arrivals = arrivalsOf(row.release.name, ids, Date.now())
    feed.tellLab({ event: 'arrivals', data: { arrivals } })
    feed.tell({ event: 'arrivals', data: { arrivals: [{ ...arrivals[1]!, from: ids[1]! }] } })
  }

  return {
    feed,
    step,
    state: () => state,
    setState(next) {
      state = next
      feed.tellLab({ event: 'lab', data: state })
    },
    async [Symbol.asyncDispose]() {
      await feed[Symbol.asyncDispose]()
      await peer.close()
    },
  }
}

const services = [
  'storefront',
  'checkout',
  'payments',
  'catalog',
  'search',
  'warehouse',
  'shipping',
  'mailer',
]

function membersLike(peer: Peer, count: number): readonly Member[] {
  const [self] = peer.peers()
  if (self === undefined) throw new Error('a peer knows itself')
  return Array.from({ length: count }, (_, at) => {
    const round = Math.floor(at / services.length)
    const name = `${services[at % services.length]}${round === 0 ? '' : `-${round + 1}`}`
    if (at === 0) return { ...self, name }
    const id = `${self.peer.slice(0, -4)}${String(at).padStart(4, '0')}` as PeerId
    return {
      ...self,
      peer: id,
      name,
      isSelf: false,
      link: at % 5 === 1 ? linkTo(id, name) : undefined,
      heardAt: Date.now() - (at % 7 === 0 ? 95_000 : 1_000),
      behind: at % 9 === 4 ? at % 14 : 0,
      addresses: [`/ip4/127.0.0.1/tcp/${40_000 + at}`],
      labels: new Map([['zone', at % 2 === 0 ? 'a' : 'b']]),
    }
  })
}

const linkTo = (peer: PeerId, name: string): Member['link'] => ({
  peer,
  introduction: { name } as NonNullable<Member['link']>['introduction'],
  address: '/ip4/127.0.0.1/tcp/40000',
  isInbound: false,
  sinceMs: Date.now(),
})

/** Each is linked with the next ones, and with some across. */
function labOf(members: readonly Member[]): LabState {
  const { length } = members
  const linkedWith = (at: number): readonly number[] =>
    length <= 10
      ? members.map((_, other) => other).filter((other) => other !== at)
      : [1, 2, 7, 31].flatMap((far) => [(at + far) % length, (at + far * (length - 1)) % length])
  const peers = members.map(({ peer, name, behind = 0, addresses }, at): LabPeer => ({
    number: at + 1,
    name,
    peer,
    state: 'running',
    pid: 4_000 + at,
    links: linkedWith(at).map((other) => members[other]!.peer),
    behind,
    keys: 5_000,
    conflicts: 0,
    refused: 0,
    addresses,
  }))
  return { peers, groups: [], lines: [], address: 'http://127.0.0.1:7300' }
}

interface Told {
  readonly members: readonly Member[]
  readonly rows: readonly ReleaseRow[]
  readonly keys: number
}

function firstEvents(peer: Peer, { members, rows, keys }: Told): readonly ServerEvent[] {
  const status = { ...peer.status(), members: members.length, inSight: members.length, keys }
  const changes = Array.from({ length: keys }, (_, at) => changeOf(rows[0]!.release, at, at))
  const figures = {
    at: Date.now(),
    ageMs: { p50: 21, p99: 63, count: 412 },
    copies: 1.4,
    syncBytesPerSecond: 2_100,
    sentBytesPerSecond: 61_000,
    receivedBytesPerSecond: 58_000,
    storeMs: { p50: 1.2, p99: 6.1 },
    loopLagMs: 1.1,
    releasesPerSecond: 10,
  }
  return [
    { event: 'status', data: status },
    { event: 'members', data: { isAll: true, members, gone: [] } },
    { event: 'state', id: '1', data: { changes } },
    { event: 'releases', data: { releases: rows } },
    { event: 'notices', data: { notices: [] } },
    ...Array.from({ length: 60 }, (_, at) => ({
      event: 'figures',
      data: { ...figures, at: figures.at - (60 - at) * 1_000, releasesPerSecond: 8 + (at % 5) },
    })),
  ]
}

function changeOf(release: ReleaseInfo, at: number, value: string | number): Change {
  const key = `${services[at % services.length]}/group-${at % 40}/key-${at}` as Change['key']
  return { key, value, previous: undefined, version: `v${at}`, release }
}

/** As the peer's own releases are, each with a number of its own. */
function rowOf(peer: Peer, seq: number, members: number): ReleaseRow {
  const { release } = peer.entry('shop/own')!
  const name = `${release.name.split('·')[0]}·${seq}`
  const at = Date.now()
  return {
    release: {
      ...release,
      name,
      seq,
      id: `${release.id.slice(0, -6)}${String(seq).padStart(6, '0')}` as ReleaseInfo['id'],
      at,
      stamp: { ...release.stamp, ms: at, counter: seq % 60_000 },
      message: `raise the pool for sale ${seq}`,
    },
    keys: ['checkout/limits'],
    changes: 10,
    reached: members,
    refused: 0,
    pending: 0,
    silent: 0,
    refusals: [],
    silentPeers: [],
  }
}

/** Each peer that has it hands it on to two more; all have it after some 40 ms. */
const arrivalsOf = (release: string, peers: readonly PeerId[], at: number) =>
  peers.map((peer, number) => ({
    peer,
    ...(number > 0 && { from: peers[Math.floor((number - 1) / 2)]! }),
    release,
    at: at + Math.round(Math.log2(number + 1) * 6),
  }))
