import { setMaxListeners } from 'node:events'
import { MeshError, badgeOf, limits } from '@grapevine/core'
import type { PeerId } from '@grapevine/core'
import { bindKey } from '../binding/bind.js'
import { createBoundSchemas } from '../binding/bound-schemas.js'
import { checkText, invalid, writeOf } from '../writing/draft.js'
import { durationMs } from './durations.js'
import { checkSignal } from './listeners.js'
import type { Inside, PeerParts } from './parts.js'
import { pastOf } from './past.js'
import type { Peer, WaitOptions } from '../peer.js'
import { writesOf } from '../writing/publish.js'
import { createRefusals } from '../binding/refusals.js'
import { secretsOf } from '../secrets/secrets.js'
import { rightsOf } from '../trust/rights.js'
import { othersInSight, standingOf } from './standing.js'
import { waitFor } from './waiting.js'
import { watchView } from '../reading/watch.js'

/** What users hold in their hands: reads from the view, writes through the interpreter. */
export function createPeer(parts: PeerParts): Peer {
  const { id, name, mesh, view, events, clock } = parts
  const ending = new AbortController()
  setMaxListeners(0, ending.signal)
  const inside: Inside = { ...parts, closing: ending.signal, names: () => namesOf(parts) }
  let syncedAt: number | undefined
  events.on('synced', () => (syncedAt = clock.now()))
  const close = closeOnce(inside, ending)
  const writes = writesOf(inside)
  const past = pastOf(inside)
  const secrets = secretsOf(inside, {
    entry: view.entry,
    entries: view.entries,
    ...writes,
    ...past,
  })

  return {
    id,
    name,
    mesh,
    get: view.get,
    has: view.has,
    entry: view.entry,
    entries: view.entries,
    conflicts: view.conflicts,
    ...writes,
    ...livesOf(inside),
    ...past,
    ...secrets,
    ...rightsOf(inside, async (who) => secrets.exposedTo(who)),
    ...standingOf(inside, () => syncedAt),
    ...waitsOf(inside, () => syncedAt !== undefined),
    async backup(file) {
      ending.signal.throwIfAborted()
      if (typeof file !== 'string' || file === '') throw invalid('file', file, 'the name of a file')
      const { store, failure } = parts.interpreter
      if (failure !== undefined) throw failure
      return store.backup(file)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** What goes on telling until it is stopped, or the peer closes. */
function livesOf(inside: Inside): Pick<Peer, 'watch' | 'bind' | 'check' | 'on'> {
  const { view, events, closing, clock, members } = inside
  const refusals = createRefusals(inside)
  const schemas = createBoundSchemas()
  const isAlone = (): boolean =>
    members.ids().size > 1 && clock.now() - (inside.heardAt() ?? -Infinity) > limits.memberSilentMs
  return {
    on: events.on,
    check: (draft) => schemas.refusedOf(view, writeOf(draft)),
    watch(prefix = '', { signal } = {}) {
      if (typeof prefix !== 'string') throw invalid('prefix', prefix, 'a text')
      checkSignal(signal)
      return watchView(view, prefix, signal === undefined ? [closing] : [closing, signal])
    },
    bind(key, schema, options) {
      closing.throwIfAborted()
      return bindKey({ ...inside, refusals, schemas, isAlone }, checkText(key), schema, options)
    },
  }
}

/** A session that has nothing to repair ends within milliseconds; a large repair takes some seconds. */
const syncTimeout = '10s'

function waitsOf(
  inside: Inside,
  hasSynced: () => boolean,
): Pick<Peer, 'ready' | 'sync' | 'listening'> {
  const { clock, closing, events, members, network } = inside
  const isOnly = (): boolean => !inside.hasSeeds && members.ids().size === 1
  const untilSynced = async (
    { timeout, signal }: WaitOptions,
    begin: (synced: () => void) => (() => void)[],
  ): Promise<void> => {
    const timeoutMs = timeout === undefined ? undefined : durationMs('timeout', timeout)
    const late = (): MeshError => notReady(inside, timeoutMs)
    return waitFor<void>({ clock, ends: [closing, signal], timeoutMs, late }, (resolve) => {
      const stops = [events.on('synced', () => resolve()), ...begin(resolve)]
      return () => {
        for (const stop of stops) stop()
      }
    })
  }
  return {
    ready: async (options = {}) =>
      untilSynced(options, (resolve) => {
        if (hasSynced() || isOnly()) resolve()
        return []
      }),
    sync: async ({ timeout = syncTimeout, signal } = {}) =>
      untilSynced({ timeout, signal }, (resolve) => {
        if (isOnly()) resolve()
        inside.syncAll()
        return [events.on('linked', () => inside.syncAll())]
      }),
    async listening({ timeout, signal } = {}) {
      const timeoutMs = timeout === undefined ? undefined : durationMs('timeout', timeout)
      const late = (): MeshError => notListening(timeoutMs)
      await waitFor<void>({ clock, ends: [closing, signal], timeoutMs, late }, (resolve) => {
        void inside.listening.then(resolve)
        return () => {}
      })
      return network.addresses()
    },
  }
}

const notListening = (timeoutMs: number | undefined): MeshError =>
  new MeshError(
    'NOT_READY',
    `this peer does not listen yet after ${timeoutMs} ms; reads and writes work, and a notice says why`,
  )

const notReady = (inside: Inside, timeoutMs: number | undefined): MeshError => {
  const members = inside.members.ids().size
  const inSight = 1 + othersInSight(inside)
  return new MeshError(
    'NOT_READY',
    `no session with another member ended within ${timeoutMs} ms; reads work, but may be behind: ${inSight} of ${members} members in sight`,
    { members, inSight },
  )
}

/** What waits ends at once; what was written before is stored. */
function closeOnce(inside: Inside, ending: AbortController): () => Promise<void> {
  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => {
    ending.abort(new MeshError('PEER_CLOSED', 'this peer is closed: open it again'))
    try {
      await inside.close()
    } finally {
      inside.events.clear()
    }
  }
  return () => (closed ??= close())
}

/**
 * What people call a peer: in a closed mesh what its badge says; else what it says itself, how it was
 * introduced, or how its id begins.
 */
function namesOf({
  id,
  name,
  interpreter,
  members,
  guard,
}: PeerParts): ReturnType<Inside['names']> {
  const presences = interpreter.replica.presences()
  const ownName = guard === undefined ? name : badgeOf(guard.own.chain()).name
  const saidBy = (peer: PeerId): string | undefined =>
    guard === undefined ? presences.get(peer)?.labels.get('name') : undefined
  return (peer) =>
    peer === id
      ? ownName
      : (saidBy(peer) ?? members.contact(peer)?.name ?? peer.slice(0, shortIdLength))
}

const shortIdLength = 8
