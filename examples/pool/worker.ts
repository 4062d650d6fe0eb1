/**
 * A worker that does as many jobs at a time as the mesh says, and follows when that changes. All it
 * has to be told is where its data lies and where another peer is.
 */
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openPeer } from '@grapevine/peer'
import { z } from 'zod'

const { values: given } = parseArgs({
  options: {
    data: { type: 'string', default: '.grapevine/worker-1' },
    listen: { type: 'string', default: '127.0.0.1:7411' },
    peers: { type: 'string', multiple: true, default: [] },
  },
})

await using peer = await openPeer({
  dataDir: given.data,
  mesh: 'workers',
  name: `worker at ${given.listen}`,
  listen: [given.listen],
  peers: given.peers,
})

const Settings = z.object({
  size: z.number().int().min(1).max(64),
  jobMs: z.number().int().min(10).default(500),
})
const settings = peer.bind('worker/settings', Settings, { default: { size: 2, jobMs: 500 } })

let running = 0
let isStopping = false
const isWanted = (): boolean => !isStopping && running <= settings.value.size

/** One slot of the pool: a change of size is seen between two jobs, and no job is cut short. */
async function slot(): Promise<void> {
  running += 1
  while (isWanted()) await job()
  running -= 1
}

async function job(): Promise<void> {
  await pause(settings.value.jobMs)
}

settings.subscribe(({ size }, before) => {
  console.log(`${size} jobs at a time${before === undefined ? '' : ` instead of ${before.size}`}`)
  while (running < size) void slot()
})
settings.on('invalid', ({ reason }) => console.log(`refused: ${reason}; going on as before`))

// The peer is closed where this scope ends, so it has to last for as long as the worker does.
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
isStopping = true
