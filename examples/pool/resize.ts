/**
 * Resizes all pools: `npx tsx examples/pool/resize.ts 8`. A peer for the length of one command, as a
 * deployment would use it.
 */
import { parseArgs } from 'node:util'
import { MeshError, openPeer } from '@grapevine/peer'

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: '.grapevine/resize' },
    peers: { type: 'string', multiple: true, default: ['127.0.0.1:7411'] },
  },
})

await using peer = await openPeer({
  dataDir: given.data,
  mesh: 'workers',
  name: 'resize',
  peers: given.peers,
})
try {
  await peer.ready({ timeout: '10s' })
  const release = await peer.set('worker/settings', { size: Number(positionals[0]) })
  const { receipts } = await release.reached({ timeout: '10s' })
  for (const { name, receipt } of receipts) console.log(`${name}  ${receipt}`)
} catch (error) {
  if (!(error instanceof MeshError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
