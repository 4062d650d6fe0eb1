/**
 * One peer in a process of its own, as plain JavaScript: what is measured is what users run, and
 * nothing is translated on the way. It does what its parent says, and tells when it shows something.
 */

import { once } from 'node:events'
import { connect } from 'node:net'

/** @type {import('@grapevine/peer').Peer} */
let peer

/** Of all processes of this machine the same clock, in milliseconds. */
const now = () => Number(process.hrtime.bigint()) / 1e6

/** @type {import('./processes.ts').Orders} */
const orders = {
  async start() {
    return { atMs: now() }
  },
  async open(options) {
    const beganMs = now()
    const { openPeer } = await import('@grapevine/peer')
    const importedMs = now()
    peer = await openPeer(options)
    peer.get('served')
    const atMs = now()
    return { atMs, importMs: importedMs - beganMs, openMs: atMs - importedMs }
  },
  async tell(prefix) {
    peer.on('change', ({ changes }) => {
      const atMs = now()
      for (const { key } of changes) if (key.startsWith(prefix)) process.send?.({ key, atMs })
    })
  },
  async set({ key, value }) {
    const atMs = now()
    await peer.set(key, value)
    return { atMs }
  },
  async fill({ keys, perRelease }) {
    for (let from = 0; from < keys; from += perRelease) {
      const indices = Array.from(
        { length: Math.min(perRelease, keys - from) },
        (_, at) => from + at,
      )
      const set = new Map(
        indices.map((at) => [`shop/${at % 97}/item-${at}`, { max: at, open: true }]),
      )
      // The disk gathers what waits for it; so many may wait at a time.
      const isPause = (from / perRelease) % 1_000 === 999
      await peer.publish({ set }, { ack: isPause ? 'durable' : 'accepted' })
    }
    await peer.set('filled', true)
  },
  async status() {
    const { addresses, links } = peer.status()
    return { addresses, links }
  },
  async usage() {
    const { user, system } = process.cpuUsage()
    return { residentBytes: process.memoryUsage.rss(), processorMs: (user + system) / 1000 }
  },
  async drain({ port, bytes }) {
    let lacking = bytes
    const socket = connect({ port, noDelay: true })
    socket.on('data', (chunk) => {
      lacking -= chunk.length
      if (lacking > 0) return
      lacking += bytes
      process.send?.({ key: 'drained', atMs: now() })
    })
    await once(socket, 'connect')
  },
  async close() {
    await peer.close()
  },
}

/** @param {string} order */
const nameOf = (order) => /** @type {keyof typeof orders} */ (order)

/** @param {import('./processes.ts').Asked} asked */
async function answer({ id, order, argument }) {
  try {
    process.send?.({ id, answer: await orders[nameOf(order)](/** @type {never} */ (argument)) })
  } catch (error) {
    process.send?.({ id, error: String(error) })
  }
}

process.on('message', (/** @type {import('./processes.ts').Asked} */ asked) => void answer(asked))
process.on('disconnect', () => process.exit())
