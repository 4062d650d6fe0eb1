import type { ReleaseRow } from '@grapevine/api/page'
import type { ServerEvent } from '@grapevine/api'
import type { Member, Peer, PeerId } from '@grapevine/peer'
import { testPeer } from '@grapevine/peer/testing'
import { expect, it } from 'vitest'
import { payloads } from '../../api/test/payloads.js'
import { hashOf } from '../page/route.js'
import { builtPage } from './built-page.js'
import { openFeed } from './feed.js'
import { openBrowser, openTab } from './tab.js'
import type { Tab } from './tab.js'

const browser = openBrowser()

it.each(['peer', 'lab'] as const)(
  'the page of a %s runs nothing of 500 keys, values, names, messages and reasons that are scripts',
  { timeout: 300_000 },
  async (kind) => {
    expect(new Set(payloads).size).toBe(500)
    await using peer = await testPeer({ name: payloads[0]!, onNotice() {} })
    await storePayloads(peer)
    await using feed = await openFeed({
      page: await builtPage(),
      kind,
      peer,
      first: () => hostileEvents(peer),
      firstOfLab: () => hostileLab(peer),
    })
    await using tab = await openTab(browser(), feed.address)
    const executed = await watchFor(tab)
    await tab.page.getByRole('row').nth(400).waitFor()
    // All are in lists; the same code draws each that is opened, so a part of them is enough there.
    const some = places(peer).filter((_, at) => at % (kind === 'peer' ? 4 : 10) === 0)
    for (const hash of some) await tab.show(hash)
    await searchForAll(tab)
    expect(executed).toEqual([])
    expect(tab.faults).toEqual([])
  },
)

it('would notice, had one of them been taken for markup', { timeout: 120_000 }, async () => {
  await using peer = await testPeer({ values: { a: 1 } })
  const first = () => hostileEvents(peer).slice(0, 2)
  await using feed = await openFeed({ page: await builtPage(), kind: 'peer', peer, first })
  await using tab = await openTab(browser(), feed.address)
  const executed = await watchFor(tab)
  // The page's own policy stands in the way of it, and says so.
  const refused = await tab.page.evaluate<string>(
    `(() => { try { document.body.innerHTML = ${JSON.stringify(payloads[0])} } catch (error) { return error.name } })()`,
  )
  expect(refused).toBe('TypeError')
  await expect
    .poll(() => tab.faults.join(), { timeout: 20_000 })
    .toMatch(/forbidden: require-trusted-types-for/)
  expect(executed).toEqual([])
  // And where no policy does, it runs.
  await tab.page.goto('about:blank')
  await tab.page.setContent(payloads[0]!)
  await tab.page.waitForFunction('window.wasHere === true')
  expect(executed).toHaveLength(1)
})

async function watchFor({ page }: Tab): Promise<readonly string[]> {
  const executed: string[] = []
  await page.exposeBinding('executed', (_, what) => executed.push(String(what)))
  page.on('dialog', (dialog) => {
    executed.push(dialog.message())
    void dialog.dismiss()
  })
  return executed
}

/** As keys, as texts, in objects, as names in objects, and as messages. */
async function storePayloads(peer: Peer): Promise<void> {
  const set = new Map<string, string | Readonly<Record<string, string>>>()
  payloads.forEach((payload, at) => {
    set.set(keyOf(payload, at), [payload, { [payload]: payload }][at % 2]!)
  })
  await peer.publish({ set, message: payloads[0]!.slice(0, 500) })
  for (const payload of payloads.slice(0, 50)) {
    await peer.publish({
      set: new Map([[keyOf(payload, 0), `${payload} again`]]),
      message: payload.slice(0, 500),
    })
  }
}

/** A key has no empty segments, and no control characters. */
const keyOf = (payload: string, at: number): string =>
  `k${at}${payload
    .replaceAll(/[\p{C}\p{Zl}]+/gu, ' ')
    .replaceAll(/\/+/g, '/')
    .replace(/\/$/, '')
    .slice(0, 200)}`

