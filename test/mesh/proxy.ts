import { createServer, connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** What lies on a line, until it is told otherwise. */
export interface Weather {
  /** `down`: connections are cut and new ones refused. `silent`: nothing gets through, and nobody is told. */
  readonly state: 'clear' | 'down' | 'silent'
  readonly delayMs: number
  /** Infinity: as fast as it goes. */
  readonly bytesPerSecond: number
  /** A new connection is cut after so many bytes: wherever that is. */
  readonly cutAfterBytes: () => number
}

export const clear: Weather = {
  state: 'clear',
  delayMs: 0,
  bytesPerSecond: Infinity,
  cutAfterBytes: () => Infinity,
}

/** One direction of one pair: what dials its port reaches the target, as the weather lets it. */
export interface Proxy {
  readonly port: number
  weather(change: Partial<Weather>): void
  /** Cuts connections now: those for which it says so. */
  cut(which: () => boolean): number
  connections(): number
  /** How many were turned away. */
  refused(): number
  close(): Promise<void>
}

interface Line {
  weather: Weather
  readonly pairs: Set<Pair>
  refused: number
}

/** A connection through the proxy. */
interface Pair {
  readonly ends: readonly [Socket, Socket]
  /** Goes on with what stood still. */
  readonly wake: Set<() => void>
}

export async function startProxy(targetPort: number): Promise<Proxy> {
  const line: Line = { weather: clear, pairs: new Set(), refused: 0 }
  const server = createServer({ allowHalfOpen: true }, (inbound) => {
    if (line.weather.state !== 'down') return accept(line, inbound, targetPort)
    line.refused += 1
    inbound.resetAndDestroy()
  })
  await listen(server)
  return {
    port: (server.address() as AddressInfo).port,
    weather(change) {
      line.weather = { ...line.weather, ...change }
      if (line.weather.state === 'down') for (const pair of line.pairs) reset(pair)
      for (const pair of line.pairs) wakeUp(pair)
    },
    cut(which) {
      const chosen = [...line.pairs].filter(which)
      for (const pair of chosen) reset(pair)
      return chosen.length
    },
    connections: () => line.pairs.size,
    refused: () => line.refused,
    close: () =>
      new Promise((resolve) => {
        for (const pair of line.pairs) reset(pair)
        server.close(() => resolve())
      }),
  }
}

const listen = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })

function accept(line: Line, inbound: Socket, targetPort: number): void {
  const outbound = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
  const pair: Pair = { ends: [inbound, outbound], wake: new Set() }
  line.pairs.add(pair)
  let bytesLeft = line.weather.cutAfterBytes()
  const pass = (count: number): number => {
    const passing = Math.min(count, bytesLeft)
    bytesLeft -= passing
    return passing
  }
  for (const ends of [pair.ends, pair.ends.toReversed()] as const) {
    const [end] = ends as Pair['ends']
    end.setNoDelay(true)
    end.on('error', () => {})
    end.on('close', () => whenHeard(line, pair, () => forget(line, pair)))
    carry(line, pair, ends as Pair['ends'], pass)
  }
}

/** In silence nobody hears that the other side has gone. */
function whenHeard(line: Line, pair: Pair, then: () => void): void {
  if (line.weather.state !== 'silent') return then()
  pair.wake.add(() => whenHeard(line, pair, then))
}

function wakeUp({ wake }: Pair): void {
  const all = [...wake]
  wake.clear()
  for (const go of all) go()
}

function forget(line: Line, pair: Pair): void {
  line.pairs.delete(pair)
  wakeUp(pair)
  reset(pair)
}

function reset({ ends }: Pair): void {
  for (const end of ends) end.resetAndDestroy()
}

/** As much as a line holds that is slow or silent, before it holds its sender back. */
const heldBytesMax = 64 * 1024

/** Moves bytes one way; an empty chunk is the end. */
function carry(
  line: Line,
  pair: Pair,
  [from, to]: readonly [Socket, Socket],
  pass: (count: number) => number,
): void {
  const held: { readonly chunk: Buffer; readonly dueAt: number }[] = []
  let heldBytes = 0
  let isMoving = false

  function take(chunk: Buffer): void {
    held.push({ chunk, dueAt: performance.now() + line.weather.delayMs })
    heldBytes += chunk.length
    if (heldBytes > heldBytesMax) from.pause()
    if (!isMoving) void move()
  }

  async function move(): Promise<void> {
    isMoving = true
    for (let next = held.shift(); next !== undefined; next = held.shift()) {
      const { chunk, dueAt } = next
      const slownessMs = (chunk.length / line.weather.bytesPerSecond) * 1_000
      await lasts(Math.max(dueAt - performance.now(), slownessMs))
      await sound(line, pair)
      if (!line.pairs.has(pair)) return
      const passing = pass(chunk.length)
      if (chunk.length === 0) to.end()
      else await written(to, chunk.subarray(0, passing))
      if (passing < chunk.length) return reset(pair)
      heldBytes -= chunk.length
      from.resume()
    }
    isMoving = false
  }

  from.on('data', take)
  from.on('end', () => take(Buffer.alloc(0)))
}

/** Waits while the line is silent. */
async function sound(line: Line, pair: Pair): Promise<void> {
  while (line.weather.state === 'silent' && line.pairs.has(pair)) {
    await new Promise<void>((resolve) => {
      pair.wake.add(resolve)
    })
  }
}

const lasts = (ms: number): Promise<void> | undefined =>
  ms > 0
    ? new Promise((resolve) => {
        setTimeout(resolve, ms)
      })
    : undefined

/** Whether it went through or the connection is cut: that is told by its close. */
const written = (to: Socket, chunk: Buffer): Promise<void> =>
  new Promise((resolve) => {
    to.write(chunk, () => resolve())
  })
