/** Written into the folder of its packages, so that they are found from there: a peer as its manual makes it. */
export const orbitEntry = `// Some of these packages take a newer Node for granted.
Promise.withResolvers ??= () => {
  const deferred = {}
  deferred.promise = new Promise((resolve, reject) => Object.assign(deferred, { resolve, reject }))
  return deferred
}

const { createLibp2p } = await import('libp2p')
const { tcp } = await import('@libp2p/tcp')
const { noise } = await import('@chainsafe/libp2p-noise')
const { yamux } = await import('@chainsafe/libp2p-yamux')
const { identify } = await import('@libp2p/identify')
const { gossipsub } = await import('@chainsafe/libp2p-gossipsub')
const { Helia } = await import('@helia/utils')
const { bitswap } = await import('@helia/block-brokers')
const { libp2pRouting } = await import('@helia/routers')
const { LevelBlockstore } = await import('blockstore-level')
const { LevelDatastore } = await import('datastore-level')
export const { createOrbitDB, IPFSAccessController } = await import('@orbitdb/core')
export const { multiaddr } = await import('@multiformats/multiaddr')

export async function createNode(folder) {
  const libp2p = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: 1000, maxIncomingPendingConnections: 1000 },
    // Otherwise more than ten peers on one machine are shut out.
    services: {
      identify: identify(),
      pubsub: gossipsub({
        allowPublishToZeroTopicPeers: true,
        scoreParams: { IPColocationFactorWeight: 0 },
      }),
    },
  })
  const blockstore = new LevelBlockstore(folder + '/blocks')
  const helia = new Helia({
    libp2p,
    blockstore,
    datastore: new LevelDatastore(folder + '/data'),
    blockBrokers: [bitswap()],
    routers: [libp2pRouting(libp2p)],
  })
  await helia.start()
  return helia
}
`