const places = (peer: Peer): readonly string[] => [
  ...peer.entries().map(({ key }) => hashOf('keys', key)),
  ...hostileRows(peer)
    .map(({ release }) => hashOf('releases', release.name))
    .slice(0, 60),
  ...payloads.slice(0, 100).map((payload) => hashOf('mesh', payload)),
  ...(['mesh', 'keys', 'releases', 'figures'] as const).map((view) => hashOf(view, payloads[1])),
]

/** What is typed in is shown, too. */
async function searchForAll(tab: Tab): Promise<void> {
  for (const view of ['mesh', 'keys'] as const) {
    await tab.show(hashOf(view))
    const field = tab.page.getByRole('searchbox').first()
    for (const payload of payloads.slice(0, 10)) await field.fill(payload.replaceAll('\n', ' '))
  }
}

function hostileEvents(peer: Peer): readonly ServerEvent[] {
  const members = hostileMembers(peer)
  const changes = peer
    .entries()
    .map(({ key, value, version, release }) => ({ key, value, version, release }))
  const notices = payloads.map((text, at) => ({ notice: 'store', text, at }))
  const troubles = { store: 'failed', storeError: payloads[2], mesh: payloads[3] }
  return [
    { event: 'status', data: { ...peer.status(), ...troubles, members: members.length } },
    { event: 'members', data: { isAll: true, members, gone: [] } },
    { event: 'state', id: '1', data: { changes } },
    { event: 'releases', data: { releases: hostileRows(peer) } },
    { event: 'notices', data: { notices } },
    { event: 'arrivals', data: { arrivals: arrivalsAt(members) } },
  ]
}

const hostileLab = (peer: Peer): readonly ServerEvent[] => {
  const members = hostileMembers(peer)
  const peers = members.map(({ peer: id, name }, at) => ({
    number: at + 1,
    name,
    peer: id,
    state: at % 3 === 1 ? 'stopped' : 'running',
    links: [members[0]!.peer],
    behind: at % 4,
    keys: 1,
    conflicts: 1,
    refused: 1,
    addresses: [name],
  }))
  const scenario = { name: payloads[4], says: payloads[5], atMs: 1, ofMs: 2 }
  const state = { peers, groups: [], lines: [], address: payloads[6], scenario }
  return [
    { event: 'lab', data: state },
    { event: 'arrivals', data: { arrivals: arrivalsAt(members) } },
  ]
}

const arrivalsAt = (members: readonly Member[]) =>
  members.slice(0, 20).map(({ peer, name }, at) => ({
    peer,
    from: members[at + 1]!.peer,
    release: `${name}·1`,
    at: Date.now(),
  }))

function hostileMembers(peer: Peer): readonly Member[] {
  const self = peer.peers()[0]!
  return payloads.map((payload, at) => ({
    ...self,
    peer: at === 0 ? self.peer : (`${self.peer.slice(0, -4)}${at + 1_000}` as PeerId),
    isSelf: at === 0,
    name: payload,
    heardAt: Date.now(),
    addresses: [payload],
    labels: new Map([[payload, payload]]),
    software: payload,
  }))
}

/** Those that are held, and others by name: each refused and missed by somebody hostile. */
function hostileRows(peer: Peer): readonly ReleaseRow[] {
  const held = peer.releases({ limit: 60 })
  return payloads.map((payload, at) => {
    const release = held[at % held.length]!
    const name = at < held.length ? release.name : `${release.name.split('·')[0]}·${at + 1_000}`
    const stamp = { ...release.stamp, ms: release.stamp.ms - at }
    const who = { peer: peer.id, name: payload }
    return {
      release: { ...release, name, stamp, message: payload, authorName: payload },
      keys: [payload],
      changes: 1,
      reached: 1,
      refused: 1,
      pending: 0,
      silent: 1,
      refusals: [{ ...who, key: payload, reason: payload }],
      silentPeers: [{ ...who, heardAt: 1 }],
    }
  })
}
