import { createHash } from 'node:crypto'
import { TopicValidatorResult, gossipsub } from '@chainsafe/libp2p-gossipsub'
import type {
  GossipSub,
  GossipSubComponents,
  GossipsubMessage,
  GossipsubOpts,
} from '@chainsafe/libp2p-gossipsub'
import type { Connection } from '@libp2p/interface'
import type { PeerId } from '@grapevine/core'
import { createBudget } from './budget.js'
import type { Budget, Rate } from './budget.js'
import type { Counters } from './counters.js'
import { createGossipGate } from './gossip-gate.js'
import { guarded } from './hooks.js'
import { createHold } from './hold.js'
import type { Judgement } from './network.js'
import { fromLibrary } from './peer-ids.js'
import { fullMeshMax } from './redial.js'

/** Everything for everybody, as fast as the lines are. What it loses is found by sessions. */
export interface Gossip {
  /** The service that libp2p starts. */
  readonly service: (this: void, components: GossipSubComponents) => GossipSub
  /** Once the service has started. */
  join(this: void): void
  /** Answers whom it cannot reach yet, or ever, of those who are linked. */
  publish(this: void, bytes: Uint8Array, links: readonly Connection[]): readonly Connection[]
  admit(this: void, connection: Connection): void
  dismiss(this: void, connection: Connection): void
  /** More members need more links that forward. */
  size(this: void, members: number): void
}

interface GossipOptions {
  readonly meshId: Uint8Array
  readonly counters: Counters
  readonly heard: (from: PeerId, bytes: Uint8Array) => Promise<Judgement>
  readonly rejected: (from: PeerId) => void
  /** How long a message waits here before it goes on, counted from its arrival. */
  readonly holdMs: () => number
  /** Whether streams over a connection may wait for its introduction. */
  readonly mayWait: (connection: Connection) => boolean
  /** How much one peer may pass on before it is read more slowly. */
  readonly messages: Rate
  /** How many messages it remembers that it has seen. */
  readonly seenMax: number
}

const heartbeatMs = 500
/** What a frame of gossip may hold. What is larger ends the stream at the receiver, for good. */
const frameBytesMax = 128 * 1024
/** Leaves room for what travels with a message. */
const messageBytesMax = frameBytesMax - 8 * 1024
const outboundBytesMax = 4 * 1024 * 1024
/** Where a message would be multiplied to more than this at once, it takes a few hops instead. */
const floodBytesMax = 512 * 1024
/** Beyond so many that are being looked at, messages are let go of. */
const pendingMax = 4096
const pendingBytesMax = 16 * 1024 * 1024
/** Streams are opened one after another: where many links are made at once, that takes its time. */
const openingMs = 30_000

const smallDegree = { D: 4, Dlo: 3, Dhi: 6, Dscore: 2, Dout: 1 }
const largeDegree = { D: 6, Dlo: 4, Dhi: 8, Dscore: 4, Dout: 2 }

const profile = (topic: string, counters: Counters): Partial<GossipsubOpts> => ({
  // Releases and presences are signed already, and verified once, by the replica.
  globalSignaturePolicy: 'StrictNoSign',
  msgIdFn: ({ data }) => {
    counters.add('gossipCopiesIn')
    return createHash('sha256').update(data).digest().subarray(0, 16)
  },
  msgIdToStrFn: (id) => Buffer.from(id).toString('latin1'),
  allowedTopics: [topic],
  fallbackToFloodsub: false,
  emitSelf: false,
  // Who is connected with whom is decided elsewhere.
  doPX: false,
  tagMeshPeers: false,
  // An announcement may be answered by one frame of any size, which ends the stream at its receiver:
  // none is made. Sessions find what was missed.
  Dlazy: 0,
  gossipFactor: 0,
  ...smallDegree,
  floodPublish: true,
  batchPublish: true,
  allowPublishToZeroTopicPeers: true,
  ignoreDuplicatePublishError: true,
  heartbeatInterval: heartbeatMs,
  // Messages are kept while they are judged, and no longer: nobody asks for them.
  mcacheLength: 3,
  mcacheGossip: 1,
  seenTTL: 300_000,
  pruneBackoff: 10_000,
  unsubcribeBackoff: 1_000,
  asyncValidation: true,
  idontwantMinDataSize: 0,
  idontwantMaxMessages: 5_000,
  maxInboundStreams: 2,
  maxOutboundStreams: 2,
  maxInboundDataLength: frameBytesMax,
  maxOutboundBufferSize: outboundBytesMax,
  maxTopicBytesPerPeer: 4 * 1024,
  decodeRpcLimits: {
    maxSubscriptions: 16,
    maxMessages: 256,
    maxIhaveMessageIDs: 512,
    maxIwantMessageIDs: 0,
    maxIdontwantMessageIDs: 512,
    maxControlMessages: 512,
    maxPeerInfos: 0,
  },
  // Whether a peer behaves is judged by what it says, and remembered by us: many members behind one
  // address are no attack.
  scoreParams: { topics: {}, IPColocationFactorWeight: 0, behaviourPenaltyWeight: 0 },
})

/** What gossipsub shows beside its declared type. */
interface Router {
  readonly opts: Record<keyof typeof smallDegree, number>
  readonly peers: ReadonlyMap<string, unknown>
  readonly streamsInbound: ReadonlyMap<string, unknown>
  readonly streamsOutbound: ReadonlyMap<string, unknown>
  readonly seenCache: { readonly size: number; clear(): void }
  publish(topic: string, data: Uint8Array, options: { floodPublish: boolean }): Promise<unknown>
  getSubscribers(topic: string): readonly unknown[]
  reportMessageValidationResult(id: string, from: string, result: TopicValidatorResult): void
}

