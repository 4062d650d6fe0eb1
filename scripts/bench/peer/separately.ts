import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Figure } from '../../measure.ts'
import { meshName } from './mesh.ts'
import { machineMs } from '../compare/clock.ts'
import { addressesOfMember, startMember, untilStatus } from './processes.ts'
import type { Member } from './processes.ts'
import { frame, latencies, perRound, restMs, rounds } from './spreading.ts'
import type { Sample } from './spreading.ts'
import { temporary } from './temporary.ts'
import { within } from './waiting.ts'

const count = 10
const prefix = 'spread/'

/** Each peer in a process of its own, as it is in life; they share what processors there are. */
export async function* separately(): AsyncGenerator<Figure> {
  using folder = temporary()
  const members = Array.from({ length: count }, startMember)
  try {
    const floor = await sampledRaw(members.slice(1))
    const dataDirs = members.map((_, index) => folder.at(`peer-${index}`))
    yield* latencies('each in its own process', await sampledPeers(members, dataDirs), floor)
    const usages = await Promise.all(members.map((member) => member.ask('usage')))
    yield {
      what: 'resident memory of a peer that did this',
      unit: 'MB',
      rounds: usages.map(({ residentBytes }) => residentBytes / 1e6),
    }
  } finally {
    await Promise.all(members.map((member) => member[Symbol.asyncDispose]()))
  }
}

async function sampledPeers(
  members: readonly Member[],
  dataDirs: readonly string[],
): Promise<readonly Sample[]> {
  const [writer, ...others] = members as [Member, ...Member[]]
  await writer.ask('open', { dataDir: dataDirs[0]!, mesh: meshName })
  const peers = await addressesOfMember(writer)
  await Promise.all(
    others.map((member, index) =>
      member.ask('open', { dataDir: dataDirs[index + 1]!, mesh: meshName, peers }),
    ),
  )
  await Promise.all(members.map((one) => untilStatus(one, ({ links }) => links === count - 1)))
  await Promise.all(others.map((member) => member.ask('tell', prefix)))
  return sampled(async (name) => {
    const seen = lastTold(others)
    const { atMs } = await writer.ask('set', { key: prefix + name, value: 1 })
    return (await seen) - atMs
  })
}

/** The floor: this process writes, and the others read from one socket each. */
async function sampledRaw(readers: readonly Member[]): Promise<readonly Sample[]> {
  const sockets: Socket[] = []
  const server = createServer({ noDelay: true }, (socket) => {
    // The other end goes with its process.
    sockets.push(socket.on('error', () => socket.destroy()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    await Promise.all(readers.map((one) => one.ask('drain', { port, bytes: frame.length })))
    return await sampled(async () => {
      const seen = lastTold(readers)
      const atMs = machineMs()
      for (const socket of sockets) socket.write(frame)
      return (await seen) - atMs
    })
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

async function sampled(send: (name: string) => Promise<number>): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (let round = -1; round < rounds; round++) {
    const tookMs: number[] = []
    for (let done = 0; done < perRound; done++) {
      tookMs.push(await send(`${round}-${done}`))
      await pause(restMs)
    }
    // The first round is for warming up.
    if (round >= 0) samples.push({ tookMs })
  }
  return samples
}

/** When the last of them told of something; each tells once. */
function lastTold(members: readonly Member[]): Promise<number> {
  const told = members.map(
    (one) => new Promise<number>((resolve) => one.onTold((_, at) => resolve(at))),
  )
  return within('the last of them', Promise.all(told)).then((moments) => Math.max(...moments))
}
