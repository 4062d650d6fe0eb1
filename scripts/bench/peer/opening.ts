import { openPeer } from '@grapevine/peer'
import { median } from '../../measure.ts'
import type { Figure } from '../../measure.ts'
import { levelStore } from '../../../packages/peer/src/store/level-store.ts'
import { meshName } from './mesh.ts'
import { machineMs } from '../compare/clock.ts'
import { addressesOfMember, startMember } from './processes.ts'
import { bytesRead, countSockets } from './sockets.ts'
import { temporary } from './temporary.ts'
import { lastSeen } from './waiting.ts'

const keys = 100_000
const restarts = 5
const joinMsMax = 300_000

/** A peer that ended well, and comes back; and one that comes for the first time. */
export async function* opening(): AsyncGenerator<Figure> {
  const floor: number[] = []
  for (let round = 0; round < restarts; round++) floor.push(await bareStartMs())
  countSockets()
  for (const perRelease of [250, 1]) {
    using folder = temporary()
    const dataDir = folder.at('peer')
    await fill(dataDir, perRelease)
    const what = `${keys.toLocaleString('en')} keys in releases of ${perRelease}`
    yield* restarting(dataDir, what, median(floor))
    yield* joining(dataDir, folder.at('newcomer'), what)
  }
}

async function bareStartMs(): Promise<number> {
  const began = machineMs()
  await using member = startMember()
  return (await member.ask('start')).atMs - began
}

async function fill(dataDir: string, perRelease: number): Promise<void> {
  await using member = startMember()
  await member.ask('open', { dataDir, mesh: meshName })
  await member.ask('fill', { keys, perRelease })
  await member.ask('close')
}

async function* restarting(dataDir: string, what: string, floor: number): AsyncGenerator<Figure> {
  const [fromSpawn, fromCall]: [number[], number[]] = [[], []]
  for (let round = 0; round < restarts; round++) {
    const began = machineMs()
    await using member = startMember()
    const { atMs, openMs } = await member.ask('open', { dataDir })
    fromSpawn.push(atMs - began)
    fromCall.push(openMs)
    await member.ask('close')
  }
  yield {
    what: `restart until it serves ${what} (floor: a Node that does nothing)`,
    unit: 'ms',
    rounds: fromSpawn,
    floor,
    goal: { of: 'median', atMost: 2_000 },
  }
  yield { what: `openPeer of ${what}`, unit: 'ms', rounds: fromCall }
}

/** From one other member, who is in a process of its own: this one reads what the newcomer reads. */
async function* joining(
  dataDir: string,
  newcomerDir: string,
  what: string,
): AsyncGenerator<Figure> {
  const stateBytes = await storedBytes(dataDir)
  await using member = startMember()
  await member.ask('open', { dataDir })
  const peers = await addressesOfMember(member)
  const before = bytesRead()
  const began = performance.now()
  await using newcomer = await openPeer({ dataDir: newcomerDir, mesh: meshName, peers })
  const seenMs = await lastSeen([newcomer], 'shop/', keys, joinMsMax)
  yield { what: `a newcomer's way to ${what}`, unit: 'ms', rounds: [seenMs - began] }
  yield {
    what: 'bytes it read for that (floor: the releases as they are signed)',
    unit: 'B',
    rounds: [bytesRead() - before],
    floor: stateBytes,
    goal: { of: 'ratio', atMost: 1.2 },
  }
}

/** What the state is made of: each release with its signature, and nothing that one disk adds. */
async function storedBytes(dataDir: string): Promise<number> {
  const store = await levelStore(dataDir)
  const records = await store.load()
  await store.close()
  let bytes = 0
  for (const [name, record] of records) if (name.startsWith('release/')) bytes += record.length
  return bytes
}