export function createGossip(options: GossipOptions): Gossip {
  const { meshId, counters } = options
  const topic = `/grapevine/${Buffer.from(meshId).toString('hex')}`
  const gate = createGossipGate(options.mayWait)
  let router: Router | undefined
  let join = (): void => {}
  return {
    service(components) {
      const registrar = gate.guard(components.registrar)
      const { privateKey, peerId, peerStore, connectionManager, logger } = components
      const parts = { privateKey, peerId, peerStore, connectionManager, logger, registrar }
      const service = gossipsub(profile(topic, counters))(parts)
      router = service as unknown as Router
      const take = taker(router, options, gate.slow)
      const heal = healer(router, gate.admitted, counters)
      const { seenCache } = router
      // It forgets by the clock of the machine, which may have been set back.
      const bound = (): void => {
        if (seenCache.size > options.seenMax) seenCache.clear()
      }
      // A listener that throws would end the process.
      service.addEventListener('gossipsub:message', ({ detail }) =>
        guarded(counters, () => take(detail)),
      )
      for (const look of [heal, bound]) {
        service.addEventListener('gossipsub:heartbeat', () => guarded(counters, look))
      }
      join = () => service.subscribe(topic)
      return service
    },
    join: () => join(),
    publish(bytes, links) {
      if (router === undefined) return links
      if (bytes.length > messageBytesMax) {
        counters.add('gossipTooLarge')
        return links
      }
      counters.add('gossipPublished')
      // Its id is worked out like that of a copy.
      counters.add('gossipCopiesIn', -1)
      const { streamsOutbound } = router
      const subscribers = new Set(
        router
          .getSubscribers(topic)
          .map(String)
          .filter((id) => streamsOutbound.has(id)),
      )
      const floodPublish = subscribers.size * bytes.length <= floodBytesMax
      router.publish(topic, bytes, { floodPublish }).catch(() => counters.add('faults'))
      return links.filter(({ remotePeer }) => !subscribers.has(remotePeer.toString()))
    },
    admit: gate.admit,
    dismiss: gate.dismiss,
    size(members) {
      const degree = members > fullMeshMax ? largeDegree : smallDegree
      if (router !== undefined) Object.assign(router.opts, degree)
    },
  }
}

/** Hands each message to the replica, and lets it go on if that says so. */
function taker(
  router: Router,
  options: GossipOptions,
  slow: (peer: string, waitMs: number) => void,
): (message: GossipsubMessage) => void {
  const { counters, heard, rejected, holdMs } = options
  const hold = createHold()
  const spend = spender(options.messages)
  let pending = 0
  let pendingBytes = 0

  const judge = async ({ propagationSource, msgId, msg }: GossipsubMessage): Promise<void> => {
    const source = propagationSource.toString()
    const from = fromLibrary(propagationSource)
    const arrivedMs = performance.now()
    if (from === undefined) return
    // A copy: the replica may keep it for ever, and with a view the whole frame it came in.
    const judgement = await heard(from, msg.data.slice())
    if (judgement === 'accept') {
      await hold(arrivedMs + holdMs())
      counters.add('gossipForwarded')
    }
    if (judgement === 'reject') rejected(from)
    router.reportMessageValidationResult(msgId, source, results[judgement])
  }

  return (message) => {
    const bytes = message.msg.data.length
    counters.add('gossipMessagesIn')
    counters.add('gossipBytesIn', bytes)
    const source = message.propagationSource.toString()
    const waitMs = spend(source)
    if (waitMs > 0) {
      counters.add('gossipSlowed')
      slow(source, waitMs)
    }
    if (pending >= pendingMax || pendingBytes + bytes > pendingBytesMax) {
      return counters.add('gossipDropped')
    }
    pending += 1
    pendingBytes += bytes
    judge(message)
      .catch(() => counters.add('faults'))
      .finally(() => {
        pending -= 1
        pendingBytes -= bytes
      })
  }
}

const sourcesMax = 4_096

/** A budget for each source, and how long to wait where one has spent its own. */
function spender(messages: Rate): (source: string) => number {
  const budgets = new Map<string, Budget>()
  return (source) => {
    const budget = budgets.get(source) ?? createBudget(messages)
    if (budgets.size >= sourcesMax && !budgets.has(source)) budgets.clear()
    budgets.set(source, budget)
    return budget.spend(1)
  }
}

const results: Readonly<Record<Judgement, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

/**
 * Where gossipsub loses a stream while the connection is up, it never opens another: the peer is mute.
 * Only a new connection helps.
 */
function healer(
  { peers, streamsInbound, streamsOutbound }: Router,
  admitted: ReadonlyMap<Connection, number>,
  counters: Counters,
): () => void {
  const worked = new WeakSet<Connection>()
  return () => {
    for (const [connection, sinceMs] of admitted) {
      const id = connection.remotePeer.toString()
      const isOpen = streamsInbound.has(id) && streamsOutbound.has(id)
      if (peers.has(id) && isOpen) worked.add(connection)
      const isOpening = !worked.has(connection) && performance.now() - sinceMs < openingMs
      if (peers.has(id) && (isOpen || isOpening)) continue
      counters.add('gossipHealed')
      connection.abort(new Error('gossip over it broke down'))
    }
  }
}
